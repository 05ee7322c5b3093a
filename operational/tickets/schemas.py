"""What the tickets service takes and gives over HTTP."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from operational.core.payload import Instant, Line, Payload, Prose, Shown, Words

Status = Literal["new", "open", "waiting_customer", "waiting_vendor", "waiting_internal", "resolved", "closed"]
StatusCategory = Literal["new", "open", "paused", "resolved", "closed"]
Priority = Literal["p1", "p2", "p3", "p4"]
PauseReason = Literal["customer", "vendor", "appointment", "change_freeze"]
Channel = Literal["mail", "phone", "portal", "monitoring"]
WorkType = Literal["remote", "on_site", "phone", "travel"]
Level = Annotated[int, Field(ge=1, le=5, description="1 is high, 5 is low")]


class TicketSort(StrEnum):
    """Orders of the ticket list; a minus means the greatest first."""

    NEWEST = "-opened_at"
    OLDEST = "opened_at"
    PRIORITY = "priority"
    DUE = "due_at"


class TicketFilters(BaseModel):
    """What tickets of a list are like; several values of one name are alternatives."""

    status_category: list[StatusCategory] | None = None
    status: list[Status] | None = None
    priority: list[Priority] | None = None
    queue: list[Words] | None = None
    category: list[Words] | None = None
    customer_id: UUID | None = None
    contact_id: UUID | None = None
    assignee_id: UUID | None = None
    unassigned: bool = Field(False, description="Only tickets nobody has taken")
    opened_from: Instant | None = Field(None, description="Opened then or later")
    opened_before: Instant | None = Field(None, description="Opened before then")
    text: Words | None = Field(None, description="A part of the subject, or the number's beginning")


class TicketFields(Payload):
    """What a person may say of a ticket; null is unknown."""

    site_id: UUID | None = None
    contact_id: UUID | None = None
    contract_id: UUID | None = None
    subject: Line | None = None
    priority: Priority | None = None
    impact: Level | None = None
    urgency: Level | None = None
    category: Line | None = None
    subcategory: Line | None = None
    queue: Line | None = None


class TicketIn(TicketFields):
    """A ticket to be opened."""

    customer_id: UUID
    subject: Line
    channel: Channel = "phone"
    assignee_id: UUID | None = None
    description: Prose | None = None


class TicketChange(TicketFields):
    """Values to change; those left out stay. Status and assignee have addresses of their own."""


class AssignIn(Payload):
    """Who takes the ticket; null puts it back into the queue."""

    assignee_id: UUID | None


class StatusIn(Payload):
    """The new status; a pausing one has a reason."""

    status: Status
    pause_reason: PauseReason | None = None


class ReplyIn(Payload):
    """What the customer reads, and the status it leads to."""

    body: Prose
    status: Status | None = None


class NoteIn(Payload):
    """What only colleagues read."""

    body: Prose


class TimeIn(Payload):
    """Work done: start with end or minutes. Minutes below the span are a break."""

    started_at: Instant
    ended_at: Instant | None = None
    minutes: Annotated[int, Field(ge=1, le=1440)] | None = None
    work_type: WorkType = "remote"
    billable: bool | None = None


class DueOut(Shown):
    """The clock that is due first; `due_at` is when its budget is used up, or when that was: `breached`.

    `due_at` is null where no clock runs and one is paused.
    """

    clock: str
    due_at: Instant | None
    breached: bool


class TicketRow(Shown):
    """A ticket in a list or in full; names stand beside their ids."""

    id: UUID
    number: str
    subject: str | None
    customer_id: UUID
    contact_id: UUID | None
    status: str | None
    status_category: str | None
    priority: str | None
    category: str | None
    queue: str | None
    assignee_id: UUID | None
    customer_name: str | None = None
    contact_name: str | None = None
    assignee_name: str | None = None
    due: DueOut | None = None
    opened_at: Instant
    first_response_at: Instant | None
    resolved_at: Instant | None
    closed_at: Instant | None
    reopen_count: int
    version: int


class TicketOut(TicketRow):
    """A ticket with all its values."""

    site_id: UUID | None
    contract_id: UUID | None
    channel: str | None
    impact: int | None
    urgency: int | None
    subcategory: str | None
    source_system: str


class ClockOut(Shown):
    """A service-level clock; `due_at` is when its budget is used up if nothing changes, null while it stands."""

    clock: str
    state: str
    target_seconds: int | None
    consumed_seconds: int
    started_at: Instant
    due_at: Instant | None
    verdict: str | None
    judged_at: Instant | None
    stopped_at: Instant | None


class TicketDetail(TicketOut):
    """A ticket with its service-level clocks; none means that no service level was agreed."""

    clocks: list[ClockOut]


class EventOut(Shown):
    """An event with the ticket's state after it; `body` is what somebody wrote."""

    id: UUID
    seq: int
    occurred_at: Instant
    kind: str
    actor_kind: str | None
    actor_id: UUID | None
    actor_name: str | None
    is_public: bool | None
    changed: list[str]
    is_reopening: bool
    status: str | None
    status_category: str | None
    priority: str | None
    impact: int | None
    urgency: int | None
    category: str | None
    subcategory: str | None
    queue: str | None
    assignee_id: UUID | None
    assignee_name: str | None = None
    pause_reason: str | None
    body: str | None


class EventsOut(Shown):
    """Events in order; ask again with `after` = `next_after` until that is null."""

    items: list[EventOut]
    next_after: int | None


class CountOut(Shown):
    """How many tickets the filters leave."""

    count: int


class FacetOut(Shown):
    """A value in use, and how many open tickets have it; null is unknown."""

    value: str | None
    open_tickets: int


class FacetsOut(Shown):
    """What tickets can be filtered by."""

    queues: list[FacetOut]
    categories: list[FacetOut]


class TimerOut(Shown):
    """A running timer and its ticket."""

    ticket_id: UUID
    number: str
    subject: str | None
    started_at: Instant


class TimerState(Shown):
    """The caller's timer; null when none runs."""

    timer: TimerOut | None


class TimerEnd(Payload):
    """How the time is entered; `minutes` where it was not all work, at most what has passed (rounded up)."""

    work_type: WorkType = "remote"
    billable: bool | None = None
    minutes: Annotated[int, Field(ge=1, le=1440)] | None = None


class TimeOut(Shown):
    """Time worked on a ticket."""

    id: UUID
    ticket_id: UUID
    user_id: UUID
    started_at: Instant
    ended_at: Instant
    minutes: int
    work_type: str
    billable: bool | None
    entered_at: Instant
