"""names in German order"""

import sqlalchemy as sa
from alembic import op

from operational.core.sorting import german_key

TABLES = ("contact", "contract", "customer", "site")

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Apply; rows that are there get their keys while the column is added."""
    for table in TABLES:
        key = sa.Column("sort_name", sa.Text(), sa.Computed(german_key("name"), persisted=True), nullable=False)
        op.add_column(table, key, schema="crm")
        op.create_index(
            f"ix_{table}_tenant_id_sort_name", table, ["tenant_id", "sort_name"], unique=False, schema="crm"
        )
    # lists were their only reader
    op.drop_index("ix_contact_tenant_id_name", "contact", schema="crm")
    op.drop_index("ix_customer_tenant_id_name", "customer", schema="crm")
