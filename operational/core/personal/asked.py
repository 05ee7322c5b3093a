"""What is done when somebody asks for their data or for its erasure: each use in transactions of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

import structlog

from operational.core.audit import record_change
from operational.core.db import Database
from operational.core.errors import unprocessable
from operational.core.personal.declared import PersonalData
from operational.core.personal.erase import Erasure, entry_of
from operational.core.personal.export import parts_of, write_zip
from operational.core.personal.in_warehouse import NOT_THERE, held_in_warehouse
from operational.core.personal.person import Person, load_person, service_of
from operational.core.personal.register import Entry, add_to_file
from operational.core.personal.report import Report
from operational.core.principal import Principal
from operational.core.revocations import Revocations
from operational.core.warehouse import Warehouse

log = structlog.get_logger("psa.personal")
# kept with what was emptied, so it says nothing of anybody
REASON = "a person asked for erasure (Art. 17 GDPR)"


class _Undo(Exception):
    """Ends a transaction that only looked."""

    def __init__(self, report: Report) -> None:
        super().__init__("nothing is kept of this")
        self.report = report


@dataclass(frozen=True)
class Asked:
    """Acts for `principal`; `register` is the file erasures are noted in, `mail_url` where mail goes.

    `warehouse` is None where none is read.
    """

    database: Database
    data: Sequence[PersonalData]
    revocations: Revocations
    principal: Principal
    warehouse: Warehouse | None = None
    register: Path | None = None
    mail_url: str | None = None

    async def export(self, kind: str, one: UUID, target: IO[bytes]) -> Person:
        """Write all that is kept of the person `one` stands for into `target`, and note that it was; raises 404."""
        async with self.database.transaction(self.principal) as work:
            person = await load_person(work, self.data, kind, one)
            parts = await parts_of(work, self.data, person)
            when = work.now.isoformat(timespec="seconds")
        held: dict[str, Any] = {"available": False, "reason": NOT_THERE}
        if self.warehouse is not None:
            async with self.warehouse.snapshot(self.principal) as snapshot:
                held = await held_in_warehouse(snapshot, person.ids, parts)
        write_zip(target, person, parts, held, when)
        async with self.database.transaction(self.principal) as work:
            audit = service_of(self.data, kind).tables["audit"].table
            await record_change(work, audit, kind, one, before=None, after={"exported": True})
        return person

    async def look(self, kind: str, one: UUID) -> Report:
        """What an erasure would do, found by doing it and taking it back; raises 404."""
        try:
            async with self.database.transaction(self.principal) as work:
                raise _Undo(await Erasure(work, self.data, self.revocations).look(kind, one, reason=REASON))
        except _Undo as undone:
            return undone.report

    async def erase(self, kind: str, one: UUID, *, confirmed: str | None = None, again: Entry | None = None) -> Report:
        """Erase the person; raises 404, 409 where something stands against it, 422 for another name than `confirmed`.

        `again` is an erasure that is repeated on records from an older backup.
        """
        async with self.database.transaction(self.principal) as work:
            if confirmed is not None:
                known = await load_person(work, self.data, kind, one)
                if known.identity.name != confirmed:
                    raise unprocessable("confirmation_differs", "this is not the person's name", "confirm")
            erasure = Erasure(work, self.data, self.revocations, again=again)
            report = await erasure.run(kind, one, reason=REASON)
            entry = entry_of(report, work)
        if self.register is not None:
            try:
                add_to_file(self.register, [entry])
            except (OSError, ValueError) as error:
                # the next backup and the next erasure write what is missing
                log.warning("erasure_not_in_file", erasure_id=report.erasure_id, error=str(error))
        self._remove_letters(report)
        return report

    def _remove_letters(self, report: Report) -> None:
        """Where mail goes into a folder, remove the files of what was erased."""
        parts = urlsplit(self.mail_url or "")
        if parts.scheme != "file":
            return
        folder = Path(unquote(parts.path)) / str(self.principal.tenant_id)
        for mail_id in report.mail_ids:
            (folder / f"{mail_id}.eml").unlink(missing_ok=True)
