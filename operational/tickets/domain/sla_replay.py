"""A ticket's clocks as its events say; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from operational.core.calendars import Calendar
from operational.tickets.contracts import EventRecord
from operational.tickets.domain import sla
from operational.tickets.domain.sla import Clock
from operational.tickets.domain.status import STATUS_CATEGORY

# whoever waits for a colleague keeps the customer waiting
STOPS_THE_CLOCK = frozenset({"waiting_customer", "waiting_vendor"})
_DONE = frozenset({"resolved", "closed"})
# (priority, clock) -> seconds
Targets = Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Level:
    """What a ticket was promised: targets in seconds by (priority, clock), counted in the calendar's business time."""

    targets: Targets
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class Clocks:
    """Both clocks of a ticket, with the status and priority they have been brought to."""

    first_response: Clock
    resolution: Clock
    status: str | None = None
    priority: str | None = None

    def promised(self) -> tuple[Clock, ...]:
        """The clocks that have, or had, a target."""
        return tuple(
            clock
            for clock in (self.first_response, self.resolution)
            if clock.target_seconds is not None or clock.changes
        )


def begin(opened_at: datetime) -> Clocks:
    """The clocks of a ticket received at `opened_at`; targets come with its priority."""
    return Clocks(sla.start(sla.FIRST_RESPONSE, opened_at, None), sla.start(sla.RESOLUTION, opened_at, None))


def apply_event(clocks: Clocks, event: EventRecord, level: Level) -> Clocks:
    """The clocks after one more event of the ticket."""
    first, resolution = clocks.first_response, clocks.resolution
    at, calendar = event.occurred_at, level.calendar
    if event.priority is not None and event.priority != clocks.priority:
        first = _aim(first, clocks, event.priority, at, level)
        resolution = _aim(resolution, clocks, event.priority, at, level)
    if event.kind == "reply" and event.actor_kind == "staff" and event.is_public:
        first = sla.stop(first, at, calendar)
    if event.status is not None and event.status != clocks.status:
        resolution = _follow_status(resolution, event, calendar)
        if STATUS_CATEGORY[event.status] in _DONE:
            first = sla.cancel(first, at, calendar)
    elif _customer_answers(event, resolution):
        resolution = sla.resume(resolution, at, calendar)
    return Clocks(first, resolution, event.status or clocks.status, event.priority or clocks.priority)


def replay(opened_at: datetime, events: Iterable[EventRecord], level: Level, as_of: datetime | None) -> Clocks:
    """The clocks after all events, judged as of an instant (None: as of the last event)."""
    clocks = begin(opened_at)
    for event in events:
        clocks = apply_event(clocks, event, level)
    return clocks if as_of is None else judge_both(clocks, as_of, level)


def judge_both(clocks: Clocks, at: datetime, level: Level) -> Clocks:
    """Both clocks judged as of an instant."""
    return Clocks(
        sla.judge(clocks.first_response, at, level.calendar),
        sla.judge(clocks.resolution, at, level.calendar),
        clocks.status,
        clocks.priority,
    )


def _aim(clock: Clock, clocks: Clocks, priority: str, at: datetime, level: Level) -> Clock:
    target = level.targets.get((priority, clock.name))
    if clocks.priority is None:
        return _first_target(clock, target, at, level)
    return sla.retarget(clock, at, target, level.calendar)


def _first_target(clock: Clock, target: int | None, at: datetime, level: Level) -> Clock:
    """The first priority a ticket gets is its target from the beginning, not a change."""
    begun = replace(clock, target_seconds=target)
    if begun.state == sla.STOPPED and target is not None:
        verdict = sla.MET if begun.consumed_seconds <= target else sla.BREACHED
        return replace(begun, verdict=verdict, judged_at=at)
    return sla.judge(begun, at, level.calendar)


def _follow_status(clock: Clock, event: EventRecord, calendar: Calendar) -> Clock:
    at = event.occurred_at
    if STATUS_CATEGORY[event.status or ""] in _DONE:
        return sla.stop(clock, at, calendar)
    running = sla.reopen(clock, at)
    if event.status in STOPS_THE_CLOCK:
        return _wait_for(running, event, calendar)
    return sla.resume(running, at, calendar)


def _wait_for(clock: Clock, event: EventRecord, calendar: Calendar) -> Clock:
    reason = event.pause_reason or event.status
    if clock.state == sla.PAUSED and clock.intervals[-1].reason != reason:
        clock = sla.resume(clock, event.occurred_at, calendar)
    return sla.pause(clock, event.occurred_at, calendar, reason)


def _customer_answers(event: EventRecord, clock: Clock) -> bool:
    waiting = clock.state == sla.PAUSED and event.status != "waiting_vendor"
    return waiting and event.kind == "reply" and event.actor_kind == "contact"
