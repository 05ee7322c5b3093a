"""one-time links, versions, audit and events"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from operational.core import ddl
from operational.core.outbox import protect_events
from operational.core.tables import Xid8

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "one_time_link",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["auth.user_account.id"], name=op.f("fk_one_time_link_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_link")),
        sa.UniqueConstraint("tenant_id", "digest", name=op.f("uq_one_time_link_tenant_id_digest")),
        schema="auth",
    )
    op.create_index(
        "ix_one_time_link_tenant_id_user_id", "one_time_link", ["tenant_id", "user_id"], unique=False, schema="auth"
    )
    op.execute(ddl.protect_local("auth.one_time_link"))
    op.add_column(
        "user_account", sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False), schema="auth"
    )
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
        schema="auth",
    )
    op.create_index("ix_audit_row_txid", "audit", ["row_txid"], unique=False, schema="auth")
    op.create_index(
        "ix_audit_tenant_id_entity_id_occurred_at",
        "audit",
        ["tenant_id", "entity_id", "occurred_at"],
        unique=False,
        schema="auth",
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
        schema="auth",
    )
    op.create_index(
        "ix_idempotency_tenant_id_answered_at", "idempotency", ["tenant_id", "answered_at"], unique=False, schema="auth"
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
        schema="auth",
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
        schema="auth",
    )
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["occurred_at"],
        unique=False,
        schema="auth",
        postgresql_where=sa.text("published_at is null"),
    )
    # who may what is not analysed: the extractor reads none of it
    op.execute(ddl.protect_local("auth.audit", grants="select, insert"))
    op.execute(ddl.track("auth.audit"))
    op.execute(ddl.protect_local("auth.idempotency"))
    op.execute(protect_events("auth"))
