"""One service-level clock, by the remaining-budget rule; pure.

remaining = target − Σ business seconds of the running intervals; due = calendar.add(now, remaining). A deadline is
never shifted by wall-clock time. Functions take a clock and return its successor; instants are timezone-aware.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from operational.core.calendars import Calendar

FIRST_RESPONSE, RESOLUTION = "first_response", "resolution"
RUNNING, PAUSED, STOPPED, CANCELLED = "running", "paused", "stopped", "cancelled"
MET, BREACHED = "met", "breached"


@dataclass(frozen=True, slots=True)
class Interval:
    """Time a clock ran or stood; `business_seconds` is unknown while it runs, 0 of a pause."""

    kind: str
    started_at: datetime
    ended_at: datetime | None = None
    business_seconds: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class TargetChange:
    """A new target in mid-flight, in seconds; None is no target."""

    occurred_at: datetime
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock; `consumed_seconds` counts the intervals that have ended. The last interval is the current one."""

    name: str
    started_at: datetime
    target_seconds: int | None
    state: str
    intervals: tuple[Interval, ...]
    consumed_seconds: int = 0
    verdict: str | None = None
    judged_at: datetime | None = None
    stopped_at: datetime | None = None
    changes: tuple[TargetChange, ...] = ()


def start(name: str, at: datetime, target_seconds: int | None) -> Clock:
    """A running clock."""
    return Clock(name, at, target_seconds, RUNNING, (Interval(RUNNING, at),))


def due_at(clock: Clock, calendar: Calendar) -> datetime | None:
    """When the budget will be used up if nothing changes; None while it does not run or has no target.

    A target lowered under what was consumed is due at the beginning of the current interval.
    """
    if clock.state != RUNNING or clock.target_seconds is None:
        return None
    return calendar.add_seconds(clock.intervals[-1].started_at, clock.target_seconds - clock.consumed_seconds)


def judge(clock: Clock, at: datetime, calendar: Calendar) -> Clock:
    """Breached if the budget was used up before `at`; used up exactly at `at` is still in time."""
    if clock.verdict == BREACHED:
        return clock
    due = due_at(clock, calendar)
    if due is None or due >= at:
        return clock
    return replace(clock, verdict=BREACHED, judged_at=due)


def _end_interval(clock: Clock, at: datetime, calendar: Calendar) -> Clock:
    current = clock.intervals[-1]
    used = calendar.elapsed_seconds(current.started_at, at) if current.kind == RUNNING else 0
    ended = replace(current, ended_at=at, business_seconds=used)
    return replace(clock, intervals=(*clock.intervals[:-1], ended), consumed_seconds=clock.consumed_seconds + used)


def _begin_interval(clock: Clock, state: str, at: datetime, reason: str | None = None) -> Clock:
    return replace(clock, state=state, intervals=(*clock.intervals, Interval(state, at, reason=reason)))


def pause(clock: Clock, at: datetime, calendar: Calendar, reason: str | None = None) -> Clock:
    """Stand still from `at`; only a running clock pauses."""
    if clock.state != RUNNING:
        return clock
    return _begin_interval(_end_interval(judge(clock, at, calendar), at, calendar), PAUSED, at, reason)


def resume(clock: Clock, at: datetime, calendar: Calendar) -> Clock:
    """Run on from `at` with the budget that is left; only a paused clock resumes."""
    if clock.state != PAUSED:
        return clock
    return _begin_interval(_end_interval(clock, at, calendar), RUNNING, at)


def stop(clock: Clock, at: datetime, calendar: Calendar) -> Clock:
    """The milestone is reached at `at`: met, unless it was judged before."""
    if clock.state not in (RUNNING, PAUSED):
        return clock
    ended = replace(_end_interval(judge(clock, at, calendar), at, calendar), state=STOPPED, stopped_at=at)
    if ended.verdict is None and ended.target_seconds is not None:
        return replace(ended, verdict=MET, judged_at=at)
    return ended


def cancel(clock: Clock, at: datetime, calendar: Calendar) -> Clock:
    """The milestone will not come: no verdict, unless it was breached before."""
    if clock.state not in (RUNNING, PAUSED):
        return clock
    return replace(_end_interval(judge(clock, at, calendar), at, calendar), state=CANCELLED, stopped_at=at)


def reopen(clock: Clock, at: datetime) -> Clock:
    """Run again from `at` with what was consumed; a clock that was met can still breach."""
    if clock.state != STOPPED:
        return clock
    return replace(_begin_interval(clock, RUNNING, at), stopped_at=None)


def retarget(clock: Clock, at: datetime, target_seconds: int | None, calendar: Calendar) -> Clock:
    """Another target from `at`: what is consumed stays, what was judged stays judged, old and new are recorded.

    A target already used up is breached at `at`.
    """
    if target_seconds == clock.target_seconds:
        return clock
    judged = judge(clock, at, calendar)
    change = TargetChange(at, clock.target_seconds, target_seconds)
    changed = replace(judged, target_seconds=target_seconds, changes=(*clock.changes, change))
    if judged.verdict is not None or judged.state != RUNNING or target_seconds is None:
        return changed
    used = judged.consumed_seconds + calendar.elapsed_seconds(judged.intervals[-1].started_at, at)
    return replace(changed, verdict=BREACHED, judged_at=at) if used > target_seconds else changed
