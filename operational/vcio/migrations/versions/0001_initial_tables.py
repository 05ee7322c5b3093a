"""initial tables"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from operational.core import ddl
from operational.core.tables import Xid8

TRACKED = ("pack", "pack_number")

revision = "0001"
down_revision = None


def _own(*columns: sa.Column[Any]) -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        *columns,
        sa.Column("row_txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
    ]


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "pack",
        *_own(
            sa.Column("customer_id", sa.Uuid(), nullable=False),
            sa.Column("quarter", sa.Text(), nullable=False),
            sa.Column("language", sa.Text(), nullable=False),
            sa.Column("period_start", sa.Date(), nullable=False),
            sa.Column("period_end", sa.Date(), nullable=False),
            sa.Column("batch", sa.BigInteger(), nullable=False),
            sa.Column("built_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("file_sha256", sa.Text(), nullable=False),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack")),
        schema="vcio",
    )
    op.create_index("ix_pack_row_txid", "pack", ["row_txid"], schema="vcio")
    op.create_table(
        "pack_number",
        *_own(
            sa.Column("pack_id", sa.Uuid(), nullable=False),
            sa.Column("evidence_id", sa.Text(), nullable=False),
            sa.Column("label", sa.Text(), nullable=False),
            sa.Column("value", sa.Numeric(), nullable=True),
            sa.Column("unit", sa.Text(), nullable=False),
            sa.Column("printed", sa.Text(), nullable=False),
            sa.Column("query", sa.Text(), nullable=True),
            sa.Column("aggregate", sa.Text(), nullable=True),
            sa.Column("parameters", postgresql.JSONB(), nullable=False),
            sa.Column("formula", sa.Text(), nullable=True),
            sa.Column("inputs", postgresql.JSONB(), nullable=False),
            sa.Column("row_count", sa.Integer(), nullable=True),
        ),
        sa.ForeignKeyConstraint(["pack_id"], ["vcio.pack.id"], name=op.f("fk_pack_number_pack_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack_number")),
        sa.UniqueConstraint(
            "tenant_id", "pack_id", "evidence_id", name=op.f("uq_pack_number_tenant_id_pack_id_evidence_id")
        ),
        schema="vcio",
    )
    op.create_index("ix_pack_number_row_txid", "pack_number", ["row_txid"], schema="vcio")
    op.create_table(
        "tombstone",
        *_own(
            sa.Column("table_name", sa.Text(), nullable=False),
            sa.Column("row_id", sa.Uuid(), nullable=False),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tombstone")),
        schema="vcio",
    )
    op.create_index("ix_tombstone_table_name_row_txid", "tombstone", ["table_name", "row_txid"], schema="vcio")
    op.execute(ddl.create_schema("vcio"))
    op.execute(ddl.tombstones("vcio"))
    for table in TRACKED:
        op.execute(ddl.protect(f"vcio.{table}"))
        op.execute(ddl.track(f"vcio.{table}"))
