"""Tables of tickets as a page shows them and as a file has them."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from dashboards.figures import links
from dashboards.figures.written import Language
from dashboards.texts import Texts

# what every ticket has, before and after what its figure is about
FIRST = ("number", "subject", "customer", "priority")
THEN = ("queue", "category", "status_category", "opened_at")
# shown as minutes
SECONDS = {
    "target_seconds", "consumed_seconds", "seconds_since_opened", "first_response_business_seconds",
    "first_response_seconds", "resolution_business_seconds", "resolution_seconds",
}  # fmt: skip
# what need not have happened: nothing there is a dash, not unknown
MAY_BE_NOTHING = {"reopened_at", "answered_at", "score"}
# a spreadsheet takes text that begins so for a formula
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def columns(shown: Sequence[str], *, with_customer: bool) -> list[str]:
    """The columns of a table of tickets."""
    first = [name for name in FIRST if with_customer or name != "customer"]
    return [*first, *shown, *THEN, "ticket_id"]


def cell(name: str, row: Mapping[str, Any], texts: Texts, customers: Mapping[UUID, str], zone: str) -> Any:
    """A value as it is shown: times in the tenant's zone, seconds as minutes, states in words; None is unknown."""
    if name == "customer":
        return customers.get(row["customer_id"])
    return None if row[name] is None else _known(name, row[name], texts, zone)


def _known(name: str, value: Any, texts: Texts, zone: str) -> Any:
    if name in ("verdict", "status_category"):
        return texts(f"values.{name}.{value}")
    if name == "priority":
        return str(value).upper()
    if isinstance(value, bool):
        return texts("values.yes" if value else "values.no")
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    if name in SECONDS:
        return round(value / 60, 1)
    return str(value) if isinstance(value, UUID) else value


def link(public_url: str, row: Mapping[str, Any]) -> str:
    """The ticket's page; what follows the # is shown in its place."""
    return f"{links.ticket(public_url, row['ticket_id'])}#{quote(str(row['number']))}"


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Any]], language: Language) -> bytes:
    """A file that opens in a spreadsheet of that language without questions."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if language == "de" else ",", lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_plain(value, language) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _plain(value: Any, language: Language) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float | Decimal):
        return str(value).replace(".", ",") if language == "de" else str(value)
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
