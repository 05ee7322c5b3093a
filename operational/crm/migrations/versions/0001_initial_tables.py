"""initial tables"""

import sqlalchemy as sa
from alembic import op

from operational.core import ddl
from operational.core.tables import Xid8

TRACKED = ("customer", "site", "contact", "contact_customer", "contract")

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "contact",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("vip", sa.Boolean(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("row_txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        schema="crm",
    )
    op.create_index("ix_contact_row_txid", "contact", ["row_txid"], unique=False, schema="crm")
    op.create_index("ix_contact_tenant_id_email", "contact", ["tenant_id", "email"], unique=False, schema="crm")
    op.create_table(
        "customer",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("subdivision", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("row_txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        schema="crm",
    )
    op.create_index("ix_customer_row_txid", "customer", ["row_txid"], unique=False, schema="crm")
    op.create_index("ix_customer_tenant_id_name", "customer", ["tenant_id", "name"], unique=False, schema="crm")
    op.create_table(
        "tombstone",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("row_txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tombstone")),
        schema="crm",
    )
    op.create_index(
        "ix_tombstone_table_name_row_txid",
        "tombstone",
        ["table_name", "row_txid"],
        unique=False,
        schema="crm",
    )
    op.create_table(
        "contract",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("monthly_fee", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("included_minutes", sa.Integer(), nullable=True),
        sa.Column("row_txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["crm.customer.id"], name=op.f("fk_contract_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        schema="crm",
    )
    op.create_index("ix_contract_row_txid", "contract", ["row_txid"], unique=False, schema="crm")
    op.create_index(
        "ix_contract_tenant_id_customer_id",
        "contract",
        ["tenant_id", "customer_id"],
        unique=False,
        schema="crm",
    )
    op.create_table(
        "site",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("subdivision", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("row_txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["crm.customer.id"], name=op.f("fk_site_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        schema="crm",
    )
    op.create_index("ix_site_row_txid", "site", ["row_txid"], unique=False, schema="crm")
    op.create_index("ix_site_tenant_id_customer_id", "site", ["tenant_id", "customer_id"], unique=False, schema="crm")
    op.create_table(
        "contact_customer",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("row_txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["crm.contact.id"], name=op.f("fk_contact_customer_contact_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["crm.customer.id"], name=op.f("fk_contact_customer_customer_id")),
        sa.ForeignKeyConstraint(["site_id"], ["crm.site.id"], name=op.f("fk_contact_customer_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_customer")),
        sa.UniqueConstraint(
            "tenant_id",
            "contact_id",
            "customer_id",
            name=op.f("uq_contact_customer_tenant_id_contact_id_customer_id"),
        ),
        schema="crm",
    )
    op.create_index("ix_contact_customer_row_txid", "contact_customer", ["row_txid"], unique=False, schema="crm")
    op.create_index(
        "ix_contact_customer_tenant_id_customer_id",
        "contact_customer",
        ["tenant_id", "customer_id"],
        unique=False,
        schema="crm",
    )
    op.execute(ddl.create_schema("crm"))
    op.execute(ddl.tombstones("crm"))
    for table in TRACKED:
        op.execute(ddl.protect(f"crm.{table}"))
        op.execute(ddl.track(f"crm.{table}"))
