"""The pack's words in German and English."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

LANGUAGES = ("de", "en")
_FOLDER = Path(__file__).parents[1] / "texts"


@cache
def texts(language: str) -> Mapping[str, Any]:
    """All texts of one of LANGUAGES."""
    content: Mapping[str, Any] = yaml.safe_load((_FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    return content


def written_day(day: date, language: str) -> str:
    """A day as the language writes it."""
    return str(texts(language)["date"]).format(d=day.day, m=day.month, y=day.year)
