"""Erasures of people around a home: the file that notes them, and erasing again what an older backup brought back."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID, uuid5

from infra.errors import UserError
from infra.local.home import Home, refusing

if TYPE_CHECKING:
    from operational.core.personal.asked import Asked
    from operational.core.personal.register import Entry
    from operational.core.personal.report import Report

T = TypeVar("T")
Say = Callable[[str], None]


def as_tenant(home: Home, tenant_id: UUID, use: "Callable[[Asked], Awaitable[T]]", *, files: Path | None = None) -> T:
    """Use what the API uses when a person asks, as the system, for a tenant; raises UserError for what is refused.

    `files` is where the home's files are while they are being restored; nothing is noted in the home's own then.
    """
    return asyncio.run(_use(home, tenant_id, use, files))


async def _use(home: Home, tenant_id: UUID, use: "Callable[[Asked], Awaitable[T]]", files: Path | None) -> T:
    from datetime import timedelta

    from operational.core.db import Database, utc_now
    from operational.core.errors import Problem
    from operational.core.personal.asked import Asked
    from operational.core.principal import Principal
    from operational.core.revocations import Revocations
    from operational.core.settings import Settings
    from operational.core.warehouse import Warehouse
    from operational.services import PERSONAL

    database = Database(home.url("app", "psa"), pool_size=2)
    warehouse = Warehouse(home.url("serving", "warehouse"), utc_now)
    # the API's own processes hear of it from the database
    revocations = Revocations(timedelta(seconds=Settings.access_seconds), lambda: None)
    mail_url = home.settings().mail_url or ((files or home.path) / "mail").as_uri()
    principal, register = Principal(tenant_id), None if files else home.erasures
    try:
        return await use(Asked(database, PERSONAL, revocations, principal, warehouse, register, mail_url))
    except Problem as problem:
        raise UserError(problem.detail) from None
    finally:
        await database.close()
        await warehouse.close()


def read_erasures(path: Path) -> "list[Entry]":
    """The erasures a file notes; raises UserError for one that is none."""
    from operational.core.personal.register import read_file

    try:
        return read_file(path)
    except OSError as error:
        raise UserError(f"cannot read {path} ({error.strerror}); give the file of erasures") from None
    except ValueError as error:
        raise UserError(f"{error}; use another copy of the file") from None


def note_erasures(home: Home, *files: Path) -> None:
    """Bring the home's file and the others to all the database knows; raises UserError where one cannot be written."""
    from operational.core.personal.register import add_to_file, registered

    known = [*read_erasures(home.erasures), *registered(home.url("owner", "psa"))]
    for file in (home.erasures, *files):
        with refusing(file.parent):
            try:
                add_to_file(file, known)
            except ValueError as error:
                raise UserError(f"{error}; move it away") from None


def erase_again(home: Home, entries: "Iterable[Entry]", say: Say, *, files: Path | None = None) -> int:
    """Carry out erasures the database has not heard of, such as after a restore; returns how many.

    `files` as for `as_tenant`.
    """
    from operational.core.personal.register import registered

    known = {entry.id for entry in registered(home.url("owner", "psa"))}
    count = 0
    for entry in entries:
        if entry.id in known:
            continue
        known.add(entry.id)
        imports = (files or home.path) / "imports"
        done = as_tenant(home, UUID(entry.tenant_id), partial(_repeat, entry, imports), files=files)
        say(f"{entry.pseudonym} of {entry.erased_at}: {'erased again' if done else 'is not in these records'}")
        count += done
    return count


async def _repeat(entry: "Entry", imports: Path, asked: "Asked") -> bool:
    """Erase every record the entry names that there is; says whether there was one."""
    from dataclasses import replace

    from operational.core.errors import Problem

    done: set[str] = set()
    for subject in entry.subjects:
        if subject in done:
            continue
        kind, _, one = subject.partition(":")
        # records that were not one person's yet are erased one by one, each under an id of its own
        this = entry if not done else replace(entry, id=str(uuid5(UUID(entry.id), subject)))
        try:
            report, _ = await erase_with_files(asked, kind, UUID(one), imports, again=this)
        except Problem as problem:
            if problem.status != 404:
                raise
        else:
            done |= set(report.subjects)
    return bool(done)


async def erase_with_files(
    asked: "Asked", kind: str, one: UUID, imports: Path, *, again: "Entry | None" = None
) -> "tuple[Report, list[Path]]":
    """Erase a person and replace them in what imports refused; returns the report and the files that changed."""
    from operational.core.personal.person import load_person

    async with asked.database.transaction(asked.principal) as work:
        matcher = (await load_person(work, asked.data, kind, one)).sole.everywhere()
    report = await asked.erase(kind, one, again=again)
    return report, clean_files(imports, lambda text: str(matcher.replaced(text, report.pseudonym)))


def clean_files(folder: Path, replaced: Callable[[str], str]) -> list[Path]:
    """Put `replaced` in place of the text of every file of a folder that differs from it; returns those that did.

    For lines an import refused, which hold what the foreign system said.
    """
    from infra.local.home import write_private

    changed = []
    for path in sorted(folder.glob("*.csv")) if folder.is_dir() else ():
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
        after = replaced(text)
        if after != text:
            write_private(path, after)
            changed.append(path)
    return changed
