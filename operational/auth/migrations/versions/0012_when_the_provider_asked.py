"""when the provider asked who it is"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Apply."""
    op.add_column("sso_session", sa.Column("authenticated_at", sa.DateTime(timezone=True)), schema="auth")
