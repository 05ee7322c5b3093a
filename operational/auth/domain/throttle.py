"""How long an account rests after failed log-ins; pure."""

from datetime import datetime, timedelta

FREE_ATTEMPTS = 5
_LONGEST = timedelta(minutes=15)


def locked_until(failed_attempts: int, now: datetime) -> datetime | None:
    """When the next attempt is allowed after so many in a row; None at once.

    The fifth failure rests the account for 30 seconds, every further one for twice as long, at most 15 minutes.
    """
    if failed_attempts < FREE_ATTEMPTS:
        return None
    doublings = min(failed_attempts - FREE_ATTEMPTS, 10)
    return now + min(timedelta(seconds=30 << doublings), _LONGEST)
