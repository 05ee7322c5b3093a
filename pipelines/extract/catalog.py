"""What the extraction reads, as declared in catalog.yaml."""

from dataclasses import dataclass
from pathlib import Path

import yaml

CATALOG = Path(__file__).parent / "catalog.yaml"


@dataclass(frozen=True)
class ExtractedTable:
    """One operational table and the names it has on both sides."""

    schema: str
    name: str

    @property
    def source(self) -> str:
        """`schema.table` in the operational database."""
        return f"{self.schema}.{self.name}"

    @property
    def raw(self) -> str:
        """Table of the last known state in the warehouse."""
        return f"raw.{self.schema}__{self.name}"

    @property
    def history(self) -> str:
        """Append-only table of every state a batch has seen."""
        return f"{self.raw}_history"


@dataclass(frozen=True)
class Catalog:
    """Extracted tables in reading order, and those left out with their reasons."""

    tables: tuple[ExtractedTable, ...]
    left_out: dict[str, str]


def load_catalog(path: Path = CATALOG) -> Catalog:
    """Read the catalogue; raises ValueError for a table named twice or left out without a reason."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    names: list[str] = content["tables"]
    left_out: dict[str, str] = content.get("left_out") or {}
    twice = sorted({name for name in names if names.count(name) > 1} | (set(names) & set(left_out)))
    if twice:
        raise ValueError(f"{path.name} names {', '.join(twice)} more than once; keep one line each")
    silent = sorted(name for name, reason in left_out.items() if not reason)
    if silent:
        raise ValueError(f"{path.name} leaves out {', '.join(silent)} without a reason; write one")
    return Catalog(tuple(ExtractedTable(*name.split(".")) for name in names), left_out)
