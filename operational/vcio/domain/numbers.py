"""How a number is written, in the reader's language."""

from decimal import ROUND_HALF_UP, Decimal

UNKNOWN = {"de": "unbekannt", "en": "unknown"}
_PERCENT = {"de": "\u202f%", "en": "%"}
_POINTS = {"de": "\u202fPp.", "en": "\u202fpp"}
_MINUS = "\u2212"


def written(value: Decimal | None, unit: str, language: str) -> str:
    """`value` as the pack prints it; None is the word for unknown.

    Units: `count`, `percent`, `hours` (value in hours), `minutes` (value in seconds, shown as min or h),
    `change_percent`, `change_points`; the last two carry a sign.
    """
    if value is None:
        return UNKNOWN[language]
    if unit == "count":
        return _grouped(value, 0, language)
    if unit == "percent":
        return _grouped(value, 1, language) + _PERCENT[language]
    if unit == "hours":
        return _grouped(value, 1, language) + "\u202fh"
    if unit == "minutes":
        return _duration(value, language)
    if unit == "change_percent":
        return _signed(value, language) + _PERCENT[language]
    if unit == "change_points":
        return _signed(value, language) + _POINTS[language]
    raise ValueError(f"unknown unit {unit}")


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
    if minutes < 100:
        return _grouped(minutes, 0, language) + "\u202fmin"
    return _grouped(minutes / 60, 1, language) + "\u202fh"
