"""PUBLIC: the desk's history as other parts of the house hand it over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class EventRecord:
    """One event of a ticket with the ticket's state *after* it; None is unknown.

    `source_key` tells the event from the ticket's others in the system it comes from. `occurred_at` is UTC. `body` is
    what was written with it: the request itself, a reply, a note.
    """

    source_key: str
    occurred_at: datetime
    kind: str
    status: str | None
    priority: str | None = None
    impact: int | None = None
    urgency: int | None = None
    category: str | None = None
    subcategory: str | None = None
    queue: str | None = None
    assignee_ref: str | None = None
    pause_reason: str | None = None
    actor_kind: str | None = None
    actor_ref: str | None = None
    actor_name: str | None = None
    is_public: bool | None = None
    body: str | None = None


@dataclass(frozen=True, slots=True)
class TicketRecord:
    """A ticket with all its events in the order they happened, at least one.

    `judged_until` is where the history it comes from ends: clocks still running are judged as of then.
    """

    ref: str
    customer_ref: str
    opened_at: datetime
    events: tuple[EventRecord, ...]
    site_ref: str | None = None
    contact_ref: str | None = None
    contract_ref: str | None = None
    channel: str | None = None
    subject: str | None = None
    desk_sla_met: bool | None = None
    source_fields: Mapping[str, str] | None = None
    judged_until: datetime | None = None
