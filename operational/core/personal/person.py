"""Who a person is in the records: their ids in every service, what they are called, and which rows are theirs."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, Text, cast, false, func, or_, select

from operational.core.db import UnitOfWork
from operational.core.errors import not_found
from operational.core.personal.declared import Declared, PersonalData
from operational.core.personal.words import Words

Ids = Mapping[str, frozenset[UUID]]
USER, CONTACT, ANY = "user", "contact", "any"
KINDS = (USER, CONTACT)


@dataclass(frozen=True)
class Identity:
    """One record that stands for a person."""

    kind: str
    id: UUID
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.id} ({self.name})"


@dataclass(frozen=True)
class Person:
    """A person: `ids` by kind, `words` they are called by, and those of the words that others have too (`shared`)."""

    identity: Identity
    ids: Ids
    words: Words
    shared: Words
    # the pseudonym of an erasure that is repeated
    called: str | None = None

    @property
    def all_ids(self) -> frozenset[UUID]:
        """The ids of every kind."""
        return frozenset().union(*self.ids.values())

    @property
    def subjects(self) -> list[str]:
        """The ids as `kind:id`, in order."""
        return sorted(f"{kind}:{one}" for kind, ids in self.ids.items() for one in ids)

    @property
    def pseudonym(self) -> str:
        """What stands in place of the name: the same whenever it is computed, and telling nothing but the ids."""
        return self.called or f"Person {hashlib.sha256(min(self.all_ids).bytes).hexdigest()[:8]}"

    @property
    def sole(self) -> Words:
        """The words nobody else has."""
        return self.words.without(self.shared)


def holdings(data: Iterable[PersonalData]) -> list[Declared]:
    """Every declared table of every service."""
    return [declared for service in data for declared in service.tables.values()]


def theirs(
    declared: Declared,
    tenant_id: UUID,
    person_ids: Ids,
    emails: Collection[str] = (),
    kinds: Collection[str] | None = None,
) -> ColumnElement[bool]:
    """Condition on a table's rows: they are about or by the person; `kinds` are the kinds of ids that count."""
    table = declared.table
    found = [direct(declared, person_ids, kinds)]
    if declared.within is not None:
        parent = declared.within.table
        belongs = [
            parent.c[column].in_(person_ids.get(kind, ()))
            for kind, columns in declared.within.whose.items()
            if kinds is None or kind in kinds
            for column in columns
        ]
        # asked once, and not for each row
        mine = select(parent.c.id).where(parent.c.tenant_id == tenant_id, or_(false(), *belongs))
        found.append(table.c[declared.within.column].in_(mine))
    if declared.by_email is not None and emails:
        found.append(func.lower(table.c[declared.by_email]).in_({email.lower() for email in emails}))
    return or_(*found)


def direct(declared: Declared, person_ids: Ids, kinds: Collection[str] | None = None) -> ColumnElement[bool]:
    """The same by the row's own columns only."""
    everybody = frozenset().union(*person_ids.values())
    found = [
        _is_one_of(declared.table, column, everybody if kind == ANY else person_ids.get(kind, frozenset()))
        for kind, columns in declared.whose.items()
        if kinds is None or kind in kinds
        for column in columns
    ]
    return or_(false(), *found)


def _is_one_of(table: Table, column: str, ids: Collection[UUID]) -> ColumnElement[bool]:
    name, _, key = column.partition(".")
    if key:
        return cast(table.c[name][key].astext, Text).in_([str(one) for one in ids])
    return table.c[name].in_(ids)


def matches(columns: Iterable[ColumnElement[Any]], pattern: str | None) -> ColumnElement[bool]:
    """Condition: one of the columns, as text, has what the pattern finds; nothing where there is no pattern."""
    if pattern is None:
        return false()
    return or_(false(), *(cast(column, Text).op("~*")(pattern) for column in columns))


async def identities_by_email(work: UnitOfWork, data: Sequence[PersonalData], email: str) -> list[Identity]:
    """Whoever the address belongs to, those that are one person named once."""
    found: dict[tuple[str, UUID], Identity] = {}
    for declared in holdings(data):
        for column in declared.email:
            for kind, keys in declared.whose.items():
                query = select(*(declared.table.c[key] for key in keys)).where(
                    declared.table.c.tenant_id == work.tenant_id,
                    func.lower(declared.table.c[column]) == email.strip().lower(),
                )
                for row in await work.read(query):
                    for one in row:
                        found.setdefault((kind, one), await identity(work, data, kind, one))
    people: list[Identity] = []
    seen: set[UUID] = set()
    for one in sorted(found.values(), key=str):
        if one.id not in seen:
            people.append(one)
            seen |= frozenset().union(*(await _linked(work, data, one)).values())
    return people


