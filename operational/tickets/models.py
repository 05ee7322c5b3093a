"""Tables of the desk: tickets with their history, service levels, time."""

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from operational.core.tables import instant, service_metadata, tenant_table, tombstone_table

metadata = service_metadata("tickets")


def _to(target: str) -> ForeignKey:
    return ForeignKey(f"tickets.{target}.id")


desk_source = tenant_table(
    "desk_source",
    metadata,
    Column("system", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("covers_from", Date),
    Column("covers_to", Date),
    UniqueConstraint("tenant_id", "system"),
)

calendar = tenant_table(
    "calendar",
    metadata,
    Column("name", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("windows", Text, nullable=False),
)

calendar_holiday = tenant_table(
    "calendar_holiday",
    metadata,
    Column("calendar_id", Uuid, _to("calendar"), nullable=False),
    Column("day", Date, nullable=False),
    Column("name", Text, nullable=False),
    UniqueConstraint("tenant_id", "calendar_id", "day"),
)

sla_policy = tenant_table("sla_policy", metadata, Column("name", Text, nullable=False))

sla_target = tenant_table(
    "sla_target",
    metadata,
    Column("policy_id", Uuid, _to("sla_policy"), nullable=False),
    Column("priority", Text, nullable=False),
    Column("clock", Text, nullable=False),
    Column("target_minutes", Integer, nullable=False),
    UniqueConstraint("tenant_id", "policy_id", "priority", "clock"),
)

# which service level a contract of the CRM buys; contract ids cross the schema, so no foreign key
contract_sla = tenant_table(
    "contract_sla",
    metadata,
    Column("contract_id", Uuid, nullable=False),
    Column("policy_id", Uuid, _to("sla_policy"), nullable=False),
    Column("calendar_id", Uuid, _to("calendar"), nullable=False),
    UniqueConstraint("tenant_id", "contract_id"),
)

ticket = tenant_table(
    "ticket",
    metadata,
    Column("number", Text, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("site_id", Uuid),
    Column("contact_id", Uuid),
    Column("contract_id", Uuid),
    Column("subject", Text),
    Column("channel", Text),
    Column("status", Text),
    Column("status_category", Text),
    Column("priority", Text),
    Column("impact", SmallInteger),
    Column("urgency", SmallInteger),
    Column("category", Text),
    Column("subcategory", Text),
    Column("queue", Text),
    Column("assignee_id", Uuid),
    instant("opened_at", nullable=False),
    instant("first_response_at"),
    instant("resolved_at"),
    instant("closed_at"),
    Column("reopen_count", Integer, nullable=False, server_default=text("0")),
    # the verdict of the desk the history came from; never mixed with ours
    Column("desk_sla_met", Boolean),
    Column("source_system", Text, nullable=False, server_default="psa"),
    # what the foreign system knew and we have no column for
    Column("source_fields", JSONB),
    # 0 = as imported; a person's first change makes it 1, and from then on imports leave the row alone
    Column("version", Integer, nullable=False, server_default=text("0")),
    UniqueConstraint("tenant_id", "source_system", "number"),
    Index("ix_ticket_tenant_id_opened_at", "tenant_id", text("opened_at desc"), "id"),
    Index("ix_ticket_tenant_id_customer_id_opened_at", "tenant_id", "customer_id", "opened_at"),
    Index("ix_ticket_tenant_id_status_category", "tenant_id", "status_category"),
)

# value columns hold the ticket's state after the event; NULL is unknown, `changed` names what differs from before
ticket_event = tenant_table(
    "ticket_event",
    metadata,
    Column("ticket_id", Uuid, _to("ticket"), nullable=False),
    Column("seq", Integer, nullable=False),
    instant("occurred_at", nullable=False),
    Column("kind", Text, nullable=False),
    Column("actor_kind", Text),
    Column("actor_id", Uuid),
    # the actor as the foreign system called it, where it is nobody we know
    Column("actor_name", Text),
    Column("is_public", Boolean),
    Column("status", Text),
    Column("status_category", Text),
    Column("priority", Text),
    Column("impact", SmallInteger),
    Column("urgency", SmallInteger),
    Column("category", Text),
    Column("subcategory", Text),
    Column("queue", Text),
    Column("assignee_id", Uuid),
    Column("pause_reason", Text),
    Column("changed", ARRAY(Text), nullable=False),
    Column("is_reopening", Boolean, nullable=False),
    Column("source_key", Text),
    Index("ix_ticket_event_tenant_id_ticket_id_seq", "tenant_id", "ticket_id", "seq"),
)

time_entry = tenant_table(
    "time_entry",
    metadata,
    Column("ticket_id", Uuid, _to("ticket"), nullable=False),
    Column("user_id", Uuid, nullable=False),
    instant("started_at", nullable=False),
    instant("ended_at", nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("work_type", Text, nullable=False),
    Column("billable", Boolean),
    instant("entered_at", nullable=False),
    Index("ix_time_entry_tenant_id_ticket_id", "tenant_id", "ticket_id"),
    Index("ix_time_entry_tenant_id_user_id_started_at", "tenant_id", "user_id", "started_at"),
)

tombstone = tombstone_table(metadata)
