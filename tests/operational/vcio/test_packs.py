"""A pack is built from the warehouse, and every number on its pages can be computed again."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import polars as pl
import psycopg
import pytest
from pypdf import PdfReader, PdfWriter

from operational.vcio.domain.periods import Quarter
from operational.vcio.repository import find_pack, open_serving
from operational.vcio.service import build as building
from operational.vcio.service.build import BuiltPack, Request, build_pack, document, find_customer, typeset
from operational.vcio.service.errors import PackError
from operational.vcio.service.verify import (
    Verification,
    printed_text,
    registered_pack,
    rows_behind,
    verify_pack,
)

QUARTER = Quarter(2026, 2)


def busiest(house: Any) -> tuple[str, str]:
    rows = house.ask(
        """select customer_id::text, c.name from marts.fct_ticket join marts.dim_customer c using (customer_id)
           group by 1, 2 order by count(*) desc, 1 limit 1"""
    )
    return rows[0]


def make(house: Any, out: Path, *, customer: str = "", quarter: Quarter = QUARTER, language: str = "de") -> BuiltPack:
    request = Request(house.tenant, customer or busiest(house)[0], quarter, language)
    return build_pack(request, house.app, house.serving, out)


def check(house: Any, file: Path, schema: str = "serving") -> Verification:
    return verify_pack(file, registered_pack(file, house.app, house.tenant), house.serving, house.tenant, schema)


def add_forecast(house: Any, batch: int) -> None:
    """The forecast of batch 1 once more for a later one, with ten tickets more in each period."""
    with psycopg.connect(house.warehouse) as warehouse:
        for table, change in (("forecast_run", "'{}'"), ("forecast", "jsonb_build_object('mean', mean + 10)")):
            warehouse.execute(
                f"""insert into models.{table}
                    select (jsonb_populate_record(f, {change}::jsonb || jsonb_build_object('batch', %s::int))).*
                    from models.{table} f where batch = 1""",
                (batch,),
            )


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_printed_number_is_computed_again(packs: Any, tmp_path: Path, language: str) -> None:
    pack = make(packs.house, tmp_path, language=language)
    found = check(packs.house, pack.path)
    assert found.mismatches == []
    assert found.numbers == pack.numbers > 60
    pages = PdfReader(pack.path).pages
    assert len(pages) >= 7
    assert busiest(packs.house)[1] in pages[0].extract_text()


def test_the_pages_say_what_the_files_say(packs: Any, tmp_path: Path) -> None:
    """The five numbers against a computation by Polars from the imported files."""
    customer_id, name = busiest(packs.house)
    customers = pl.read_csv(packs.files / "customers.csv", infer_schema=False)
    ref = customers.filter(pl.col("name") == name)["ref"].item()
    tickets = pl.read_csv(packs.files / "tickets.csv", infer_schema=False).filter(pl.col("customer_ref") == ref)
    local = (
        pl.col("opened_at").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC").dt.convert_time_zone("Europe/Berlin")
    )
    opened = tickets.filter(local.dt.date().is_between(pl.date(2026, 4, 1), pl.date(2026, 6, 30)))
    states = (
        pl.read_csv(packs.files / "ticket_events.csv", infer_schema=False)
        .filter(pl.col("ticket_ref").is_in(tickets["ref"].implode()) & pl.col("status").is_not_null())
        .filter(pl.col("occurred_at") < "2026-06-30T22:00:00Z")
        .sort("ticket_ref", pl.col("seq").cast(pl.Int64)).group_by("ticket_ref").last()
    )  # fmt: skip
    backlog = states.filter(~pl.col("status").is_in(["resolved", "closed"]))
    pack = make(packs.house, tmp_path, customer=customer_id, language="en")
    _, numbers = registered_pack(pack.path, packs.house.app, packs.house.tenant)
    printed = {number.label: number.printed for number in numbers}
    assert printed["New tickets"] == f"{len(opened):,}"
    assert printed["Open at the end"] == f"{len(backlog):,}"


def test_the_numbers_on_a_page_agree_with_each_other(packs: Any, tmp_path: Path) -> None:
    pack = make(packs.house, tmp_path, language="en")
    _, numbers = registered_pack(pack.path, packs.house.app, packs.house.tenant)
    value = {number.label: number.value for number in numbers}
    months = [value[f"New tickets, {month} 2026"] for month in ("April", "May", "June")]
    assert sum(months) == value["New tickets"]
    assert (
        value["Open before the period"] + value["+ opened or reopened"] - value["− resolved or closed"]
        == (value["= open at the end"])
    )
    ages = [v for label, v in value.items() if label.startswith("= open at the end, ")]
    assert len(ages) == 4
    assert sum(ages) == value["= open at the end"]
    for clock in ("First response", "Resolution"):
        parts = {p: value[f"{clock} All: {p}"] for p in ("judged", "met", "breached")}
        assert parts["met"] + parts["breached"] == parts["judged"] > 0
        assert abs(100 * parts["met"] / parts["judged"] - value[f"{clock} All: Attainment"]) < 1e-9


def test_a_change_is_shown_only_between_whole_quarters(packs: Any, tmp_path: Path) -> None:
    whole = printed_text(make(packs.house, tmp_path, language="en").path)
    assert "Previous quarter" in whole
    assert "Full quarter: 2026-04-01 to 2026-06-30" in whole
    first = printed_text(make(packs.house, tmp_path, quarter=Quarter(2025, 3), language="en").path)
    assert "No comparison: 2025Q2 is not fully covered." in first
    assert "Previous quarter" not in first


def test_a_quarter_that_is_not_over_is_called_partial(built_copy: Any, tmp_path: Path) -> None:
    with psycopg.connect(built_copy.warehouse) as warehouse:
        warehouse.execute("update marts.fct_coverage set last_day = '2026-05-08'")
    pack = make(built_copy, tmp_path, language="en")
    text = printed_text(pack.path)
    assert text.count("Partial quarter: data only for 2026-04-01 to 2026-05-08") >= 2
    assert "June 2026" not in text
    assert "No comparison: the quarter is not fully covered." in text


def test_a_row_that_was_changed_is_found(built_copy: Any, tmp_path: Path) -> None:
    pack = make(built_copy, tmp_path)
    customer_id, _ = busiest(built_copy)
    with psycopg.connect(built_copy.warehouse) as warehouse:
        warehouse.execute(
            """delete from marts.fct_ticket where ticket_id = (select ticket_id from marts.fct_ticket
               where customer_id = %s and opened_on = (select max(opened_on) from marts.fct_ticket
                   where customer_id = %s and opened_on < '2026-07-01') limit 1)""",
            (customer_id, customer_id),
        )
    found = check(built_copy, pack.path)
    _, numbers = registered_pack(pack.path, built_copy.app, built_copy.tenant)
    opened = next(number for number in numbers if number.query == "tickets_opened")
    wrong = {m.evidence_id: m for m in found.mismatches}
    assert opened.evidence_id in wrong
    assert wrong[opened.evidence_id].printed.endswith(opened.printed)
    assert wrong[opened.evidence_id].expected == f"{int(opened.value) - 1:,}".replace(",", ".")


def doctored(house: Any, pack: BuiltPack, monkeypatch: pytest.MonkeyPatch, change: Callable[[str], str]) -> Path:
    """The pack's file typeset again with one number changed on one page."""
    whole: list[dict[str, Any]] = []
    monkeypatch.setattr(building, "typeset", lambda data: whole.append(data) or typeset(data))
    monkeypatch.setattr(building, "uuid4", lambda: pack.id)
    monkeypatch.setattr(building, "register", lambda *_: None)
    out = pack.path.parent / "doctored"
    make(house, out)
    card = whole[0]["five"]["cards"][0]["now"]
    card["text"] = change(card["text"])
    file = out / "doctored.pdf"
    file.write_bytes(typeset(whole[0]))
    return file


