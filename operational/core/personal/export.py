"""Everything that is kept of a person, in one file: Art. 15 and 20 GDPR.

A zip of JSON files, one a table (UTF-8, instants and days as ISO 8601), with `index.html`, which says in German and
English what is in them, what for, and how long it is kept.
"""

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import ColumnElement, literal, or_, select

from operational.core.db import UnitOfWork
from operational.core.personal.declared import AUDIT, Declared, PersonalData
from operational.core.personal.page import index_page
from operational.core.personal.person import ANY, Person, direct, matches, theirs

ABOUT, NAMED = "about", "named"


@dataclass(frozen=True)
class Part:
    """The rows of one table; each says in `_why` whether it is the person's (about) or only names them (named)."""

    declared: Declared
    rows: Sequence[Mapping[str, Any]]
    until: date | None

    @property
    def file(self) -> str:
        """Its name in the archive."""
        return f"{self.declared.table}.json"

    @property
    def ids(self) -> list[UUID]:
        """The rows' ids."""
        return [row["id"] for row in self.rows]


async def parts_of(work: UnitOfWork, data: Sequence[PersonalData], person: Person) -> list[Part]:
    """What every service keeps of a person; secrets stay where they are."""
    found = []
    for service in data:
        for name, declared in service.tables.items():
            secret = set(service.secret.get(name, ()))
            found.append(await _part(work, declared, [c for c in declared.fields if c not in secret], person))
    return [part for part in found if part.rows]


async def _part(work: UnitOfWork, declared: Declared, columns: Sequence[str], person: Person) -> Part:
    table = declared.table
    is_theirs: ColumnElement[bool] = theirs(declared, work.tenant_id, person.ids, person.sole.emails)
    about = direct(declared, person.ids, {ANY}) if declared.erase == AUDIT else literal(True)
    everywhere = person.sole.everywhere()
    columns = list(dict.fromkeys(["id", *columns]))
    query = select(
        *(table.c[column] for column in columns), is_theirs.label("is_theirs"), about.label("tells_of_them")
    ).where(
        table.c.tenant_id == work.tenant_id,
        or_(is_theirs, matches((table.c[column] for column in declared.text), everywhere.sql)),
    )
    rows = []
    for row in await work.read(query.order_by(table.c.id)):
        values = {column: row._mapping[column] for column in columns}
        if not row.is_theirs and everywhere.replaced(dict(values), "") == values:
            continue
        if not row.tells_of_them:
            # what somebody did to the records of others: that they did it is theirs, the content is the others'
            values |= dict.fromkeys({"before", "after"} & values.keys())
        rows.append({**values, "_why": ABOUT if row.is_theirs else NAMED})
    days = [row[c].date() for row in rows for c in declared.law_from if row["_why"] == ABOUT and row.get(c)]
    return Part(declared, rows, declared.law.until(max(days, default=None)) if declared.law else None)


def write_zip(
    target: IO[bytes], person: Person, parts: Sequence[Part], warehouse: Mapping[str, Any], when: str
) -> None:
    """Write the archive; `warehouse` is what `held_in_warehouse` found, `when` the moment in ISO 8601."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", index_page(person, parts, warehouse, when))
        for part in parts:
            archive.writestr(part.file, _json(_described(part)))
        archive.writestr("warehouse.json", _json(warehouse))


def _described(part: Part) -> dict[str, Any]:
    declared = part.declared
    return {
        "table": str(declared.table),
        "title": {"de": declared.title.de, "en": declared.title.en},
        "purpose": {"de": declared.purpose.de, "en": declared.purpose.en},
        "kept": {"de": declared.kept.de, "en": declared.kept.en},
        "fields": {name: {"de": text.de, "en": text.en} for name, text in declared.fields.items()},
        "rows": part.rows,
    }


def _json(content: Any) -> str:
    return json.dumps(to_jsonable_python(content, bytes_mode="base64"), ensure_ascii=False, indent=1)
