"""failed log-ins are counted by where they come from"""

import sqlalchemy as sa
from alembic import op

from operational.core import ddl

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Apply; accounts that rest are woken."""
    op.create_table(
        "failed_attempt",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.Uuid(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["credential_id"], ["auth.credential.id"], name=op.f("fk_failed_attempt_credential_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failed_attempt")),
        sa.UniqueConstraint(
            "tenant_id", "credential_id", "origin", name=op.f("uq_failed_attempt_tenant_id_credential_id_origin")
        ),
        schema="auth",
    )
    op.execute(ddl.protect_local("auth.failed_attempt"))
    op.drop_column("credential", "failed_attempts", schema="auth")
    op.drop_column("credential", "locked_until", schema="auth")
