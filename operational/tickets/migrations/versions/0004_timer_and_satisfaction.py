"""running timers, satisfaction after closing"""

import sqlalchemy as sa
from alembic import op

from operational.core import ddl
from operational.core.tables import Xid8

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "timer",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.ticket.id"], name=op.f("fk_timer_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
        sa.UniqueConstraint("tenant_id", "user_id", name=op.f("uq_timer_tenant_id_user_id")),
        schema="tickets",
    )
    op.create_table(
        "satisfaction",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("score", sa.SmallInteger(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("row_txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.CheckConstraint("score between 1 and 5", name=op.f("ck_satisfaction_score")),
        sa.CheckConstraint("(score is null) = (answered_at is null)", name=op.f("ck_satisfaction_answer")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.ticket.id"], name=op.f("fk_satisfaction_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_satisfaction")),
        sa.UniqueConstraint("tenant_id", "ticket_id", name=op.f("uq_satisfaction_tenant_id_ticket_id")),
        schema="tickets",
    )
    op.create_index("ix_satisfaction_row_txid", "satisfaction", ["row_txid"], unique=False, schema="tickets")
    op.execute(ddl.protect_local("tickets.timer"))
    op.execute(ddl.protect("tickets.satisfaction"))
    op.execute(ddl.track("tickets.satisfaction"))
