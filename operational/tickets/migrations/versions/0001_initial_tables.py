"""initial tables"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from operational.core import ddl
from operational.core.tables import Xid8

TRACKED = (
    "desk_source",
    "calendar",
    "calendar_holiday",
    "sla_policy",
    "sla_target",
    "contract_sla",
    "ticket",
    "ticket_event",
    "time_entry",
)

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "calendar",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("windows", sa.Text(), nullable=False),
        sa.Column("row_txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar")),
        schema="tickets",
    )
    op.create_index("ix_calendar_row_txid", "calendar", ["row_txid"], unique=False, schema="tickets")
    op.create_table(
        "desk_source",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("covers_from", sa.Date(), nullable=True),
        sa.Column("covers_to", sa.Date(), nullable=True),
        sa.Column("row_txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_source")),
        sa.UniqueConstraint("tenant_id", "system", name=op.f("uq_desk_source_tenant_id_system")),
        schema="tickets",
    )
    op.create_index("ix_desk_source_row_txid", "desk_source", ["row_txid"], unique=False, schema="tickets")
    op.create_table(
        "sla_policy",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("row_txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_policy")),
        schema="tickets",
    )
    op.create_index("ix_sla_policy_row_txid", "sla_policy", ["row_txid"], unique=False, schema="tickets")
    op.create_table(
        "ticket",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("contract_id", sa.Uuid(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("status_category", sa.Text(), nullable=True),
        sa.Column("priority", sa.Text(), nullable=True),
        sa.Column("impact", sa.SmallInteger(), nullable=True),
        sa.Column("urgency", sa.SmallInteger(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("subcategory", sa.Text(), nullable=True),
        sa.Column("queue", sa.Text(), nullable=True),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_response_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopen_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("desk_sla_met", sa.Boolean(), nullable=True),
        sa.Column("source_system", sa.Text(), server_default="psa", nullable=False),
        sa.Column("source_fields", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("row_txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint(
            "tenant_id", "source_system", "number", name=op.f("uq_ticket_tenant_id_source_system_number")
        ),
        schema="tickets",
    )
    op.create_index("ix_ticket_row_txid", "ticket", ["row_txid"], unique=False, schema="tickets")
    op.create_index(
        "ix_ticket_tenant_id_customer_id_opened_at",
        "ticket",
        ["tenant_id", "customer_id", "opened_at"],
        unique=False,
        schema="tickets",
    )
    op.create_index(
        "ix_ticket_tenant_id_opened_at",
        "ticket",
        ["tenant_id", sa.literal_column("opened_at desc"), "id"],
        unique=False,
        schema="tickets",
    )
    op.create_index(
        "ix_ticket_tenant_id_status_category",
        "ticket",
        ["tenant_id", "status_category"],
        unique=False,
        schema="tickets",
    )
    op.create_table(
        "tombstone",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("row_txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tombstone")),
        schema="tickets",
    )
    op.create_index(
        "ix_tombstone_table_name_row_txid",
        "tombstone",
        ["table_name", "row_txid"],
        unique=False,
        schema="tickets",
    )
    op.create_table(
        "calendar_holiday",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("calendar_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("row_txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(["calendar_id"], ["tickets.calendar.id"], name=op.f("fk_calendar_holiday_calendar_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_holiday")),
        sa.UniqueConstraint(
            "tenant_id", "calendar_id", "day", name=op.f("uq_calendar_holiday_tenant_id_calendar_id_day")
        ),
        schema="tickets",
    )
    op.create_index("ix_calendar_holiday_row_txid", "calendar_holiday", ["row_txid"], unique=False, schema="tickets")
    op.create_table(
        "contract_sla",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("calendar_id", sa.Uuid(), nullable=False),
        sa.Column("row_txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(["calendar_id"], ["tickets.calendar.id"], name=op.f("fk_contract_sla_calendar_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["tickets.sla_policy.id"], name=op.f("fk_contract_sla_policy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_sla")),
        sa.UniqueConstraint("tenant_id", "contract_id", name=op.f("uq_contract_sla_tenant_id_contract_id")),
        schema="tickets",
    )
    op.create_index("ix_contract_sla_row_txid", "contract_sla", ["row_txid"], unique=False, schema="tickets")
    op.create_table(
        "sla_target",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("target_minutes", sa.Integer(), nullable=False),
        sa.Column("row_txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(["policy_id"], ["tickets.sla_policy.id"], name=op.f("fk_sla_target_policy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_target")),
        sa.UniqueConstraint(
            "tenant_id",
            "policy_id",
            "priority",
            "clock",
            name=op.f("uq_sla_target_tenant_id_policy_id_priority_clock"),
        ),
        schema="tickets",
    )
    op.create_index("ix_sla_target_row_txid", "sla_target", ["row_txid"], unique=False, schema="tickets")
    op.create_table(
        "ticket_event",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("status_category", sa.Text(), nullable=True),
        sa.Column("priority", sa.Text(), nullable=True),
        sa.Column("impact", sa.SmallInteger(), nullable=True),
        sa.Column("urgency", sa.SmallInteger(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("subcategory", sa.Text(), nullable=True),
        sa.Column("queue", sa.Text(), nullable=True),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("pause_reason", sa.Text(), nullable=True),
        sa.Column("changed", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("is_reopening", sa.Boolean(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=True),
        sa.Column("row_txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.ticket.id"], name=op.f("fk_ticket_event_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_event")),
        schema="tickets",
    )
    op.create_index("ix_ticket_event_row_txid", "ticket_event", ["row_txid"], unique=False, schema="tickets")
    op.create_index(
        "ix_ticket_event_tenant_id_ticket_id_seq",
        "ticket_event",
        ["tenant_id", "ticket_id", "seq"],
        unique=False,
        schema="tickets",
    )
    op.create_table(
        "time_entry",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("work_type", sa.Text(), nullable=False),
        sa.Column("billable", sa.Boolean(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.ticket.id"], name=op.f("fk_time_entry_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_entry")),
        schema="tickets",
    )
    op.create_index("ix_time_entry_row_txid", "time_entry", ["row_txid"], unique=False, schema="tickets")
    op.create_index(
        "ix_time_entry_tenant_id_ticket_id",
        "time_entry",
        ["tenant_id", "ticket_id"],
        unique=False,
        schema="tickets",
    )
    op.create_index(
        "ix_time_entry_tenant_id_user_id_started_at",
        "time_entry",
        ["tenant_id", "user_id", "started_at"],
        unique=False,
        schema="tickets",
    )
    op.execute(ddl.create_schema("tickets"))
    op.execute(ddl.tombstones("tickets"))
    for table in TRACKED:
        op.execute(ddl.protect(f"tickets.{table}"))
        op.execute(ddl.track(f"tickets.{table}"))
