"""How a number is written, in the reader's language."""

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal

UNKNOWN = {"de": "unbekannt", "en": "unknown"}
_PERCENT = {"de": "\u202f%", "en": "%"}
_POINTS = {"de": "\u202fPp.", "en": "\u202fpp"}
_MINUS = "\u2212"


def written(value: Decimal | None, unit: str, language: str) -> str:
    """`value` as the pack prints it; None is the word for unknown.

    Units: `count`, `expected` (a count that is no whole number), `ratio`, `percent`, `hours` (value in hours),
    `minutes` (value in seconds, shown as min or h), `change_percent`, `change_points`; the last two carry a sign.
    Raises KeyError for another unit.
    """
    if value is None:
        return UNKNOWN[language]
    return _WRITERS[unit](value, language)


def _grouped(value: Decimal, places: int, language: str) -> str:
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{abs(rounded):,.{places}f}"
    if language == "de":
        text = text.translate(str.maketrans(",.", ".,"))
    return (_MINUS if rounded < 0 else "") + text


def _signed(value: Decimal, language: str) -> str:
    text = _grouped(value, 1, language)
    rounded = value.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"+{text}" if rounded > 0 else ("±" + text.lstrip(_MINUS) if rounded == 0 else text)


def _duration(seconds: Decimal, language: str) -> str:
    minutes = seconds / 60
    # as it would be written: 99.5 min is 1.7 h, not 100 min
    if minutes.quantize(Decimal(1), ROUND_HALF_UP) < 100:
        return _grouped(minutes, 0, language) + "\u202fmin"
    return _grouped(minutes / 60, 1, language) + "\u202fh"


def _expected(value: Decimal, language: str) -> str:
    # a tenth of a ticket means something only where there are few
    few = value.quantize(Decimal("0.1"), ROUND_HALF_UP) < 10
    return _grouped(value, 1 if few else 0, language)


_WRITERS: Mapping[str, Callable[[Decimal, str], str]] = {
    "count": lambda value, language: _grouped(value, 0, language),
    "expected": _expected,
    "ratio": lambda value, language: _grouped(value, 3, language),
    "percent": lambda value, language: _grouped(value, 1, language) + _PERCENT[language],
    "hours": lambda value, language: _grouped(value, 1, language) + "\u202fh",
    "minutes": _duration,
    "change_percent": lambda value, language: _signed(value, language) + _PERCENT[language],
    "change_points": lambda value, language: _signed(value, language) + _POINTS[language],
}