def test_a_doctored_page_is_found_and_the_number_named(
    packs: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = make(packs.house, tmp_path)
    _, numbers = registered_pack(pack.path, packs.house.app, packs.house.tenant)
    file = doctored(packs.house, pack, monkeypatch, lambda text: f"{text}9")
    found = check(packs.house, file)
    assert [(m.evidence_id, m.expected, m.printed) for m in found.mismatches] == [
        ("E01", numbers[0].printed, f"{numbers[0].printed}9")
    ]
    assert not found.is_original


def test_a_file_changed_without_touching_its_text_is_found(packs: Any, tmp_path: Path) -> None:
    pack = make(packs.house, tmp_path)
    assert check(packs.house, pack.path).is_original
    # a box drawn over a number leaves the text below as it was
    writer = PdfWriter(clone_from=pack.path)
    writer.add_metadata({"/Producer": "somebody"})
    writer.write(tmp_path / "covered.pdf")
    found = check(packs.house, tmp_path / "covered.pdf")
    assert (found.mismatches, found.is_original, found.ok) == ([], False, False)


def test_the_same_data_give_the_same_bytes(packs: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "uuid4", lambda: UUID(int=7))
    monkeypatch.setattr(building, "register", lambda *_: None)
    digests = {hashlib.sha256(make(packs.house, tmp_path / str(n)).path.read_bytes()).hexdigest() for n in range(2)}
    assert len(digests) == 1


def test_the_rows_behind_a_number_are_as_many_as_it_says(packs: Any, tmp_path: Path) -> None:
    house = packs.house
    pack = make(house, tmp_path)
    registered = registered_pack(pack.path, house.app, house.tenant)
    for number in registered[1]:
        if number.query is None:
            with pytest.raises(PackError, match=" and ".join(number.inputs)):
                rows_behind(registered, number.evidence_id, house.serving, house.tenant, "serving")
            continue
        found = rows_behind(registered, number.evidence_id.lower(), house.serving, house.tenant, "serving")
        assert len(found.rows) == number.row_count, number.label
        if number.aggregate == "count(*)":
            assert number.value == number.row_count
    with pytest.raises(PackError, match="its ids run from E01 to"):
        rows_behind(registered, "E00", house.serving, house.tenant, "serving")


def test_wrong_requests_say_what_to_do(packs: Any, tmp_path: Path) -> None:
    house = packs.house
    with pytest.raises(PackError, match="there is no customer 'Nobody at all'"):
        make(house, tmp_path, customer="Nobody at all")
    with pytest.raises(PackError, match="covers 2025-07-01 to 2026-06-30"):
        make(house, tmp_path, quarter=Quarter(2019, 1))
    with pytest.raises(PackError, match=r"cannot write .*choose another --out"):
        make(house, Path("/dev/full/packs"))
    assert not list(tmp_path.iterdir())
    with psycopg.connect(house.app, autocommit=True) as connection:
        assert find_pack(connection, house.tenant, uuid4()) is None


def test_a_customer_is_found_by_id_name_or_beginning() -> None:
    kern, kiel, other = ((uuid4(), name) for name in ("Bäckerei Kern", "Bäckerei Kiel", "Klinik Süd"))
    known = [kern, kiel, other]
    assert find_customer(known, str(kern[0])) == kern
    assert find_customer(known, "bäckerei ke") == kern
    assert find_customer(known, "Klinik Süd") == other
    with pytest.raises(PackError, match="several customers are called like 'Bäck'"):
        find_customer(known, "Bäck")
    with pytest.raises(PackError, match="did you mean Klinik Süd"):
        find_customer(known, "Klinik Sued")
    with pytest.raises(PackError, match="`psa qbr customers` lists them"):
        find_customer(known, "xyz")


def test_a_file_that_is_no_pack_of_ours_is_refused(packs: Any, tmp_path: Path) -> None:
    house = packs.house
    with pytest.raises(PackError, match="does not exist"):
        registered_pack(tmp_path / "none.pdf", house.app, house.tenant)
    (tmp_path / "text.pdf").write_text("not a PDF")
    with pytest.raises(PackError, match="cannot be read as a PDF"):
        registered_pack(tmp_path / "text.pdf", house.app, house.tenant)
    blank = PdfWriter()
    blank.add_blank_page(100, 100)
    blank.write(tmp_path / "blank.pdf")
    with pytest.raises(PackError, match="prints no pack id"):
        registered_pack(tmp_path / "blank.pdf", house.app, house.tenant)
    pack = make(house, tmp_path)
    with pytest.raises(PackError, match="which this tenant never built"):
        registered_pack(pack.path, house.app, house.other_tenant)


def test_long_names_and_empty_sections_still_fit_a_page(packs: Any, tmp_path: Path) -> None:
    """A quarter with next to nothing in it, under a name of two lines."""
    house = packs.house
    with open_serving(house.serving, house.tenant, "serving") as serving:
        request = Request(house.tenant, busiest(house)[0], QUARTER, "de")
        subject = building.find_subject(serving, request)
        nobody = replace(subject, customer_id=uuid4(), customer="Verwaltungsgemeinschaft " * 6)
        book = building.NumberBook(serving.measure, "de")
        sections = building.Sections(nobody, serving, book).build()
    file = tmp_path / "empty.pdf"
    file.write_bytes(typeset(document(nobody, "Nordlicht", uuid4(), sections, book.numbers)))
    text = printed_text(file)
    assert "unbekannt" in text
    assert "Kein SLA-Urteil in diesem Zeitraum" in text
    assert re.search(r"Neue Tickets\s+0\s*\[E01\]", text)
