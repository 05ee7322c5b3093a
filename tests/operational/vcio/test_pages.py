"""The pages on satisfaction and repeat callers, against the imported files and where there is nothing to show."""

from pathlib import Path
from typing import Any

import polars as pl
import psycopg
import pytest

from operational.vcio.domain.metrics import METRICS
from operational.vcio.service.verify import printed_text, registered_pack
from tests.operational.vcio.test_packs import check, make

FIRST, LAST = pl.date(2026, 4, 1), pl.date(2026, 6, 30)
UTC = "%Y-%m-%dT%H:%M:%SZ"


def customers(house: Any) -> list[tuple[str, str]]:
    """Id and name, the customer with the most tickets first."""
    rows: list[tuple[str, str]] = house.ask(
        """select customer_id::text, c.name from marts.fct_ticket join marts.dim_customer c using (customer_id)
           group by 1, 2 order by count(*) desc, 1"""
    )
    return rows


def values(house: Any, file: Path) -> dict[str, Any]:
    """The registered numbers by label."""
    return {number.label: number for number in registered_pack(file, house.app, house.tenant)[1]}


def in_quarter(column: str) -> pl.Expr:
    local = pl.col(column).str.to_datetime(UTC, time_zone="UTC").dt.convert_time_zone("Europe/Berlin")
    return local.dt.date().is_between(FIRST, LAST)


def tickets_of(packs: Any, name: str) -> pl.DataFrame:
    refs = pl.read_csv(packs.files / "customers.csv", infer_schema=False).filter(pl.col("name") == name)["ref"]
    tickets = pl.read_csv(packs.files / "tickets.csv", infer_schema=False)
    return tickets.filter(pl.col("customer_ref") == refs.item())


def test_satisfaction_says_what_the_files_say(packs: Any, tmp_path: Path) -> None:
    customer_id, name = customers(packs.house)[0]
    tickets = tickets_of(packs, name)
    asked = (
        pl.read_csv(packs.files / "satisfaction.csv", infer_schema=False)
        .filter(pl.col("ticket_ref").is_in(tickets["ref"].implode()) & in_quarter("asked_at"))
        .with_columns(pl.col("score").cast(pl.Int64))
    )
    pack = make(packs.house, tmp_path, customer=customer_id, language="en")
    found = values(packs.house, pack.path)
    answers, satisfied = asked["score"].count(), (asked["score"] >= 4).sum()
    assert answers > 20
    assert found["Questions after closed tickets"].value == len(asked)
    assert found["Answers (n)"].value == answers
    assert float(found["Satisfied (4 or 5)"].value) == pytest.approx(100 * satisfied / answers)
    assert float(found["Answer rate"].value) == pytest.approx(100 * answers / len(asked))
    assert sum(found[f"Answers (n), {score}"].value for score in range(1, 6)) == answers
    bounds = [found[f"Satisfied, {side} bound (95%)"].value for side in ("lower", "upper")]
    assert bounds[0] < found["Satisfied (4 or 5)"].value < bounds[1]
    assert "of the answers" not in printed_text(pack.path)
    assert f"of the {answers}" in " ".join(printed_text(pack.path).split())


def test_callers_are_who_the_files_say(packs: Any, tmp_path: Path) -> None:
    customer_id, name = customers(packs.house)[0]
    tickets = tickets_of(packs, name).filter(in_quarter("opened_at"))
    people = dict(pl.read_csv(packs.files / "contacts.csv", infer_schema=False).select("ref", "name").rows())
    last = (
        pl.read_csv(packs.files / "ticket_events.csv", infer_schema=False)
        .filter(pl.col("category").is_not_null())
        .sort("ticket_ref", pl.col("seq").cast(pl.Int64))
        .group_by("ticket_ref")
        .last()
        .select(ref="ticket_ref", now="category")
    )
    counts = tickets.filter(pl.col("contact_ref").is_not_null()).group_by("contact_ref").len()
    most = counts.sort("len", descending=True).head(3)
    pack = make(packs.house, tmp_path, customer=customer_id, language="en")
    found = values(packs.house, pack.path)
    assert found["New tickets with a known caller"].value == counts["len"].sum()
    for ref, count in most.rows():
        theirs = tickets.filter(pl.col("contact_ref") == ref).join(last, on="ref")
        leading = theirs.group_by("now").len()["len"].max()
        assert found[f"New tickets: {people[ref]}"].value == count
        assert float(found[f"Share of all: {people[ref]}"].value) == pytest.approx(100 * count / len(tickets))
        categories = [n.value for label, n in found.items() if label.startswith(f"New tickets: {people[ref]}, ")]
        assert categories == [leading]
        assert people[ref] in " ".join(printed_text(pack.path).split())


