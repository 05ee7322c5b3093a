"""who is confined to some customers sees no others"""

from alembic import op

from operational.core import ddl

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Apply."""
    op.execute(ddl.confine("vcio.pack"))
