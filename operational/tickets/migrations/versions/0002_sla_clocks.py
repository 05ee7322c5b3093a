"""service-level clocks"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from operational.core import ddl
from operational.core.tables import Xid8

TRACKED = ("ticket_sla", "sla_clock", "sla_clock_interval", "sla_clock_change")

revision = "0002"
down_revision = "0001"


def _create(name: str, *items: Any) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        *items,
        sa.Column("row_txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        schema="tickets",
    )
    op.create_index(f"ix_{name}_row_txid", name, ["row_txid"], schema="tickets")


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"tickets.{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint("tenant_id", *columns, name=op.f(f"uq_{table}_tenant_id_{'_'.join(columns)}"))


def upgrade() -> None:
    """Apply."""
    instant = sa.DateTime(timezone=True)
    _create(
        "ticket_sla",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=True),
        sa.Column("calendar_id", sa.Uuid(), nullable=True),
        sa.Column("chosen_by", sa.Text(), nullable=False),
        sa.Column("path", postgresql.JSONB(), nullable=False),
        _key("ticket_sla", "ticket_id", "ticket"),
        _key("ticket_sla", "policy_id", "sla_policy"),
        _key("ticket_sla", "calendar_id", "calendar"),
        _unique("ticket_sla", "ticket_id"),
    )
    _create(
        "sla_clock",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("calendar_id", sa.Uuid(), nullable=False),
        sa.Column("target_seconds", sa.BigInteger(), nullable=True),
        sa.Column("started_at", instant, nullable=False),
        sa.Column("due_at", instant, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("consumed_seconds", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("judged_at", instant, nullable=True),
        sa.Column("stopped_at", instant, nullable=True),
        _key("sla_clock", "ticket_id", "ticket"),
        _key("sla_clock", "policy_id", "sla_policy"),
        _key("sla_clock", "calendar_id", "calendar"),
        _unique("sla_clock", "ticket_id", "clock"),
    )
    op.create_index(
        "ix_sla_clock_tenant_id_due_at",
        "sla_clock",
        ["tenant_id", "due_at"],
        schema="tickets",
        postgresql_where=sa.text("state = 'running' and verdict is distinct from 'breached'"),
    )
    _create(
        "sla_clock_interval",
        sa.Column("clock_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("started_at", instant, nullable=False),
        sa.Column("ended_at", instant, nullable=True),
        sa.Column("business_seconds", sa.BigInteger(), nullable=True),
        sa.Column("pause_reason", sa.Text(), nullable=True),
        _key("sla_clock_interval", "clock_id", "sla_clock"),
        _unique("sla_clock_interval", "clock_id", "position"),
    )
    _create(
        "sla_clock_change",
        sa.Column("clock_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("occurred_at", instant, nullable=False),
        sa.Column("old_target_seconds", sa.BigInteger(), nullable=True),
        sa.Column("new_target_seconds", sa.BigInteger(), nullable=True),
        _key("sla_clock_change", "clock_id", "sla_clock"),
        _unique("sla_clock_change", "clock_id", "position"),
    )
    for table in TRACKED:
        op.execute(ddl.protect(f"tickets.{table}"))
        op.execute(ddl.track(f"tickets.{table}"))
