"""Who changed which record from what to what, and from where, in the transaction of the change.

Rows are only ever added. `operational.core.seal` makes it evident when somebody has done otherwise.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    bindparam,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from operational.core import ddl
from operational.core.db import UnitOfWork
from operational.core.origin import current_origin
from operational.core.tables import instant, tenant_table

# entity of the row that says which rows were erased
ERASURE = "erasure"
# 122 random bits from the server's strong source; PostgreSQL without extensions has no other bytes to give
SALT = "uuid_send(gen_random_uuid())"
ERASED_IS_EMPTY = """case when erased_at is null then salt is not null and after is not null
     else salt is null and before is null and after is null end"""
WRITTEN = "tenant_id, entity, entity_id, actor_id, occurred_at, before, after, address, request_id"
# neither salts nor addresses leave psa: `without` of the extraction's catalogue
EXTRACTED = "id, tenant_id, entity, entity_id, actor_id, occurred_at, before, after, request_id, erased_at, row_txid"


def audit_table(metadata: MetaData) -> Table:
    """The service's changes.

    `before` is NULL where a record was made; `actor_id`, `address` and `request_id` where the system acted by itself.
    The salt keeps a digest from telling what was erased; an erased row has lost it with `before` and `after`.
    """
    return tenant_table(
        "audit",
        metadata,
        Column("entity", Text, nullable=False),
        Column("entity_id", Uuid, nullable=False),
        Column("actor_id", Uuid),
        instant("occurred_at", nullable=False),
        Column("before", JSONB(none_as_null=True)),
        Column("after", JSONB(none_as_null=True)),
        Column("address", Text),
        Column("request_id", Text),
        Column("salt", LargeBinary, server_default=text(SALT)),
        instant("erased_at"),
        CheckConstraint(ERASED_IS_EMPTY, name="erased_is_empty"),
        Index("ix_audit_tenant_id_entity_id_occurred_at", "tenant_id", "entity_id", "occurred_at"),
    )


async def record_change(
    work: UnitOfWork,
    audit: Table,
    entity: str,
    entity_id: UUID,
    *,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
) -> None:
    """Write the changed fields with their values before and after."""
    origin = current_origin()
    row = {
        "entity": entity,
        "entity_id": entity_id,
        "actor_id": work.principal.user_id,
        "occurred_at": work.now,
        "before": None if before is None else to_jsonable_python(dict(before)),
        "after": to_jsonable_python(dict(after)),
        "address": origin.address,
        "request_id": origin.request_id,
    }
    await work.add(audit, row)


async def audit_rows_of(work: UnitOfWork, audit: Table, entity_ids: Sequence[UUID]) -> list[UUID]:
    """Ids of the rows about these records that have not been erased."""
    found = await work.read(
        select(audit.c.id).where(
            audit.c.tenant_id == work.tenant_id, audit.c.entity_id.in_(entity_ids), audit.c.erased_at.is_(None)
        )
    )
    return list(found.scalars())


async def erase_audit(work: UnitOfWork, audit: Table, rows: Sequence[UUID], *, reason: str) -> int:
    """Blank `before` and `after` of the tenant's rows for good, and write the row that names them.

    Returns how many were blanked: rows of others, those erased already and those that tell of erasures stay as they
    are. `reason` is kept, so it must not say what was erased.
    """
    origin = current_origin()
    erase = getattr(func, str(audit.schema)).erase_audit
    erased: int = (
        await work.write(
            select(
                erase(
                    bindparam("rows", list(rows), ARRAY(Uuid)),
                    work.principal.user_id,
                    work.now,
                    reason,
                    origin.address,
                    origin.request_id,
                )
            )
        )
    ).scalar_one()
    return erased


def protect_audit(schema: str, *, extracted: bool = True) -> str:
    """Bring `schema.audit` to its final shape: columns, row security, grants, triggers and `erase_audit`.

    For a table just made by `audit_table` as for one of an earlier version, whatever had been done to it; safe to
    repeat. The rows that are there get their salts, which writes the table anew. A table the extraction's catalogue
    leaves out is not `extracted`: the extractor cannot read it.
    """
    table = f"{schema}.audit"
    return "".join(
        (
            _SHAPE.format(table=table, salt=SALT, empty=ERASED_IS_EMPTY),
            _UNPROTECT.format(table=table),
            ddl.protect_local(table, grants=f"select, insert ({WRITTEN})"),
            f"grant select ({EXTRACTED}) on {table} to psa_extractor;" if extracted else "",
            ddl.admit("psa_sealer", table, grants="select"),
            ddl.track(table),
            f"""
create trigger append_only before update or delete on {table}
    for each row execute function core.refuse_all_but_erasure();
""",
            _ERASE.format(schema=schema, erasure=ERASURE),
        )
    )


_SHAPE = """
alter table {table}
    add column if not exists address text,
    add column if not exists request_id text,
    add column if not exists salt bytea default {salt},
    add column if not exists erased_at timestamptz,
    alter column after drop not null,
    drop constraint if exists ck_audit_erased_is_empty,
    add constraint ck_audit_erased_is_empty check ({empty});
"""
_UNPROTECT = """
revoke all on {table} from psa_app, psa_extractor, psa_sealer;
drop policy if exists tenant_isolation on {table};
drop policy if exists psa_sealer on {table};
drop trigger if exists append_only on {table};
drop trigger if exists stamp_row_txid on {table};
drop trigger if exists leave_tombstone on {table};
drop trigger if exists refuse_truncate on {table};
"""
# runs as the owner, whom row security does not hold: the tenant is asked for by name
_ERASE = """
create or replace function {schema}.erase_audit(
    chosen uuid[], actor uuid, happened timestamptz, reason text, address text, request_id text
) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
declare
    ours constant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
    erased uuid[];
begin
    if ours is null then
        raise exception 'audit rows are erased for a tenant, and none is set';
    end if;
    with blanked as (
        update {schema}.audit a set before = null, after = null, salt = null, erased_at = happened
        where a.tenant_id = ours and a.id = any(chosen) and a.erased_at is null and a.entity <> '{erasure}'
        returning a.id
    )
    select coalesce(array_agg(b.id order by b.id), '{{}}') into erased from blanked b;
    if cardinality(erased) > 0 then
        insert into {schema}.audit (tenant_id, entity, entity_id, actor_id, occurred_at, after, address, request_id)
        values (ours, '{erasure}', gen_random_uuid(), actor, happened,
                jsonb_build_object('reason', reason, 'rows', to_jsonb(erased)), address, request_id);
    end if;
    return cardinality(erased);
end
$body$;
revoke all on function {schema}.erase_audit from public;
grant execute on function {schema}.erase_audit to psa_app;
"""
