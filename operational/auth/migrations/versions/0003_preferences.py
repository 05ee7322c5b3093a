"""what a person has set for themselves"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from operational.core import ddl

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "preference",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["auth.user_account.id"], name=op.f("fk_preference_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preference")),
        sa.UniqueConstraint("tenant_id", "user_id", "name", name=op.f("uq_preference_tenant_id_user_id_name")),
        schema="auth",
    )
    op.execute(ddl.protect_local("auth.preference"))
