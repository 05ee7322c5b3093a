"""Start, end and minutes of work; pure."""

from datetime import datetime, timedelta

LONGEST = timedelta(hours=24)


def complete(
    started_at: datetime, ended_at: datetime | None, minutes: int | None, now: datetime
) -> tuple[datetime, int]:
    """End and minutes, the missing one worked out from the other; raises ValueError naming what is wrong.

    Minutes may be fewer than the span (a break), never more. A started minute counts.
    """
    if ended_at is None:
        if minutes is None:
            raise ValueError("give `ended_at` or `minutes`")
        ended_at = started_at + timedelta(minutes=minutes)
    span = ended_at - started_at
    if span <= timedelta(0):
        raise ValueError("the end must come after the start")
    if span > LONGEST:
        raise ValueError("one entry covers at most 24 hours")
    if ended_at > now:
        raise ValueError("work that is not done yet cannot be entered")
    whole = -(-span // timedelta(minutes=1))
    if minutes is not None and minutes > whole:
        raise ValueError("more minutes than there are between start and end")
    return ended_at, whole if minutes is None else minutes
