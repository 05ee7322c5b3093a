"""an audit log that is only added to and can be sealed"""

from alembic import op

from operational.core.audit import protect_audit

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Apply; rows that are there get their salts."""
    op.execute(protect_audit("crm"))
