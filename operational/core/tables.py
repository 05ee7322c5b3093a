"""The columns, types and indexes every tenant table has, in one place."""

from typing import Any

from sqlalchemy import Column, DateTime, Index, MetaData, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import UserDefinedType

NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


# tables all services share; made by operational.core.ddl.KERNEL
KERNEL_TABLES = MetaData(schema="core")


class Xid8(UserDefinedType[str]):
    """PostgreSQL's 64-bit transaction id; psycopg hands it over as text."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


# alembic compares what it reads from the database by these names
ischema_names["xid8"] = Xid8


def service_metadata(schema: str) -> MetaData:
    """Metadata of one service's schema, with the constraint names migrations rely on."""
    return MetaData(schema=schema, naming_convention=NAMING)


def instant(name: str, *, nullable: bool = True) -> Column[Any]:
    """A point in time, stored with zone."""
    return Column(name, DateTime(timezone=True), nullable=nullable)


def tenant_table(name: str, metadata: MetaData, *items: SchemaItem) -> Table:
    """A table whose rows belong to one tenant and are extracted to the warehouse.

    Adds `id`, `tenant_id` and `row_txid` (set by trigger, see `operational.core.ddl`) and the index the
    extraction reads by.
    """
    return Table(
        name,
        metadata,
        Column("id", Uuid, primary_key=True, server_default=text("gen_random_uuid()")),
        Column("tenant_id", Uuid, nullable=False),
        *items,
        Column("row_txid", Xid8, nullable=False, server_default=text("pg_current_xact_id()")),
        Index(f"ix_{name}_row_txid", "row_txid"),
    )


def local_table(name: str, metadata: MetaData, *items: SchemaItem) -> Table:
    """A table whose rows belong to one tenant and never leave `psa`: no tracking, no extraction."""
    return Table(
        name,
        metadata,
        Column("id", Uuid, primary_key=True, server_default=text("gen_random_uuid()")),
        Column("tenant_id", Uuid, nullable=False),
        *items,
    )


def tombstone_table(metadata: MetaData) -> Table:
    """Where a deleted row of this schema leaves its key; several per key are legal."""
    return Table(
        "tombstone",
        metadata,
        Column("id", Uuid, primary_key=True, server_default=text("gen_random_uuid()")),
        Column("tenant_id", Uuid, nullable=False),
        Column("table_name", Text, nullable=False),
        Column("row_id", Uuid, nullable=False),
        Column("row_txid", Xid8, nullable=False, server_default=text("pg_current_xact_id()")),
        Index("ix_tombstone_table_name_row_txid", "table_name", "row_txid"),
    )
