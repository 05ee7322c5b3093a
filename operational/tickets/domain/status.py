"""Ticket statuses and their categories (ITIL: the category carries the meaning, the name may be renamed)."""

from collections.abc import Mapping
from types import MappingProxyType

STATUS_CATEGORY: Mapping[str, str] = MappingProxyType(
    {
        "new": "new",
        "open": "open",
        "waiting_customer": "paused",
        "waiting_vendor": "paused",
        "waiting_internal": "paused",
        "resolved": "resolved",
        "closed": "closed",
    }
)
_DONE = frozenset({"resolved", "closed"})
_WORKED_ON = frozenset({"open", "paused"})


def is_reopening(before: str | None, after: str | None) -> bool:
    """Whether going from one status category to another reopens a ticket; unknown categories never do.

    A ticket put back to `new` was resolved by mistake: nobody works on it again, so that is a correction.
    """
    return before in _DONE and after in _WORKED_ON
