"""Tables of customers, their sites and contacts, and what was contracted with them."""

from sqlalchemy import (
    Boolean,
    Column,
    Computed,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from operational.core.audit import audit_table
from operational.core.idempotency import idempotency_table
from operational.core.outbox import inbox_table, outbox_table
from operational.core.sorting import german_key
from operational.core.tables import service_metadata, tenant_table, tombstone_table

metadata = service_metadata("crm")


def _version() -> Column[int]:
    # 0 = as imported; a person's first change makes it 1, and from then on imports leave the row alone
    return Column("version", Integer, nullable=False, server_default=text("0"))


def _sort_name() -> Column[str]:
    return Column("sort_name", Text, Computed(german_key("name"), persisted=True), nullable=False)


def _to(target: str) -> ForeignKey:
    return ForeignKey(f"crm.{target}.id")


customer = tenant_table(
    "customer",
    metadata,
    Column("name", Text, nullable=False),
    Column("sector", Text),
    Column("country", Text),
    Column("subdivision", Text),
    Column("city", Text),
    Column("seats", Integer),
    Column("since", Date),
    Column("until", Date),
    _version(),
    _sort_name(),
    Index("ix_customer_tenant_id_sort_name", "tenant_id", "sort_name"),
)

site = tenant_table(
    "site",
    metadata,
    Column("customer_id", Uuid, _to("customer"), nullable=False),
    Column("name", Text, nullable=False),
    Column("country", Text),
    Column("subdivision", Text),
    Column("city", Text),
    _sort_name(),
    Index("ix_site_tenant_id_customer_id", "tenant_id", "customer_id"),
    Index("ix_site_tenant_id_sort_name", "tenant_id", "sort_name"),
)

contact = tenant_table(
    "contact",
    metadata,
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("phone", Text),
    Column("role", Text),
    Column("vip", Boolean),
    Column("language", Text),
    _version(),
    _sort_name(),
    Index("ix_contact_tenant_id_sort_name", "tenant_id", "sort_name"),
    Index("ix_contact_tenant_id_email", "tenant_id", "email"),
)

# a person may act for several customers
contact_customer = tenant_table(
    "contact_customer",
    metadata,
    Column("contact_id", Uuid, _to("contact"), nullable=False),
    Column("customer_id", Uuid, _to("customer"), nullable=False),
    Column("site_id", Uuid, _to("site")),
    Column("is_primary", Boolean, nullable=False),
    UniqueConstraint("tenant_id", "contact_id", "customer_id"),
    Index("ix_contact_customer_tenant_id_customer_id", "tenant_id", "customer_id"),
)

contract = tenant_table(
    "contract",
    metadata,
    Column("customer_id", Uuid, _to("customer"), nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    Column("monthly_fee", Numeric(14, 2)),
    Column("currency", Text),
    Column("included_minutes", Integer),
    _sort_name(),
    Index("ix_contract_tenant_id_customer_id", "tenant_id", "customer_id"),
    Index("ix_contract_tenant_id_sort_name", "tenant_id", "sort_name"),
)

audit = audit_table(metadata)
outbox = outbox_table(metadata)
inbox = inbox_table(metadata)
idempotency = idempotency_table(metadata)
tombstone = tombstone_table(metadata)
