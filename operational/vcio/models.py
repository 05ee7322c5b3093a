"""Tables of review packs: each pack built, and every number it prints with the way back to its rows."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Integer, Numeric, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from operational.core.tables import instant, service_metadata, tenant_table, tombstone_table

metadata = service_metadata("vcio")

pack = tenant_table(
    "pack",
    metadata,
    Column("customer_id", Uuid, nullable=False),
    Column("quarter", Text, nullable=False),
    Column("language", Text, nullable=False),
    # the covered part of the quarter, half-open
    Column("period_start", Date, nullable=False),
    Column("period_end", Date, nullable=False),
    # the extraction batch whose state the pack shows
    Column("batch", BigInteger, nullable=False),
    instant("built_at", nullable=False),
    Column("file_sha256", Text, nullable=False),
)

pack_number = tenant_table(
    "pack_number",
    metadata,
    Column("pack_id", Uuid, ForeignKey("vcio.pack.id"), nullable=False),
    Column("evidence_id", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("value", Numeric),
    Column("unit", Text, nullable=False),
    Column("printed", Text, nullable=False),
    # a number of its own: which rows, and what is computed over them; a derived one: the formula over other numbers
    Column("query", Text),
    Column("aggregate", Text),
    Column("parameters", JSONB, nullable=False),
    Column("formula", Text),
    Column("inputs", JSONB, nullable=False),
    Column("row_count", Integer),
    UniqueConstraint("tenant_id", "pack_id", "evidence_id"),
)

tombstone = tombstone_table(metadata)
