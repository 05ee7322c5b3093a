"""a log-in is a session of its own"""

import sqlalchemy as sa
from alembic import op

from operational.core import ddl

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Apply; whoever is logged in logs in once more."""
    op.create_table(
        "session",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["auth.user_account.id"], name=op.f("fk_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        schema="auth",
    )
    op.create_index("ix_session_tenant_id_user_id", "session", ["tenant_id", "user_id"], unique=False, schema="auth")
    op.execute(ddl.protect_local("auth.session"))
    # tokens of before belong to no session
    op.execute("delete from auth.refresh_token")
    op.drop_index("ix_refresh_token_tenant_id_family_id", "refresh_token", schema="auth")
    op.drop_column("refresh_token", "family_id", schema="auth")
    op.drop_column("refresh_token", "revoked_at", schema="auth")
    op.add_column("refresh_token", sa.Column("session_id", sa.Uuid(), nullable=False), schema="auth")
    op.create_foreign_key(
        op.f("fk_refresh_token_session_id"), "refresh_token", "session", ["session_id"], ["id"],
        source_schema="auth", referent_schema="auth", ondelete="CASCADE",
    )  # fmt: skip
    op.create_index(
        "ix_refresh_token_tenant_id_session_id", "refresh_token", ["tenant_id", "session_id"], schema="auth"
    )
