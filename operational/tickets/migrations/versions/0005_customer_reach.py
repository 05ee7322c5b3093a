"""who is confined to some customers sees no others"""

from alembic import op

from operational.core import ddl

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Apply."""
    op.execute(ddl.confine("tickets.ticket"))
