"""Erases a person from the records: Art. 17 GDPR, with what retention keeps (`laws.py`).

One transaction over the schemas of all services, by what they declare. Half an erasure would be none, and nobody could
say which half; so this is no chain of events. See docs/decisions/0035.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Column, Row, Table, bindparam, delete, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from operational.core.audit import erase_audit, record_change
from operational.core.db import UnitOfWork
from operational.core.errors import conflict
from operational.core.personal import register
from operational.core.personal.declared import AUDIT, CHANGE, DELETE, Declared, PersonalData
from operational.core.personal.person import ANY, Person, direct, holdings, load_person, matches, service_of, theirs
from operational.core.personal.register import Entry
from operational.core.personal.report import Line, Report, line_of, told
from operational.core.personal.words import Matcher
from operational.core.revocations import Revocations

REFUSALS = {
    "still_active": "this person still works here; let them go first, so that nobody loses work",
    "last_administrator": "this is the last administrator; name another one first",
    "no_person": "a service account is no person; end its keys and deactivate it",
    "already_erased": "this person has been erased already",
}
_MENTION = "a firm that bears the name: rename it yourself, if it is the person's own"
_MENTION_DE = "eine Firma, die so heißt: selbst umbenennen, wenn sie die der Person ist"


@dataclass
class Erasure:
    """One erasure in the caller's transaction.

    `again` is one that is repeated on records restored from an older backup: nothing stands against it.
    """

    work: UnitOfWork
    data: Sequence[PersonalData]
    revocations: Revocations
    again: Entry | None = None
    _marks: dict[str, dict[UUID, tuple[str, ...]]] = field(default_factory=dict)
    _bumps: dict[Table, set[UUID]] = field(default_factory=dict)
    _documents: set[str] = field(default_factory=set)
    _mail: set[str] = field(default_factory=set)

    async def run(self, kind: str, one: UUID, *, reason: str) -> Report:
        """Erase the person that record stands for; raises 404, and 409 where the report says `refused`.

        `reason` is kept with the emptied audit rows and says nothing of the person.
        """
        report = await self.look(kind, one, reason=reason)
        if report.refused is not None:
            raise conflict(report.refused, REFUSALS[report.refused])
        return report

    async def look(self, kind: str, one: UUID, *, reason: str) -> Report:
        """The same, whatever stands against it: for a transaction that is rolled back."""
        await self._lock(kind, one)
        person = await load_person(self.work, self.data, kind, one)
        if self.again is not None:
            person = replace(person, called=self.again.pseudonym)
        refused = None if self.again else await self._refusal(person)
        own, everywhere = person.words.in_own(), person.sole.everywhere()
        lines = [await self._erase(declared, person, own, everywhere, reason) for declared in holdings(self.data)]
        lines += [line for service in self.data for line in await self._mentions(service, everywhere)]
        for service in self.data:
            if service.close is not None:
                await service.close(self.work, person)
        await self._bump(person)
        await self.revocations.revoke(self.work, *sorted(person.all_ids))
        made = Report(
            person.pseudonym, tuple(person.subjects), told(lines), person.words.count - person.sole.count,
            tuple(sorted(self._documents)), refused, mail_ids=tuple(sorted(self._mail)),
            erasure_id=self.again.id if self.again else str(uuid4()),
        )  # fmt: skip
        await self._enter(person, made)
        return made

    async def _lock(self, kind: str, one: UUID) -> None:
        for declared in holdings(self.data):
            if declared.root == kind:
                table = declared.table
                query = select(table.c.id).where(table.c.tenant_id == self.work.tenant_id, table.c.id == one)
                await self.work.read(query.with_for_update())

    async def _refusal(self, person: Person) -> str | None:
        if await register.is_erased(self.work, person.subjects):
            return "already_erased"
        for service in self.data:
            found = None if service.refuse is None else await service.refuse(self.work, person)
            if found is not None:
                return found
        return None

    async def _erase(self, declared: Declared, person: Person, own: Matcher, everywhere: Matcher, reason: str) -> Line:
        count, newest = await self._count(declared, person)
        if declared.erase == AUDIT:
            emptied, kept = await self._empty_audit(declared, person, own, everywhere, reason)
            return line_of(declared, erased=emptied, kept=kept)
        erased = 0
        if declared.erase == DELETE:
            erased = await self._delete(declared, person)
            replaced, own_replaced = await self._replace(declared, None, everywhere, own, person)
            return line_of(declared, erased=erased, replaced=replaced)
        if declared.erase == CHANGE:
            replaced, own_replaced = await self._replace(declared, person, everywhere, own, person)
            await self._mark_all(declared, person)
            return line_of(declared, replaced=replaced, kept=count - own_replaced, newest=newest)
        return line_of(declared, kept=count, newest=newest)

    async def _count(self, declared: Declared, person: Person) -> tuple[int, date | None]:
        table = declared.table
        newest = [func.max(table.c[column]) for column in declared.law_from]
        latest = func.greatest(*newest) if newest else literal(None)
        query = select(func.count(), latest).where(
            table.c.tenant_id == self.work.tenant_id,
            theirs(declared, self.work.tenant_id, person.ids, person.sole.emails),
        )
        count, moment = (await self.work.read(query)).one()
        return count, None if moment is None else moment.date()

    async def _delete(self, declared: Declared, person: Person) -> int:
        table = declared.table
        condition = theirs(declared, self.work.tenant_id, person.ids, person.sole.emails)
        gone = (
            await self.work.write(
                delete(table).where(table.c.tenant_id == self.work.tenant_id, condition).returning(table.c.id)
            )
        ).scalars().all()  # fmt: skip
        if declared.by_email is not None:
            self._mail |= {str(one) for one in gone}
        return len(gone)

    async def _replace(
        self, declared: Declared, owner: Person | None, everywhere: Matcher, own: Matcher, person: Person
    ) -> tuple[int, int]:
        """Put the pseudonym in the person's rows and in texts of others; gives how many changed, and theirs of them."""
        columns = [column for column in declared.changing if declared.table.c[column].computed is None]
        if not columns:
            return 0, 0
        table = declared.table
        is_theirs = (
            literal(False) if owner is None else theirs(declared, self.work.tenant_id, person.ids, kinds=declared.own)
        )
        is_direct = literal(False) if owner is None else direct(declared, person.ids)
        more = {"bumped": declared.bumps and declared.bumps[1], "document": declared.document}
        others = [(table.c[column] if column else literal(None)).label(name) for name, column in more.items()]
        found = await self.work.read(
            select(
                table.c.id, *(table.c[column] for column in columns), is_theirs.label("theirs"),
                is_direct.label("whose"), *others,
            ).where(
                table.c.tenant_id == self.work.tenant_id,
                or_(is_theirs, *([is_direct] if declared.root or declared.clear else []),
                    matches((table.c[column] for column in declared.text), everywhere.sql)),
            )
        )  # fmt: skip
        changed, mine = [], 0
        for row in found:
            after = self._after(declared, row, own if row.theirs else everywhere, person.pseudonym)
            if any(after[column] != row._mapping[column] for column in columns):
                changed.append({"the_row": row.id, **{f"new_{column}": after[column] for column in columns}})
                mine += bool(row.whose or row.theirs)
                self._note(declared, row)
        if changed:
            values = {column: bindparam(f"new_{column}", type_=_kind(table.c[column])) for column in columns}
            mine_only = (table.c.tenant_id == self.work.tenant_id, table.c.id == bindparam("the_row"))
            await self.work.write(update(table).where(*mine_only).values(values), changed)
        return len(changed), mine

    def _note(self, declared: Declared, row: Row[Any]) -> None:
        if "row_txid" in declared.table.c:
            self._mark(declared, row.id)
        if declared.bumps is not None:
            self._bumps.setdefault(declared.bumps[0], set()).add(row.bumped)
        if row.document is not None:
            self._documents.add(str(row.document))

    @staticmethod
    def _after(declared: Declared, row: Row[Any], matcher: Matcher, pseudonym: str) -> Mapping[str, Any]:
        after = dict(row._mapping)
        for column in declared.text:
            after[column] = matcher.replaced(after[column], pseudonym)
        if row.whose:
            after |= dict.fromkeys((*declared.email, *declared.phone, *declared.clear))
            after |= dict.fromkeys(declared.name, pseudonym)
        return after

    def _mark(self, declared: Declared, row_id: UUID) -> None:
        self._marks.setdefault(str(declared.table), {})[row_id] = declared.changing

    async def _mark_all(self, declared: Declared, person: Person) -> None:
        if declared.forget_all is None:
            return
        table = declared.table
        query = select(table.c.id).where(
            table.c.tenant_id == self.work.tenant_id, direct(declared, person.ids, {declared.forget_all})
        )
        for row_id in (await self.work.read(query)).scalars():
            self._mark(declared, row_id)

    async def _empty_audit(
        self, declared: Declared, person: Person, own: Matcher, everywhere: Matcher, reason: str
    ) -> tuple[int, int]:
        log = declared.table
        about = direct(declared, person.ids, {ANY})
        near = theirs(declared, self.work.tenant_id, person.ids, kinds=("contact",))
        found = await self.work.read(
            select(
                log.c.id, log.c.entity, log.c.entity_id, log.c.before, log.c.after, about.label("about"),
                near.label("near"),
            ).where(
                log.c.tenant_id == self.work.tenant_id, log.c.erased_at.is_(None), log.c.entity != "erasure",
                or_(about, near, matches((log.c.before, log.c.after), everywhere.sql)),
            )
        )  # fmt: skip
        rows = []
        for row in found:
            matcher = own if row.near else everywhere
            content = [row.before, row.after]
            if row.about or matcher.replaced(content, "") != content:
                rows.append(row.id)
                self._marks.setdefault(str(log), {})[row.id] = ("before", "after")
                self._mark_entity(declared, row)
        emptied = await erase_audit(self.work, log, rows, reason=reason) if rows else 0
        acted = select(func.count()).where(
            log.c.tenant_id == self.work.tenant_id, log.c.erased_at.is_(None), direct(declared, person.ids, {"user"})
        )
        return emptied, int((await self.work.read(acted)).scalar_one())

    def _mark_entity(self, declared: Declared, row: Row[Any]) -> None:
        """The record the audit row is about was called so once: its earlier states are forgotten as well."""
        for service in self.data:
            about = service.tables.get(row.entity)
            if service.schema == declared.table.schema and about is not None and about.changing:
                self._mark(about, row.entity_id)

    async def _mentions(self, service: PersonalData, everywhere: Matcher) -> list[Line]:
        lines = []
        for name, columns in service.mentioned.items():
            table = service.table(name)
            query = select(*(table.c[column] for column in columns)).where(
                table.c.tenant_id == self.work.tenant_id, matches((table.c[c] for c in columns), everywhere.sql)
            )
            rows = [list(row) for row in await self.work.read(query)]
            count = sum(everywhere.replaced(row, "") != row for row in rows)
            lines.append(Line(str(table), name, name, kept=count, why_de=_MENTION_DE, why_en=_MENTION))
        return lines

    async def _bump(self, person: Person) -> None:
        for declared in holdings(self.data):
            if declared.root is not None:
                self._bumps.setdefault(declared.table, set()).update(person.ids[declared.root])
        for table, rows in self._bumps.items():
            await self.work.write(
                update(table)
                .where(table.c.tenant_id == self.work.tenant_id, table.c.id.in_(rows))
                .values(version=table.c.version + 1)
            )

    async def _enter(self, person: Person, made: Report) -> None:
        entry = entry_of(made, self.work)
        await register.enter(self.work, entry, made.to_keep(), self._marks)
        service = service_of(self.data, person.identity.kind)
        after = {"erased_as": made.pseudonym, "erasure_id": made.erasure_id}
        log = service.tables["audit"].table
        await record_change(self.work, log, person.identity.kind, person.identity.id, before=None, after=after)


def entry_of(report: Report, work: UnitOfWork) -> Entry:
    """The erasure as the register and its file keep it."""
    assert report.erasure_id is not None
    return Entry(report.erasure_id, str(work.tenant_id), report.subjects, report.pseudonym, work.now.isoformat())


def _kind(column: Column[Any]) -> TypeEngine[Any]:
    # what is not there is NULL, and not the word null of JSON
    return JSONB(none_as_null=True) if isinstance(column.type, JSONB) else column.type
