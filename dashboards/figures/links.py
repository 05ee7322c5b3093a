"""Addresses of the desk's pages that show what a figure counts."""

from datetime import UTC, date, datetime, time
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from dashboards.figures.filters import UNKNOWN, Narrowing
from dashboards.figures.periods import Span


def ticket(public_url: str, ticket_id: UUID) -> str:
    """One ticket."""
    return f"{public_url}/tickets/{ticket_id}"


def customer(public_url: str, customer_id: UUID) -> str:
    """One customer."""
    return f"{public_url}/customers/{customer_id}"


def opened(public_url: str, span: Span, narrowing: Narrowing, zone: str, contact_id: UUID | None = None) -> str | None:
    """The desk's list of the tickets opened in a period; None where its filters cannot say exactly that."""
    if UNKNOWN in (narrowing.queue, narrowing.category):
        return None
    filters = {
        "opened_from": _midnight(span.start, zone),
        "opened_before": _midnight(span.end, zone),
        "customer_id": narrowing.customer_id,
        "contact_id": contact_id,
        "queue": narrowing.queue,
        "category": narrowing.category,
    }
    return f"{public_url}/tickets?" + urlencode({name: str(value) for name, value in filters.items() if value})


def unresolved(public_url: str, narrowing: Narrowing) -> str | None:
    """The desk's list of the tickets open now; None where its filters cannot say exactly that."""
    if UNKNOWN in (narrowing.queue, narrowing.category):
        return None
    filters = [("status_category", category) for category in ("new", "open", "paused")]
    filters += [
        (name, str(value)) for name in ("customer_id", "queue", "category") if (value := getattr(narrowing, name))
    ]
    return f"{public_url}/tickets?" + urlencode(filters)


def _midnight(day: date, zone: str) -> str:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
