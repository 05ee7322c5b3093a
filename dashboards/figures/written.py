"""How numbers, days and instants are written, in the reader's language."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from dashboards.figures.definitions import Unit
from dashboards.figures.periods import Grain

Language = Literal["de", "en"]
LANGUAGES: tuple[Language, ...] = ("de", "en")
UNKNOWN: Mapping[str, str] = {"de": "unbekannt", "en": "unknown"}
MONTHS = {
    "de": ("Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sep.", "Okt.", "Nov.", "Dez."),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
_PERCENT = {"de": "\u202f%", "en": "%"}
_POINTS = {"de": "\u202fPp.", "en": "\u202fpp"}
_DAYS = {"de": "\u202fTage", "en": "\u202fdays"}
_A_DAY = {"de": "1\u202fTag", "en": "1\u202fday"}
_MINUS = "\u2212"
_KEEP = "\u00a0"


def grouped(value: float, places: int, language: str) -> str:
    """A number with separators; the minus is a minus."""
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{abs(rounded):,.{places}f}"
    if language == "de":
        text = text.translate(str.maketrans(",.", ".,"))
    return (_MINUS if rounded < 0 else "") + text


def written(value: float | None, unit: Unit, language: str) -> str:
    """A figure as it is shown; None is the word for unknown. Durations are in seconds."""
    if value is None:
        return UNKNOWN[language]
    if unit == "count":
        return grouped(value, 0, language)
    if unit == "percent":
        return grouped(value, 1, language) + _PERCENT[language]
    if unit == "days":
        text = grouped(value, 0, language)
        return _A_DAY[language] if text == "1" else text + _DAYS[language]
    return duration(value, language)


def duration(seconds: float, language: str) -> str:
    """Minutes below 100 of them, then hours."""
    minutes = Decimal(str(seconds)) / 60
    # as it would be written: 99.5 min is 1.7 h, not 100 min
    if minutes.quantize(Decimal(1), ROUND_HALF_UP) < 100:
        return grouped(float(minutes), 0, language) + "\u202fmin"
    return grouped(float(minutes / 60), 1, language) + "\u202fh"


def change(now: float | None, before: float | None, unit: Unit, language: str) -> str | None:
    """The change with its sign, in percent or for a percentage in points; None when there is none to tell."""
    if now is None or before is None:
        return None
    if unit == "percent":
        return _signed(now - before, language) + _POINTS[language]
    if before == 0:
        return None
    return _signed(100 * (now - before) / before, language) + _PERCENT[language]


def _signed(value: float, language: str) -> str:
    text = grouped(value, 1, language)
    if not any(digit in text for digit in "123456789"):
        return "±" + text.lstrip(_MINUS)
    return text if text.startswith(_MINUS) else f"+{text}"


def day(value: date | None, language: str) -> str:
    """A day as the desk writes it, which no line breaks."""
    if value is None:
        return UNKNOWN[language]
    if language == "de":
        return f"{value:%d.%m.%Y}"
    return f"{value.day}{_KEEP}{MONTHS['en'][value.month - 1]}{_KEEP}{value.year}"


def instant(value: datetime | None, zone: str, language: str) -> str:
    """An instant in the tenant's time zone, to the minute."""
    if value is None:
        return ""
    local = value.astimezone(ZoneInfo(zone))
    return f"{day(local.date(), language)},{_KEEP}{local:%H:%M}"


def bucket_name(start: date, grain: Grain, language: str) -> str:
    """A day, week or month in words."""
    if grain == "day":
        return day(start, language)
    if grain == "month":
        return f"{MONTHS[language][start.month - 1]} {start.year}"
    year, week, _ = start.isocalendar()
    return f"KW{_KEEP}{week}/{year}" if language == "de" else f"W{week}{_KEEP}{year}"


def bucket_code(start: date, grain: Grain) -> str:
    """A day, week or month as a file has it, after ISO 8601."""
    if grain == "day":
        return start.isoformat()
    return f"{start:%G-W%V}" if grain == "week" else f"{start:%Y-%m}"
