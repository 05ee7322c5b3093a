"""Tables of live work at the desk: what people wrote and thought of it, timers, numbers, events on their way out."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
)

from operational.core.audit import audit_table
from operational.core.idempotency import idempotency_table
from operational.core.outbox import inbox_table, outbox_table
from operational.core.tables import instant, local_table, tenant_table
from operational.tickets.models import metadata

message = local_table(
    "message",
    metadata,
    Column("ticket_id", Uuid, ForeignKey("tickets.ticket.id"), nullable=False),
    Column("event_id", Uuid, ForeignKey("tickets.ticket_event.id"), nullable=False),
    Column("author_id", Uuid),
    Column("is_public", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    instant("written_at", nullable=False),
    Index("ix_message_tenant_id_ticket_id_written_at", "tenant_id", "ticket_id", "written_at"),
)

# one row a tenant; a request that fails may leave a gap
ticket_counter = local_table(
    "ticket_counter",
    metadata,
    Column("last_number", BigInteger, nullable=False),
    UniqueConstraint("tenant_id"),
)

# at most one a person: the timer runs on the server, so it survives a closed browser
timer = local_table(
    "timer",
    metadata,
    Column("user_id", Uuid, nullable=False),
    Column("ticket_id", Uuid, ForeignKey("tickets.ticket.id"), nullable=False),
    instant("started_at", nullable=False),
    UniqueConstraint("tenant_id", "user_id"),
)

# one question a closed ticket; without an answer, answered_at and score are NULL
satisfaction = tenant_table(
    "satisfaction",
    metadata,
    Column("ticket_id", Uuid, ForeignKey("tickets.ticket.id"), nullable=False),
    Column("contact_id", Uuid),
    instant("asked_at", nullable=False),
    instant("answered_at"),
    Column("score", SmallInteger),
    Column("comment", Text),
    UniqueConstraint("tenant_id", "ticket_id"),
    CheckConstraint("score between 1 and 5", name="score"),
    CheckConstraint("(score is null) = (answered_at is null)", name="answer"),
)

audit = audit_table(metadata)
outbox = outbox_table(metadata)
inbox = inbox_table(metadata)
idempotency = idempotency_table(metadata)