def test_more_than_99_numbers_stay_in_reading_order(packs: Any, tmp_path: Path) -> None:
    pack = make(packs.house, tmp_path)
    ids = [number.evidence_id for number in registered_pack(pack.path, packs.house.app, packs.house.tenant)[1]]
    assert ids == [f"E{n:02d}" for n in range(1, pack.numbers + 1)]
    assert len(ids) > 99


@pytest.mark.parametrize(
    ("language", "words"), [("de", "Nur {n} Antworten"), ("en", "Only {n} answers")], ids=["de", "en"]
)
def test_a_rate_over_few_answers_says_so(packs: Any, tmp_path: Path, language: str, words: str) -> None:
    texts = {}
    for customer_id, _ in customers(packs.house):
        pack = make(packs.house, tmp_path / customer_id, customer=customer_id, language=language)
        number = next(n for label, n in values(packs.house, pack.path).items() if label.endswith("(n)"))
        said = words.format(n=f"{number.printed} [{number.evidence_id}]").replace(" ", "")
        texts[int(number.value)] = said in "".join(printed_text(pack.path).split())
    assert {small for n, small in texts.items() if n < 10} == {True}
    assert {small for n, small in texts.items() if n >= 10} == {False}


def test_a_desk_that_asked_nobody_and_knows_no_caller_says_so(built_copy: Any, tmp_path: Path) -> None:
    with psycopg.connect(built_copy.warehouse) as warehouse:
        warehouse.execute("delete from marts.fct_satisfaction")
        warehouse.execute("update marts.fct_ticket set contact_id = null")
    for language, sentences in {
        "de": ("Zufriedenheit unbekannt", "Melder unbekannt", "hat niemanden gefragt oder die Antworten nicht"),
        "en": ("Satisfaction unknown", "Callers unknown", "asked nobody, or did not record the answers"),
    }.items():
        pack = make(built_copy, tmp_path, language=language)
        assert check(built_copy, pack.path).mismatches == []
        text = " ".join(printed_text(pack.path).split())
        assert [sentence for sentence in sentences if sentence not in text] == []
        assert not [n for n in values(built_copy, pack.path).values() if (n.query or "").startswith("satisfaction")]


def test_questions_nobody_answered_are_unknown_not_zero(built_copy: Any, tmp_path: Path) -> None:
    with psycopg.connect(built_copy.warehouse) as warehouse:
        warehouse.execute(
            """update marts.fct_satisfaction
               set score = null, is_satisfied = null, answered_at = null, answered_on = null"""
        )
    pack = make(built_copy, tmp_path, language="en")
    assert check(built_copy, pack.path).mismatches == []
    found = values(built_copy, pack.path)
    assert found["Satisfied (4 or 5)"].printed == "unknown"
    assert (found["Answers (n)"].printed, found["Answer rate"].printed) == ("0", "0.0%")
    assert "Satisfied, lower bound (95%)" not in found


@pytest.mark.parametrize(
    ("satisfied", "answers", "low", "high"),
    # by hand: (k + z²/2 ± z √(k (n − k) / n + z²/4)) / (n + z²) with z = 1.96
    [(8, 10, 49.02, 94.33), (10, 10, 72.25, 100.0), (0, 4, 0.0, 48.99)],
)
def test_the_interval_is_wilsons(packs: Any, satisfied: int, answers: int, low: float, high: float) -> None:
    rows = f"""(select 4 as score, i <= {satisfied} as is_satisfied from generate_series(1, {answers}) i
               union all select null, null) r"""
    bounds = packs.house.ask(f"select {METRICS['csat_low'].aggregate}, {METRICS['csat_high'].aggregate} from {rows}")
    assert [float(bound) for bound in bounds[0]] == pytest.approx([low, high], abs=0.01)
