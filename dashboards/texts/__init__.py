"""Every word the pages say, in both languages."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from dashboards.figures.written import UNKNOWN, Language

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Texts:
    """The texts of one language; call it with a dotted key and what stands in the braces."""

    language: Language

    def __call__(self, key: str, /, **values: object) -> str:
        """The text; raises KeyError for an unknown key."""
        text = table(self.language)[key]
        return text.format(**values) if values else text

    @property
    def unknown(self) -> str:
        """The word for what is not known."""
        return UNKNOWN[self.language]


@cache
def table(language: str) -> dict[str, str]:
    """All texts of a language by dotted key."""
    return dict(_flat(yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8")), ""))


def _flat(node: dict[str, Any], prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in node.items():
        key = f"{prefix}{name}"
        found += _flat(value, f"{key}.") if isinstance(value, dict) else [(key, str(value))]
    return found
