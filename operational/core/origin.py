"""Where the request comes from that is being answered."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """The caller's network address, where there is one, and the id the request has in logs and answers."""

    address: str | None = None
    request_id: str | None = None


# what the system does by itself comes from nowhere
NOWHERE = Origin()
_current: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


def current_origin() -> Origin:
    """The origin of the request that is being answered; NOWHERE where the system acts by itself."""
    return _current.get()


@contextmanager
def coming_from(origin: Origin) -> Iterator[None]:
    """What is done inside is done for a request of this origin."""
    token = _current.set(origin)
    try:
        yield
    finally:
        _current.reset(token)
