"""The field types of the import format."""

import re
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from operational.core.calendars import parse_windows
from operational.imports.records import InvalidValueError

Parser = Callable[[str], Any]
_ESCAPE = re.compile(r"\\[n\\]")
_WELL_ESCAPED = re.compile(r"(?:[^\\]|\\[n\\])*")


def text(value: str) -> str:
    """Any text."""
    return value


def prose(value: str) -> str:
    r"""A text of several lines: a line break is written as `\n`, a backslash as `\\`."""
    if "\\" not in value:
        return value
    if not _WELL_ESCAPED.fullmatch(value):
        raise InvalidValueError(r"a backslash is neither \n (line break) nor \\ (backslash)")
    return _ESCAPE.sub(lambda match: "\n" if match[0] == r"\n" else "\\", value)


def escaped(value: str) -> str:
    """The text as `prose` reads it; line breaks of every kind become one kind."""
    return value.replace("\\", "\\\\").replace("\r\n", "\n").replace("\r", "\n").replace("\n", r"\n")


def boolean(value: str) -> bool:
    """`true` or `false`."""
    if value not in ("true", "false"):
        raise InvalidValueError(f"{value!r} is neither true nor false")
    return value == "true"


def integer(value: str) -> int:
    """A whole number, not negative."""
    if not (value.isascii() and value.isdecimal()):
        raise InvalidValueError(f"{value!r} is not a whole number")
    return int(value)


def amount(value: str) -> Decimal:
    """An amount of money in whole cents."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise InvalidValueError(f"{value!r} is not an amount like 1250.00") from None
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -2:
        raise InvalidValueError(f"{value!r} is not an amount in whole cents")
    return number


def day(value: str) -> date:
    """`YYYY-MM-DD`."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise InvalidValueError(f"{value!r} is no day like 2026-11-20") from None


def instant(value: str) -> datetime:
    """An instant in UTC, written with Z."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is None or not value.endswith("Z"):
        raise InvalidValueError(f"{value!r} is no instant in UTC like 2026-11-20T09:00:00Z")
    return moment.astimezone(UTC)


def one_of(*allowed: str) -> Parser:
    """One of a fixed set of words."""

    def parse(value: str) -> str:
        if value not in allowed:
            raise InvalidValueError(f"{value!r} is none of {', '.join(allowed)}")
        return value

    return parse


def level(value: str) -> int:
    """Impact or urgency, 1 (high) to 5 (low)."""
    return _one_to_five(value, "level")


def score(value: str) -> int:
    """How satisfied somebody was, 1 (not at all) to 5 (very)."""
    return _one_to_five(value, "score")


def _one_to_five(value: str, name: str) -> int:
    if value not in ("1", "2", "3", "4", "5"):
        raise InvalidValueError(f"{value!r} is not a {name} from 1 to 5")
    return int(value)


def words(allowed: Collection[str]) -> Parser:
    """Words separated by `;`, each of a fixed set."""

    def parse(value: str) -> tuple[str, ...]:
        parts = tuple(value.split(";"))
        unknown = [part for part in parts if part not in allowed]
        if unknown:
            raise InvalidValueError(f"{', '.join(unknown)} is none of {', '.join(allowed)}")
        return parts

    return parse


def zone(value: str) -> str:
    """An IANA time zone."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidValueError(f"{value!r} is no time zone; use a name like Europe/Berlin") from None
    return value


def opening_hours(value: str) -> str:
    """Windows as calendars write them."""
    try:
        parse_windows(value)
    except ValueError as error:
        raise InvalidValueError(str(error)) from None
    return value
