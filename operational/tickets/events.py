"""PUBLIC: what the tickets service tells of itself; a changed meaning gets a new version."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class TicketCreated:
    """A ticket was opened."""

    TOPIC: ClassVar[str] = "tickets.ticket_created.v1"
    AGGREGATE: ClassVar[str] = "ticket"

    ticket_id: UUID
    number: str
    customer_id: UUID
    status: str
    priority: str | None
    assignee_id: UUID | None


@dataclass(frozen=True, slots=True)
class TicketChanged:
    """Values of a ticket changed; `changed` names them."""

    TOPIC: ClassVar[str] = "tickets.ticket_changed.v1"
    AGGREGATE: ClassVar[str] = "ticket"

    ticket_id: UUID
    changed: tuple[str, ...]
    status: str | None
    status_category: str | None
    priority: str | None
    assignee_id: UUID | None
    is_reopening: bool


@dataclass(frozen=True, slots=True)
class MessageWritten:
    """Somebody replied (`is_public`) or left a note; the text stays in the service."""

    TOPIC: ClassVar[str] = "tickets.message_written.v1"
    AGGREGATE: ClassVar[str] = "ticket"

    ticket_id: UUID
    event_id: UUID
    is_public: bool
    changed: tuple[str, ...]
    status: str | None


@dataclass(frozen=True, slots=True)
class TimeAdded:
    """Somebody worked on a ticket."""

    TOPIC: ClassVar[str] = "tickets.time_added.v1"
    AGGREGATE: ClassVar[str] = "ticket"

    ticket_id: UUID
    time_entry_id: UUID
    user_id: UUID
    started_at: datetime
    minutes: int
