"""How often somebody may ask: by address before it is known who asks, by person or key afterwards."""

import time
from dataclasses import dataclass
from math import ceil

import structlog
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError

from operational.core.errors import Problem

log = structlog.get_logger("psa.limits")


@dataclass(frozen=True, slots=True)
class Rates:
    """Limits as `limits` writes them ("100/second"), None for none.

    `address`: every request of an address. `entry`: those of them that try to get in (log-in, resets, second factors).
    `party`: every request of a person, or of one API key.
    """

    address: str | None = None
    entry: str | None = None
    party: str | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for a limit that cannot be meant."""
        for rate in (self.address, self.entry, self.party):
            try:
                parse(rate or "1/second")
            except ValueError:
                raise ValueError(f"a limit looks like 100/minute, and not like {rate}") from None


class Limits:
    """Counts in Redis when a URL is given, so that all processes count together, else in this process.

    While Redis is away each process counts for itself: slower to notice, never wrong to answer.
    """

    def __init__(self, rates: Rates, redis_url: str | None) -> None:
        self._items = {
            name: None if rate is None else parse(rate)
            for name, rate in (("address", rates.address), ("entry", rates.entry), ("party", rates.party))
        }
        self._own = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared: SlidingWindowCounterRateLimiter | None = None
        if redis_url is not None:
            redis = RedisStorage(f"async+{redis_url}", wrap_exceptions=True, implementation="redispy")
            self._shared = SlidingWindowCounterRateLimiter(redis)
        self._is_away = False

    async def count(self, name: str, who: str) -> None:
        """Count a request of somebody; raises 429 when it is one too many."""
        item = self._items[name]
        if item is None:
            return
        until = await self._refused_until(item, name, who)
        if until is not None:
            seconds = max(1, ceil(until - time.time()))
            raise Problem(
                429, "rate_limited", f"too many requests ({item}); ask again in {seconds} s",
                headers={"Retry-After": str(seconds)},
            )  # fmt: skip

    async def _refused_until(self, item: RateLimitItem, *who: str) -> float | None:
        if self._shared is not None:
            try:
                until = await _hit(self._shared, item, *who)
            except StorageError as error:
                self._notice(away=True, error=str(error))
            else:
                self._notice(away=False)
                return until
        return await _hit(self._own, item, *who)

    def _notice(self, *, away: bool, error: str = "") -> None:
        if away != self._is_away:
            self._is_away = away
            log.warning("redis_away" if away else "redis_back", error=error)


async def _hit(limiter: SlidingWindowCounterRateLimiter, item: RateLimitItem, *who: str) -> float | None:
    """Count a request; returns None when it is admitted, else until when it is not (seconds since 1970)."""
    if await limiter.hit(item, *who):
        return None
    return (await limiter.get_window_stats(item, *who)).reset_time


UNLIMITED = Rates()
