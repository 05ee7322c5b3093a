"""Computes a pack's numbers again and holds them against what the PDF prints."""

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from operational.vcio.domain.book import derive
from operational.vcio.domain.numbers import written
from operational.vcio.domain.printed import Mismatch, compare, pack_id
from operational.vcio.repository import (
    RegisteredNumber,
    RegisteredPack,
    Serving,
    find_pack,
    open_serving,
    rows_sql,
)
from operational.vcio.service.errors import PackError


@dataclass(frozen=True)
class Verification:
    """What a verification found; `mismatches` names every number that is not what it should be.

    `is_original` says whether the file is byte for byte the one that was built: a box drawn over a number leaves the
    text below it as it was.
    """

    pack: RegisteredPack
    numbers: int
    mismatches: list[Mismatch]
    is_original: bool

    @property
    def ok(self) -> bool:
        """Whether the pack can be trusted."""
        return self.is_original and not self.mismatches


@dataclass(frozen=True)
class Rows:
    """The rows behind a number, with the statement that gives them."""

    sql: str
    parameters: dict[str, Any]
    columns: list[str]
    rows: list[tuple[Any, ...]]


def printed_text(file: Path) -> str:
    """The text of a PDF as a reader sees it; raises PackError when there is none to read."""
    return "\n".join(printed_pages(file))


def printed_pages(file: Path) -> tuple[str, ...]:
    """The text of each page; raises PackError when there is none to read."""
    try:
        return _pages_of(file.read_bytes())
    except FileNotFoundError:
        raise PackError(f"{file} does not exist; give the path of a pack") from None
    except (PyPdfError, OSError, ValueError) as error:
        raise PackError(f"{file} cannot be read as a PDF ({error})") from None


@lru_cache(maxsize=2)
def _pages_of(pdf: bytes) -> tuple[str, ...]:
    # most of what a verification takes, and it needs the same text twice
    return tuple(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def registered_pack(file: Path, psa_url: str, tenant_id: UUID) -> tuple[RegisteredPack, list[RegisteredNumber]]:
    """The register's entry of the pack in `file`; raises PackError when it is not one of ours."""
    found = pack_id(printed_text(file))
    if found is None:
        raise PackError(f"{file} prints no pack id; it is not a review pack of this system, or somebody removed it")
    with psycopg.connect(psa_url, autocommit=True) as connection:
        pack = find_pack(connection, tenant_id, UUID(found))
    if pack is None:
        raise PackError(f"{file} says it is pack {found}, which this tenant never built")
    return pack


def verify_pack(
    file: Path,
    registered: tuple[RegisteredPack, list[RegisteredNumber]],
    serving_url: str,
    tenant_id: UUID,
    schema: str,
) -> Verification:
    """Recompute every number in `schema` (as of the pack's batch) and compare with the printed text."""
    pack, numbers = registered
    with open_serving(serving_url, tenant_id, schema) as serving:
        values = recompute(numbers, serving)
    expected = {n.evidence_id: written(values[n.evidence_id], n.unit, pack.language) for n in numbers}
    is_original = hashlib.sha256(file.read_bytes()).hexdigest() == pack.file_sha256
    return Verification(pack, len(numbers), compare(printed_text(file), expected), is_original)


def recompute(numbers: list[RegisteredNumber], serving: Serving) -> dict[str, Decimal | None]:
    """Every number's value by its SQL, or by its formula over the others."""
    values: dict[str, Decimal | None] = {}
    for number in numbers:
        if number.query and number.aggregate:
            values[number.evidence_id] = serving.measure(number.query, number.aggregate, number.parameters)[0]
    for number in numbers:
        if number.formula:
            values[number.evidence_id] = derive(number.formula, [values[key] for key in number.inputs])
    return values


def rows_behind(
    registered: tuple[RegisteredPack, list[RegisteredNumber]],
    evidence_id: str, serving_url: str, tenant_id: UUID, schema: str,
) -> Rows:  # fmt: skip
    """The rows a number was computed from; raises PackError for an unknown id or a derived number."""
    number = next((n for n in registered[1] if n.evidence_id == evidence_id.upper()), None)
    if number is None:
        raise PackError(
            f"this pack has no number {evidence_id}; its ids run from E01 to {registered[1][-1].evidence_id}"
        )
    if number.query is None:
        raise PackError(f"{number.evidence_id} is computed from {' and '.join(number.inputs)}; ask for those")
    with open_serving(serving_url, tenant_id, schema) as serving:
        columns, rows = serving.rows(number.query, number.parameters)
    return Rows(rows_sql(number.query), dict(number.parameters), columns, rows)
