"""Tables of live work at the desk: what people wrote, human numbers, events on their way out."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Text, UniqueConstraint, Uuid

from operational.core.audit import audit_table
from operational.core.idempotency import idempotency_table
from operational.core.outbox import inbox_table, outbox_table
from operational.core.tables import instant, local_table
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

audit = audit_table(metadata)
outbox = outbox_table(metadata)
inbox = inbox_table(metadata)
idempotency = idempotency_table(metadata)
