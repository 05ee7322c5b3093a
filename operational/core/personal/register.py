"""The register of erasures: who was erased, by ids and pseudonym, and of which rows earlier states must be forgotten.

The extraction reads it and forgets in the warehouse's history. A copy lies in a file outside the database, so that a
backup from before an erasure, restored, can be told of it.
"""

import fcntl
import json
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import Column, DateTime, MetaData, Table, Text, Uuid, insert, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from operational.core.db import UnitOfWork

# name of the file beside backups and in a home
FILE = "psa-erasures.jsonl"
CHUNK = 5000

erasure = Table(
    "erasure",
    MetaData(schema="core"),
    Column("id", Uuid, primary_key=True),
    Column("tenant_id", Uuid, nullable=False),
    # kind:id
    Column("subjects", ARRAY(Text), nullable=False),
    Column("pseudonym", Text, nullable=False),
    Column("erased_at", DateTime(timezone=True), nullable=False),
    Column("actor_id", Uuid),
    Column("report", JSONB, nullable=False),
)
erased_row = Table(
    "erased_row",
    MetaData(schema="core"),
    Column("erasure_id", Uuid, primary_key=True),
    Column("table_name", Text, primary_key=True),
    Column("row_id", Uuid, primary_key=True),
    Column("tenant_id", Uuid, nullable=False),
    Column("columns", ARRAY(Text), nullable=False),
)

ERASURES = """
create table if not exists core.erasure (
    id uuid primary key,
    tenant_id uuid not null,
    subjects text[] not null,
    pseudonym text not null,
    erased_at timestamptz not null,
    actor_id uuid,
    report jsonb not null
);
create table if not exists core.erased_row (
    erasure_id uuid not null references core.erasure,
    table_name text not null,
    row_id uuid not null,
    tenant_id uuid not null,
    columns text[] not null,
    primary key (erasure_id, table_name, row_id)
);
grant select, insert on core.erasure, core.erased_row to psa_app;
grant select on core.erasure, core.erased_row to psa_extractor;
do $body$
declare
    name text;
begin
    foreach name in array array['erasure', 'erased_row'] loop
        if not exists (select from pg_policies where schemaname = 'core' and tablename = name) then
            execute format('alter table core.%I enable row level security', name);
            execute format('alter table core.%I force row level security', name);
            execute format(
                'create policy tenant_isolation on core.%I
                     using (tenant_id = (select nullif(current_setting(''app.tenant_id'', true), '''')::uuid))
                     with check (tenant_id = (select nullif(current_setting(''app.tenant_id'', true), '''')::uuid))',
                name);
        end if;
    end loop;
end
$body$;
"""


@dataclass(frozen=True)
class Entry:
    """An erasure as the file keeps it; `subjects` are `kind:id`."""

    id: str
    tenant_id: str
    subjects: tuple[str, ...]
    pseudonym: str
    erased_at: str

    @property
    def instant(self) -> datetime:
        """When it was."""
        return datetime.fromisoformat(self.erased_at)


async def is_erased(work: UnitOfWork, subjects: Collection[str]) -> bool:
    """Whether one of them has been erased before."""
    query = select(erasure.c.id).where(
        erasure.c.tenant_id == work.tenant_id, erasure.c.subjects.overlap(list(subjects))
    )
    return (await work.read(query.limit(1))).first() is not None


async def enter(work: UnitOfWork, entry: Entry, report: Any, marks: Mapping[str, Mapping[UUID, Sequence[str]]]) -> None:
    """Write an erasure; `marks` are columns by row and table of which earlier states must be forgotten."""
    erasure_id, tenant_id = UUID(entry.id), work.tenant_id
    await work.write(
        insert(erasure).values(
            id=erasure_id, tenant_id=tenant_id, subjects=list(entry.subjects), pseudonym=entry.pseudonym,
            erased_at=entry.instant, actor_id=work.principal.user_id, report=report,
        )
    )  # fmt: skip
    rows = [
        {"erasure_id": erasure_id, "tenant_id": tenant_id, "table_name": table, "row_id": row, "columns": list(columns)}
        for table, marked in marks.items()
        for row, columns in marked.items()
    ]
    for start in range(0, len(rows), CHUNK):
        await work.write(insert(erased_row), rows[start : start + CHUNK])


def registered(owner_url: str) -> list[Entry]:
    """Every erasure the database knows, over all tenants; as its owner. An older version's knows none."""
    with psycopg.connect(owner_url) as owner:
        known = owner.execute("select to_regclass('core.erasure') is not null").fetchone()
        if known is None or not known[0]:
            return []
        rows = owner.execute(
            """select id::text, tenant_id::text, subjects, pseudonym, erased_at from core.erasure
               order by erased_at, id"""
        ).fetchall()
    return [Entry(row[0], row[1], tuple(row[2]), row[3], row[4].isoformat()) for row in rows]


def read_file(path: Path) -> list[Entry]:
    """The erasures of a file, none where there is no file; raises ValueError for a line that is none."""
    if not path.exists():
        return []
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        try:
            content = json.loads(line)
            entry = Entry(**{**content, "subjects": tuple(content["subjects"])})
            if entry.instant.tzinfo is None:
                raise ValueError("no time zone")
            for text in (entry.id, entry.tenant_id, *(subject.partition(":")[2] for subject in entry.subjects)):
                UUID(text)
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"line {number} of {path} is no erasure ({error})") from None
        found.append(entry)
    return found


def add_to_file(path: Path, entries: Iterable[Entry]) -> None:
    """Add what the file lacks, written whole or not at all; raises OSError and, for a damaged file, ValueError."""
    if not (listed := list(entries)):
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        _add(path, listed)
    finally:
        os.close(folder)


def _add(path: Path, entries: Iterable[Entry]) -> None:
    there = {entry.id: entry for entry in read_file(path)}
    known = {entry.id: entry for entry in entries} | there
    if len(known) == len(there):
        return
    listed = sorted(known.values(), key=lambda entry: (entry.instant, entry.id))
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(entry)) + "\n" for entry in listed)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
