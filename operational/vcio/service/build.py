"""Builds a review pack: numbers from `serving`, a PDF by typst, and the register in `psa`."""

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import typst

from operational.core.db import tenant_transaction
from operational.vcio.domain.book import Number, NumberBook
from operational.vcio.domain.periods import Quarter, covered
from operational.vcio.domain.texts import texts, written_day
from operational.vcio.repository import (
    Coverage,
    RegisteredNumber,
    RegisteredPack,
    Serving,
    open_serving,
    register,
    rows_sql,
)
from operational.vcio.service.errors import PackError
from operational.vcio.service.sections import Sections, Subject

TEMPLATE = Path(__file__).parents[1] / "templates" / "pack.typ"


@dataclass(frozen=True)
class Request:
    """Which pack to build; `customer` is a name, the beginning of one that is unique, or an id."""

    tenant_id: UUID
    customer: str
    quarter: Quarter
    language: str


@dataclass(frozen=True)
class BuiltPack:
    """A pack on disk: its id, file, and how many numbers it prints as of which batch."""

    id: UUID
    path: Path
    numbers: int
    batch: int


def build_pack(request: Request, psa_url: str, serving_url: str, out: Path) -> BuiltPack:
    """Build, register and write a pack.

    The file is complete or not there; the register knows only packs whose file was written. Raises PackError for an
    unknown customer, a quarter without data, or a folder that cannot be written.
    """
    with open_serving(serving_url, request.tenant_id, "serving") as serving:
        subject = find_subject(serving, request)
        book = NumberBook(serving.measure, request.language)
        sections = Sections(subject, serving, book).build()
        provider, _ = serving.tenant()
    pack_id = uuid4()
    data = document(subject, provider, pack_id, sections, book.numbers)
    pdf = typeset(data)
    target = out / f"{_slug(subject.customer)}-{request.quarter}-{request.language}.pdf"
    pack = RegisteredPack(
        pack_id, subject.customer_id, str(request.quarter), request.language, subject.period.start,
        subject.period.end, subject.coverage.batch, datetime.now(UTC), hashlib.sha256(pdf).hexdigest(),
    )  # fmt: skip
    part = _write_part(target, pdf)
    with (
        psycopg.connect(psa_url, autocommit=True) as connection,
        tenant_transaction(connection, request.tenant_id),
    ):
        register(connection, request.tenant_id, pack, [_registered(number) for number in book.numbers])
        part.replace(target)
    return BuiltPack(pack_id, target, len(book.numbers), subject.coverage.batch)


def find_subject(serving: Serving, request: Request) -> Subject:
    """The customer and the covered part of the quarter; raises PackError when there is none."""
    coverage = serving.coverage()
    if coverage is None:
        raise PackError("the warehouse is empty; import a history and run `psa pipeline run`")
    customer_id, name = find_customer(serving.customers(), request.customer)
    period = covered(request.quarter, coverage.first_day, coverage.last_day)
    if period is None:
        raise PackError(f"there are no data for {request.quarter}; the desk's history covers {_span(coverage)}")
    before = covered(request.quarter.previous, coverage.first_day, coverage.last_day)
    comparable = not period.is_partial and before is not None and not before.is_partial
    return Subject(customer_id, name, period, before if comparable else None, coverage, request.language)


def find_customer(customers: list[tuple[UUID, str]], wanted: str) -> tuple[UUID, str]:
    """The customer of that name, id, or unique beginning of a name; raises PackError naming the nearest others."""
    exact = [c for c in customers if wanted in (str(c[0]), c[1])]
    beginning = [c for c in customers if c[1].casefold().startswith(wanted.casefold())]
    for found in (exact, beginning):
        if len(found) == 1:
            return found[0]
    if len(exact or beginning) > 1:
        names = ", ".join(f"{name} ({id})" for id, name in (exact or beginning)[:5])
        raise PackError(f"several customers are called like {wanted!r}: {names}; give the whole name or the id")
    near = get_close_matches(wanted, [name for _, name in customers], n=3, cutoff=0.4)
    hint = f"did you mean {', '.join(near)}?" if near else "`psa qbr customers` lists them"
    raise PackError(f"there is no customer {wanted!r}; {hint}")


def _span(coverage: Coverage) -> str:
    return f"{coverage.first_day} to {coverage.last_day}"


def document(
    subject: Subject, provider: str, pack_id: UUID, sections: dict[str, Any], numbers: list[Number]
) -> dict[str, Any]:
    """Everything the template prints."""
    t, language, period = texts(subject.language), subject.language, subject.period
    span = {"start": written_day(period.start, language), "end": written_day(period.last_day, language)}
    whole = {
        "start": written_day(subject.coverage.first_day, language),
        "end": written_day(subject.coverage.last_day, language),
    }
    queries = sorted({number.query for number in numbers if number.query})
    return {
        "t": dict(t),
        "language": language,
        "pack_id": str(pack_id),
        "customer": subject.customer,
        "provider": provider,
        "quarter": str(period.quarter),
        "period": str(t["partial" if period.is_partial else "full"]).format(**span),
        "partial": period.is_partial,
        "coverage": str(t["coverage"]).format(**whole),
        "batch": str(t["batch"]).format(batch=subject.coverage.batch),
        "evidence_intro": str(t["evidence_intro"]).format(batch=subject.coverage.batch),
        **sections,
        "numbers": [_evidence(number, t) for number in numbers],
        "queries": [{"name": name, "sql": rows_sql(name)} for name in queries],
    }


def _evidence(number: Number, t: Any) -> dict[str, Any]:
    if number.formula:
        how = f"{t['formula_' + number.formula]}: {', '.join(number.inputs)}"
    else:
        own = {key: value for key, value in number.parameters.items() if key != "customer_id"}
        how = f"{number.query} ({', '.join(f'{key}={_plain(value)}' for key, value in own.items())})"
    return {
        "id": number.id, "text": number.printed, "label": number.label, "how": how,
        "aggregate": number.aggregate or "", "rows": "" if number.row_count is None else str(number.row_count),
    }  # fmt: skip


def _plain(value: Any) -> str:
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def typeset(data: dict[str, Any]) -> bytes:
    """The PDF of a document; the same data give the same bytes."""
    from fontpkg_inter import __file__ as package

    fonts = Path(str(package)).parent / "files"
    pdf = typst.compile(
        str(TEMPLATE),
        font_paths=[str(fonts)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=0,
    )
    assert isinstance(pdf, bytes)
    return pdf


def _write_part(target: Path, content: bytes) -> Path:
    part = target.with_suffix(".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
    except OSError as error:
        # gone already, or in a folder that never was
        with contextlib.suppress(OSError):
            part.unlink()
        raise PackError(f"cannot write {target} ({error.strerror}); free space or choose another --out") from None
    return part


def _registered(number: Number) -> RegisteredNumber:
    return RegisteredNumber(
        number.id, number.label, number.value, number.unit, number.printed, number.query, number.aggregate,
        number.parameters, number.formula, list(number.inputs), number.row_count,
    )  # fmt: skip


def _slug(name: str) -> str:
    kept = "".join(c if c.isalnum() else "-" for c in name.casefold())
    return "-".join(part for part in kept.split("-") if part) or "customer"
