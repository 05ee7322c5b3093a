"""Who changed which record from what to what, in the transaction of the change."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import Column, Index, MetaData, Table, Text, Uuid, insert
from sqlalchemy.dialects.postgresql import JSONB

from operational.core.db import UnitOfWork
from operational.core.tables import instant, tenant_table


def audit_table(metadata: MetaData) -> Table:
    """The service's changes; `before` is NULL where a record was made."""
    return tenant_table(
        "audit",
        metadata,
        Column("entity", Text, nullable=False),
        Column("entity_id", Uuid, nullable=False),
        Column("actor_id", Uuid),
        instant("occurred_at", nullable=False),
        Column("before", JSONB(none_as_null=True)),
        Column("after", JSONB(none_as_null=True), nullable=False),
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
    await work.write(
        insert(audit).values(
            tenant_id=work.tenant_id,
            entity=entity,
            entity_id=entity_id,
            actor_id=work.principal.user_id,
            occurred_at=work.now,
            before=None if before is None else to_jsonable_python(dict(before)),
            after=to_jsonable_python(dict(after)),
        )
    )
