"""How often somebody may ask: by address before it is known who asks, by person or key afterwards."""

from dataclasses import dataclass
from math import ceil

import structlog
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
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
        self._redis: Storage | None = None
        self._shared: SlidingWindowCounterRateLimiter | None = None
        if redis_url is not None:
            self._redis = RedisStorage(f"async+{redis_url}", wrap_exceptions=True, implementation="redispy")
            self._shared = SlidingWindowCounterRateLimiter(self._redis)
        self._is_away = False

    async def count(self, name: str, who: str) -> None:
        """Count a request of somebody; raises 429 when it is one too many."""
        item = self._items[name]
        if item is None:
            return
        limiter = self._own
        if self._shared is not None:
            try:
                allowed = await self._shared.hit(item, name, who)
                limiter = self._shared
                self._notice(away=False)
            except StorageError as error:
                self._notice(away=True, error=str(error))
                allowed = await self._own.hit(item, name, who)
        else:
            allowed = await self._own.hit(item, name, who)
        if not allowed:
            raise await _refused(limiter, item, name, who)

    def _notice(self, *, away: bool, error: str = "") -> None:
        if away != self._is_away:
            self._is_away = away
            log.warning("redis_away" if away else "redis_back", error=error)


async def _refused(limiter: SlidingWindowCounterRateLimiter, item: RateLimitItem, name: str, who: str) -> Problem:
    stats = await limiter.get_window_stats(item, name, who)
    seconds = max(1, ceil(stats.reset_time - _now()))
    return Problem(
        429, "rate_limited", f"too many requests ({item}); ask again in {seconds} s",
        headers={"Retry-After": str(seconds)},
    )  # fmt: skip


def _now() -> float:
    # the library counts by this clock
    import time

    return time.time()


UNLIMITED = Rates()
