"""What a person's change makes of a ticket; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from operational.tickets.contracts import EventRecord
from operational.tickets.domain.history import WATCHED, Outcome, Step, follow
from operational.tickets.domain.status import STATUS_CATEGORY

# why a status stops the clocks, unless the person says otherwise
_USUAL_PAUSE = {"waiting_customer": "customer", "waiting_vendor": "vendor", "waiting_internal": "appointment"}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it."""

    kind: str
    ref: str | None


@dataclass(frozen=True, slots=True)
class Turn:
    """An event about to be written, what it does, and the ticket's milestones after it."""

    event: EventRecord
    step: Step
    outcome: Outcome


def turn(
    history: Sequence[EventRecord],
    *,
    kind: str,
    actor: Actor,
    now: datetime,
    values: Mapping[str, Any],
    is_public: bool | None = None,
) -> Turn:
    """The next event of a ticket, by the same rules imported histories follow.

    `values` are watched values by name (`assignee_ref` for the assignee). Events never go back in time.
    """
    last = history[-1] if history else EventRecord("", now, kind, None)
    changes = dict(values)
    if "status" in changes or "pause_reason" in changes:
        status = changes.get("status", last.status)
        changes["pause_reason"] = _pause_reason(status, changes.get("pause_reason"))
    event = replace(
        last,
        source_key="",
        occurred_at=max(now, last.occurred_at),
        kind=kind,
        actor_kind=actor.kind,
        actor_ref=actor.ref,
        actor_name=None,
        is_public=is_public,
        **changes,
    )
    outcome = follow([*history, event])
    return Turn(event, outcome.steps[-1], outcome)


def _pause_reason(status: str | None, given: str | None) -> str | None:
    if status is None or STATUS_CATEGORY[status] != "paused":
        return None
    return given or _USUAL_PAUSE[status]


def split(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(values an event row holds, values only the ticket holds), `assignee_id` as the event's `assignee_ref`."""
    watched: dict[str, Any] = {}
    plain: dict[str, Any] = {}
    for name, value in values.items():
        if name == "assignee_id":
            watched["assignee_ref"] = None if value is None else str(value)
        elif name in WATCHED:
            watched[name] = value
        else:
            plain[name] = value
    return watched, plain
