"""From the schemas of an older version to this one's, with a backup before and everything running again after."""

import traceback
from collections.abc import Callable
from pathlib import Path

from infra.errors import UserError
from infra.local.backup.make import make_backup, require_database, server_up
from infra.local.backup.places import BEFORE_UPGRADE, drop_old
from infra.local.backup.sealing import Lock
from infra.local.home import Home
from infra.local.installation import Installation
from infra.local.processes import processes

KEEP = 3
POSTGRES = "postgres"
Report = Callable[[str], None]


def upgrade_home(home: Home, *, backup: bool, report: Report) -> None:
    """Stop what runs, make a backup, migrate, start what had been running.

    Raises UserError when the home is of a newer version, or a step fails: no schema has changed then, and what was
    stopped stays so.
    """
    require_database(home)
    installation = Installation(home)
    with home.locked("backup"), server_up(home):
        behind = installation.behind()
        if not behind:
            report("nothing to do: the schemas are those of this version")
            return
        report(f"to be migrated: {', '.join(behind)}")
        _upgrade(installation, behind, backup=backup, report=report)


def _upgrade(installation: Installation, behind: list[str], *, backup: bool, report: Report) -> None:
    supervisor = installation.supervisor
    paused = supervisor.pause(but=POSTGRES)
    if paused:
        report(f"stopped {', '.join(paused)}")
    file = _backup(installation.home, report) if backup else None
    try:
        installation.upgrade()
    except Exception as error:
        raise UserError(_what_now(installation.home, error, file, paused)) from None
    report(f"migrated {', '.join(behind)}")
    supervisor.renew()
    if paused:
        everything = {process.name for process in processes(installation.home)} <= {*paused, POSTGRES}
        supervisor.start(None if everything else [POSTGRES, *paused], report)
        report("everything that had been running is up and healthy")


def _backup(home: Home, report: Report) -> Path:
    folder = home.path / "backups"
    made = make_backup(home, folder, Lock(), prefix=BEFORE_UPGRADE, report=report)
    drop_old(folder, BEFORE_UPGRADE, KEEP)
    report(f"backup: {made.path}")
    return made.path


def _what_now(home: Home, error: Exception, file: Path | None, paused: list[str]) -> str:
    """The one line somebody needs whose upgrade failed; how it came to that goes to a log."""
    log = home.logs / "upgrade.log"
    with log.open("a", encoding="utf-8") as out:
        traceback.print_exception(error, file=out)
    reason = (str(getattr(error, "orig", None) or error).strip() or type(error).__name__).splitlines()[0]
    stopped = f"; stopped and not started again: {', '.join(paused)}" if paused else ""
    kept = f"; the backup is {file}, `psa restore` makes a new home from it" if file else ""
    return (
        f"the upgrade failed and no schema has changed ({reason}; {log}){stopped}{kept}; put the reason right and "
        "upgrade again, or install the version before and `psa up --detach` (docs/backup.md)"
    )
