"""who is confined to some customers sees no others"""

from alembic import op

from operational.core import ddl

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Apply."""
    op.execute(ddl.confine("crm.customer", column="id"))
    for table in ("site", "contract", "contact_customer"):
        op.execute(ddl.confine(f"crm.{table}"))
    op.execute(ddl.confine_by("crm.contact", "crm.contact_customer", "contact_id"))
