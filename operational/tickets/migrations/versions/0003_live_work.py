"""live work at the desk"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from operational.core import ddl
from operational.core.outbox import protect_events
from operational.core.tables import Xid8

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "audit",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=True),
        sa.Column("after", postgresql.JSONB(), nullable=False),
        sa.Column("row_txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        schema="tickets",
    )
    op.create_index("ix_audit_row_txid", "audit", ["row_txid"], unique=False, schema="tickets")
    op.create_index(
        "ix_audit_tenant_id_entity_id_occurred_at",
        "audit",
        ["tenant_id", "entity_id", "occurred_at"],
        unique=False,
        schema="tickets",
    )
    op.create_table(
        "idempotency",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("headers", postgresql.JSONB(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency")),
        sa.UniqueConstraint("tenant_id", "user_id", "key", name=op.f("uq_idempotency_tenant_id_user_id_key")),
        schema="tickets",
    )
    op.create_index(
        "ix_idempotency_tenant_id_answered_at",
        "idempotency",
        ["tenant_id", "answered_at"],
        unique=False,
        schema="tickets",
    )
    op.create_table(
        "inbox",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("aggregate_id", sa.Uuid(), nullable=False),
        sa.Column("aggregate_version", sa.Integer(), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("tenant_id", "consumer", "event_id", name=op.f("uq_inbox_tenant_id_consumer_event_id")),
        schema="tickets",
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("aggregate", sa.Text(), nullable=False),
        sa.Column("aggregate_id", sa.Uuid(), nullable=False),
        sa.Column("aggregate_version", sa.Integer(), nullable=False),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "tenant_id",
            "aggregate_id",
            "aggregate_version",
            name=op.f("uq_outbox_tenant_id_aggregate_id_aggregate_version"),
        ),
        schema="tickets",
    )
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["occurred_at"],
        unique=False,
        schema="tickets",
        postgresql_where=sa.text("published_at is null"),
    )
    op.create_table(
        "ticket_counter",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_counter")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_ticket_counter_tenant_id")),
        schema="tickets",
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["tickets.ticket_event.id"], name=op.f("fk_message_event_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.ticket.id"], name=op.f("fk_message_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        schema="tickets",
    )
    op.create_index(
        "ix_message_tenant_id_ticket_id_written_at",
        "message",
        ["tenant_id", "ticket_id", "written_at"],
        unique=False,
        schema="tickets",
    )
    op.execute(ddl.protect("tickets.audit", grants="select, insert"))
    op.execute(ddl.track("tickets.audit"))
    op.execute(ddl.protect_local("tickets.message"))
    op.execute(ddl.protect_local("tickets.ticket_counter"))
    op.execute(ddl.protect_local("tickets.idempotency"))
    op.execute(protect_events("tickets"))
