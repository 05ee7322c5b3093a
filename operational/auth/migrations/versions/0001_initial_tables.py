"""initial tables"""

import sqlalchemy as sa
from alembic import op

from operational.core import ddl
from operational.core.tables import Xid8

TRACKED = ("tenant", "user_account")

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "tenant",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), sa.Computed("id", persisted=True), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("row_txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant")),
        sa.UniqueConstraint("slug", name=op.f("uq_tenant_slug")),
        schema="auth",
    )
    op.create_index("ix_tenant_row_txid", "tenant", ["row_txid"], unique=False, schema="auth")
    op.create_table(
        "tombstone",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("row_txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tombstone")),
        schema="auth",
    )
    op.create_index(
        "ix_tombstone_table_name_row_txid",
        "tombstone",
        ["table_name", "row_txid"],
        unique=False,
        schema="auth",
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("active_from", sa.Date(), nullable=True),
        sa.Column("active_to", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        schema="auth",
    )
    op.create_index("ix_user_account_row_txid", "user_account", ["row_txid"], unique=False, schema="auth")
    op.create_index(
        "ix_user_account_tenant_id_email", "user_account", ["tenant_id", "email"], unique=False, schema="auth"
    )
    op.execute(ddl.create_schema("auth"))
    op.execute(ddl.tombstones("auth"))
    # tenants are made by the owner alone
    op.execute(ddl.protect("auth.tenant", grants="select"))
    op.execute(ddl.protect("auth.user_account"))
    for table in TRACKED:
        op.execute(ddl.track(f"auth.{table}"))
