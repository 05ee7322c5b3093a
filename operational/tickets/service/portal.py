"""What is different when a customer's contact works on a ticket."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from operational.core.errors import unprocessable

# the rest is the desk's to decide
_THEIRS = frozenset({"customer_id", "site_id", "subject", "contact_id", "channel"})
# a customer who writes is waited for no longer, and not content yet
_GOES_ON = frozenset({"paused", "resolved", "closed"})


def opened_by(contact_id: UUID, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a ticket a contact opens; raises 422 for one that is the desk's to decide."""
    for name, value in values.items():
        if value is not None and name not in _THEIRS:
            raise unprocessable("decided_by_desk", "the desk decides on this", name)
    return {**values, "contact_id": contact_id, "channel": "portal"}


def status_after(category: str | None, given: str | None) -> str | None:
    """The status a contact's reply leads to; raises 422 when they give one."""
    if given is not None:
        raise unprocessable("decided_by_desk", "the desk decides on this", "status")
    return "open" if category in _GOES_ON else None
