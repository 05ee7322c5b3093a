"""What a ticket's events say about the ticket; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from operational.tickets.contracts import EventRecord
from operational.tickets.domain.status import STATUS_CATEGORY, is_reopening

WATCHED = (
    "status",
    "priority",
    "impact",
    "urgency",
    "category",
    "subcategory",
    "queue",
    "assignee_ref",
    "pause_reason",
)
_DONE = frozenset({"resolved", "closed"})
_watched = attrgetter(*WATCHED)
_UNKNOWN: tuple[object, ...] = (None,) * len(WATCHED)


@dataclass(frozen=True, slots=True)
class Step:
    """What one event did: the category it led to, the names of the values it changed, whether it reopened."""

    status_category: str | None
    changed: tuple[str, ...]
    is_reopening: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """A ticket's milestones as of its last event; None is unknown or not yet.

    `resolved_at` is the start of the current resolution (a ticket closed without one counts as resolved by the
    closing), `first_response_at` the first public message of a person of the desk.
    """

    steps: tuple[Step, ...]
    first_response_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    reopen_count: int


def follow(events: Sequence[EventRecord]) -> Outcome:
    """Fold a ticket's events, in their order, into its milestones."""
    steps: list[Step] = []
    first_response = resolved = closed = None
    before = _UNKNOWN
    category: str | None = None
    for event in events:
        reached = STATUS_CATEGORY[event.status] if event.status is not None else None
        if first_response is None and _is_first_response(event):
            first_response = event.occurred_at
        if reached not in _DONE:
            resolved = closed = None
        else:
            resolved = resolved or event.occurred_at
            closed = (closed or event.occurred_at) if reached == "closed" else None
        after = _watched(event)
        steps.append(Step(reached, _changed(before, after), is_reopening(category, reached)))
        before, category = after, reached
    reopen_count = sum(step.is_reopening for step in steps)
    return Outcome(tuple(steps), first_response, resolved, closed, reopen_count)


def _is_first_response(event: EventRecord) -> bool:
    return event.kind == "reply" and event.actor_kind == "staff" and bool(event.is_public)


def _changed(before: tuple[object, ...], after: tuple[object, ...]) -> tuple[str, ...]:
    if before == after:
        return ()
    return tuple(name for name, old, new in zip(WATCHED, before, after, strict=True) if old != new)
