"""What the extraction reads, as declared in catalog.yaml."""

from dataclasses import dataclass
from pathlib import Path

import yaml

CATALOG = Path(__file__).parent / "catalog.yaml"


@dataclass(frozen=True)
class ExtractedTable:
    """One operational table and the names it has on both sides; the columns of `without` stay in `psa`."""

    schema: str
    name: str
    without: frozenset[str] = frozenset()

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
    """Extracted tables in reading order, and what is left out with the reasons: tables, and columns of tables."""

    tables: tuple[ExtractedTable, ...]
    left_out: dict[str, str]
    left_out_columns: dict[str, str]


def load_catalog(path: Path = CATALOG) -> Catalog:
    """Read the catalogue.

    Raises ValueError for a table named twice, for what is left out without a reason, and for a column left out of a
    table that is not extracted.
    """
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    names: list[str] = content["tables"]
    left_out: dict[str, str] = content.get("left_out") or {}
    twice = sorted({name for name in names if names.count(name) > 1} | (set(names) & set(left_out)))
    if twice:
        raise ValueError(f"{path.name} names {', '.join(twice)} more than once; keep one line each")
    columns: dict[str, str] = content.get("left_out_columns") or {}
    silent = sorted(name for name, reason in (left_out | columns).items() if not reason)
    if silent:
        raise ValueError(f"{path.name} leaves out {', '.join(silent)} without a reason; write one")
    without: dict[str, set[str]] = {name: set() for name in names}
    for qualified in columns:
        table, _, column = qualified.rpartition(".")
        if table not in without:
            raise ValueError(f"{path.name} leaves out {qualified}, a column of a table it does not extract")
        without[table].add(column)
    tables = (ExtractedTable(*_halves(name), frozenset(without[name])) for name in names)
    return Catalog(tuple(tables), left_out, columns)


def _halves(name: str) -> tuple[str, str]:
    schema, _, table = name.partition(".")
    return schema, table