async def identity(work: UnitOfWork, data: Sequence[PersonalData], kind: str, one: UUID) -> Identity:
    """The record of that kind and id; raises 404."""
    declared = _root(data, kind)
    query = select(declared.table.c[declared.name[0]]).where(
        declared.table.c.tenant_id == work.tenant_id, declared.table.c.id == one
    )
    row = (await work.read(query)).first()
    if row is None:
        raise not_found(kind)
    return Identity(kind, one, row[0])


def _root(data: Sequence[PersonalData], kind: str) -> Declared:
    return next(declared for declared in holdings(data) if declared.root == kind)


def service_of(data: Sequence[PersonalData], kind: str) -> PersonalData:
    """The service that lists people of a kind."""
    return next(one for one in data if any(declared.root == kind for declared in one.tables.values()))


async def load_person(work: UnitOfWork, data: Sequence[PersonalData], kind: str, one: UUID) -> Person:
    """All that is known of who somebody is; raises 404."""
    known = await identity(work, data, kind, one)
    ids = await _linked(work, data, known)
    words = await _words(work, data, ids)
    return Person(known, ids, words, await _shared(work, data, ids, words))


async def _linked(work: UnitOfWork, data: Sequence[PersonalData], known: Identity) -> Ids:
    """The ids of one person, by kind: a contact and the account they log in to the portal with."""
    ids: dict[str, frozenset[UUID]] = {kind: frozenset() for kind in KINDS}
    ids[known.kind] = frozenset({known.id})
    size = 0
    while size != (size := sum(map(len, ids.values()))):
        for declared in (one for one in holdings(data) if one.links):
            columns = [(kind, column) for kind, listed in declared.whose.items() for column in listed]
            query = select(*(declared.table.c[column] for _, column in columns)).where(
                declared.table.c.tenant_id == work.tenant_id, direct(declared, ids)
            )
            for row in await work.read(query):
                for (kind, _), value in zip(columns, row, strict=True):
                    ids[kind] |= {value}
    return ids


async def _words(work: UnitOfWork, data: Sequence[PersonalData], ids: Ids) -> Words:
    words = Words()
    for declared in holdings(data):
        parts = (declared.name, declared.email, declared.phone)
        columns = [column for part in parts for column in part]
        if columns and (declared.whose or declared.within):
            query = select(*(declared.table.c[column] for column in columns)).where(
                declared.table.c.tenant_id == work.tenant_id, direct(declared, ids)
            )
            for row in await work.read(query):
                words |= _taken(parts, dict(row._mapping))
    for service in data:
        words |= await _former(work, service, ids)
    return words


async def _former(work: UnitOfWork, service: PersonalData, ids: Ids) -> Words:
    """What the audit log says they were called before."""
    roots = [declared for declared in service.tables.values() if declared.root]
    audit = service.tables.get("audit")
    words = Words()
    if not roots or audit is None:
        return words
    log = audit.table
    everybody = frozenset().union(*ids.values())
    query = select(log.c.before, log.c.after).where(log.c.tenant_id == work.tenant_id, log.c.entity_id.in_(everybody))
    for row in await work.read(query):
        for content in filter(None, row):
            for root in roots:
                words |= _taken((root.name, root.email, root.phone), content)
    return words


def _taken(parts: Sequence[Sequence[str]], row: Mapping[str, Any]) -> Words:
    found = ([row.get(column) for column in part] for part in parts)
    return Words(*(frozenset(v.strip() for v in values if isinstance(v, str) and v.strip()) for values in found))


async def _shared(work: UnitOfWork, data: Sequence[PersonalData], ids: Ids, words: Words) -> Words:
    shared = Words()
    for declared in (one for one in holdings(data) if one.root):
        parts = (declared.name, declared.email, declared.phone)
        wanted = (words.names, words.emails, words.phones)
        conditions = [
            func.lower(func.btrim(declared.table.c[column])).in_({word.lower() for word in listed})
            for part, listed in zip(parts, wanted, strict=True)
            for column in part
            if listed
        ]
        columns = [declared.table.c[column] for part in parts for column in part]
        query = select(*columns).where(
            declared.table.c.tenant_id == work.tenant_id, ~direct(declared, ids), or_(false(), *conditions)
        )
        for row in await work.read(query):
            shared |= _taken(parts, dict(row._mapping))
    return shared
