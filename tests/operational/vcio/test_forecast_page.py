"""The page on what the desk expects: the forecast as of the pack's batch, and where there is none to show."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import psycopg
import pytest

from operational.vcio.domain.numbers import written
from operational.vcio.domain.periods import Quarter
from operational.vcio.domain.verdicts import against_median
from operational.vcio.service.verify import printed_pages, printed_text, registered_pack, rows_behind
from tests.operational.vcio.test_packs import add_forecast, check, make
from tests.operational.vcio.test_pages import UTC, customers, values

MONDAY, WEEKS = date(2026, 6, 29), 12


def flat(file: Path) -> str:
    return " ".join(printed_text(file).split())


def forecast_pages(file: Path, head: str = "OUTLOOK") -> list[str]:
    found = [" ".join(text.split()) for text in printed_pages(file)]
    return [text for text in found if head in text]


def opened(files: Path) -> pl.DataFrame:
    """All tickets of the desk with the customer's file key and their local day."""
    day = pl.col("opened_at").str.to_datetime(UTC, time_zone="UTC").dt.convert_time_zone("Europe/Berlin").dt.date()
    return pl.read_csv(files / "tickets.csv", infer_schema=False).select("customer_ref", day=day)


def change_models(house: Any, statement: str) -> None:
    """What nobody but a superuser can do: forecasts are only added to."""
    with psycopg.connect(house.home.url("superuser", house.warehouse_name)) as superuser:
        superuser.execute(statement)  # type: ignore[arg-type]


def add_batch(house: Any) -> int:
    """Pretend another batch was read and the marts were built from it."""
    with psycopg.connect(house.warehouse) as warehouse:
        row = warehouse.execute(
            """insert into extract.batch select batch + 1, snapshot_at, floor_before, floor_after, incarnation, 0, 1
               from extract.batch order by batch desc limit 1 returning batch"""
        ).fetchone()
        assert row
        warehouse.execute("update marts.fct_coverage set batch = %s", (row[0],))
    return int(row[0])


def test_the_page_says_what_the_forecast_and_the_files_say(packs: Any, tmp_path: Path) -> None:
    house = packs.house
    customer_id, name = customers(house)[0]
    expected = house.ask(
        f"""select period_start, mean, lo80, hi80 from models.forecast
            where series = 'total' and grain = 'week' and tenant_id = '{house.tenant}' order by 1"""
    )
    assert [row[0] for row in expected] == [MONDAY + timedelta(weeks=n) for n in range(WEEKS)]
    found = values(house, make(house, tmp_path, customer=customer_id, language="en").path)
    assert found["Expected new tickets, all weeks"].value == sum(row[1] for row in expected)
    for monday, *numbers in expected:
        week = f"W{monday.isocalendar().week:02d} · {monday}"
        assert [found[f"{week}: {part}"].value for part in ("expected", "80%: from", "to")] == numbers
    tickets = opened(packs.files)
    quarter = tickets.filter(pl.col("day").is_between(date(2026, 4, 1), date(2026, 6, 30)))
    ref = pl.read_csv(packs.files / "customers.csv", infer_schema=False).filter(pl.col("name") == name)["ref"].item()
    share = 100 * quarter["customer_ref"].eq(ref).sum() / len(quarter)
    assert found["New tickets of all customers"].value == len(quarter)
    assert float(found["Your share of all customers' new tickets"].value) == pytest.approx(share)
    before = len(tickets.filter(pl.col("day").is_between(MONDAY - timedelta(weeks=WEEKS), MONDAY - timedelta(days=1))))
    assert found["New tickets of all customers, as many weeks before"].value == before
    assert float(found["New tickets a week before, mean"].value) == pytest.approx(before / WEEKS)


def test_the_backtest_is_the_registers_and_prophet_is_named(packs: Any, tmp_path: Path) -> None:
    house = packs.house
    scores = {
        model: numbers
        for model, *numbers in house.ask(
            f"""select model, rel_mae, n, coverage80, judged, gain_on_median, gain_on_median_se
                from models.forecast_backtest where series = 'total' and grain = 'week' and horizon_group = 'all'
                    and tenant_id = '{house.tenant}'"""
        )
    }
    pack = make(house, tmp_path, language="en")
    found = values(house, pack.path)
    measured = ("relMAE of what is shown", "weeks judged (n)", "weeks inside the 80% interval", "intervals judged (n)")
    published = [found[f"Backtest, {what}"].value for what in measured]
    error, errors, covered, judged = scores["published"][:4]
    assert [float(value) for value in published if value is not None] == pytest.approx(
        [value for value in (error, errors, covered and 100 * covered, judged) if value is not None]
    )
    assert (published[2] is None) is (covered is None)
    for model, label in (("median", "median of four methods"), ("prophet", "Prophet alone")):
        assert float(found[f"Backtest, relMAE: {label}"].value) == pytest.approx(scores[model][0])
    gain, spread = (Decimal(str(value)) for value in scores["prophet"][4:])
    words = {"better": "is better than", "even": "is not demonstrably better than", "worse": "is worse than"}
    assert f"The median of four methods {words[against_median(gain, spread)]} Prophet alone: relMAE" in flat(pack.path)
    # a year of history
    assert "Less than two years of data" in flat(pack.path)


@pytest.mark.parametrize(
    ("language", "head", "sentences"),
    [
        ("de", "AUSBLICK", ("Tickets erwartet der Service Desk in", "von allen Kunden zusammen", "Eine Prognose für")),
        ("en", "OUTLOOK", ("new tickets are expected at the service desk", "from all customers together",
                           "It is no forecast for")),
    ],
)  # fmt: skip
def test_it_is_one_page_that_says_whose_forecast_it_is(
    packs: Any, tmp_path: Path, language: str, head: str, sentences: tuple[str, ...]
) -> None:
    pack = make(packs.house, tmp_path, language=language)
    assert check(packs.house, pack.path).mismatches == []
    [page] = forecast_pages(pack.path, head)
    assert [sentence for sentence in sentences if sentence not in page] == []
    total = next(n for n in registered_pack(pack.path, packs.house.app, packs.house.tenant)[1]
                 if n.query == "forecast_periods")  # fmt: skip
    assert f"{total.printed} [{total.evidence_id}]" in page
    # the page ends with its source, so nothing has run over
    assert page.count("psa-pack:") == 1
    assert ("Ladelauf 1" if language == "de" else "batch 1") in page


def test_the_queues_add_up_to_the_total(packs: Any, tmp_path: Path) -> None:
    found = values(packs.house, make(packs.house, tmp_path, language="en").path)
    parts = [n.value for label, n in found.items() if label.startswith("Expected new tickets, all weeks: ")]
    assert len(parts) > 1
    assert sum(parts) == found["Expected new tickets, all weeks"].value
    assert parts == sorted(parts, reverse=True)


def test_a_desk_of_one_queue_shows_no_parts(built_copy: Any, tmp_path: Path) -> None:
    change_models(
        built_copy,
        """delete from models.forecast where scope <> 'total'
               and series <> (select min(series) from models.forecast where scope = 'queue')""",
    )
    pack = make(built_copy, tmp_path, language="en")
    assert check(built_copy, pack.path).mismatches == []
    assert [label for label in values(built_copy, pack.path) if label.startswith("Expected new tickets")] == [
        "Expected new tickets, all weeks"
    ]


def test_the_rows_behind_the_share_name_nobody_else(packs: Any, tmp_path: Path) -> None:
    house = packs.house
    pack = make(house, tmp_path, language="en")
    registered = registered_pack(pack.path, house.app, house.tenant)
    share = next(number for number in registered[1] if number.label.startswith("Your share"))
    found = rows_behind(registered, share.evidence_id, house.serving, house.tenant, "serving")
    assert found.columns == ["ticket_id", "number", "opened_at", "opened_on", "is_theirs"]
    theirs = sum(row[-1] for row in found.rows)
    assert 0 < theirs < len(found.rows)
    assert float(share.value or 0) == pytest.approx(100 * theirs / len(found.rows))


def test_a_later_forecast_changes_no_pack(built_copy: Any, tmp_path: Path) -> None:
    """Not even one for the pack's own batch: the marts are there before the forecast that is made from them."""
    batch = add_batch(built_copy)
    pack = make(built_copy, tmp_path, language="en")
    before = values(built_copy, pack.path)["Expected new tickets, all weeks"].value
    add_forecast(built_copy, batch)
    assert pack.batch == batch
    assert check(built_copy, pack.path).mismatches == []
    newer = make(built_copy, tmp_path / "newer", language="en")
    assert values(built_copy, newer.path)["Expected new tickets, all weeks"].value == before + 10 * WEEKS
    assert check(built_copy, newer.path).mismatches == []


def test_a_forecast_of_a_batch_the_pack_does_not_show_is_not_seen(built_copy: Any, tmp_path: Path) -> None:
    batch = add_batch(built_copy)
    add_forecast(built_copy, batch)
    with psycopg.connect(built_copy.warehouse) as warehouse:
        warehouse.execute("update marts.fct_coverage set batch = 1")
    numbers = registered_pack(make(built_copy, tmp_path).path, built_copy.app, built_copy.tenant)[1]
    assert {n.parameters["forecast_batch"] for n in numbers if "forecast_batch" in n.parameters} == {1}


@pytest.mark.parametrize(
    ("statement", "sentences"),
    [
        (
            "truncate models.forecast_backtest, models.forecast, models.forecast_run",
            {"de": "unbekannt. Zu diesem Stand der Daten gibt es keine Prognose.",
             "en": "unknown. There is no forecast as of this state of the data."},
        ),
        (
            """delete from models.forecast where grain = 'week';
               delete from models.forecast_backtest where grain = 'week';
               update models.forecast_run set model = null, refused = 'too short' where grain = 'week'""",
            {"de": "unbekannt. Für eine Prognose je Woche reichten die Daten nicht.",
             "en": "unknown. The data did not suffice for a forecast by week."},
        ),
    ],
    ids=["none", "refused"],
)  # fmt: skip
def test_without_a_forecast_the_page_is_left_out(
    built_copy: Any, tmp_path: Path, statement: str, sentences: dict[str, str]
) -> None:
    change_models(built_copy, statement)
    for language, sentence in sentences.items():
        pack = make(built_copy, tmp_path, language=language)
        assert check(built_copy, pack.path).mismatches == []
        assert sentence in flat(pack.path)
        assert forecast_pages(pack.path) == forecast_pages(pack.path, "AUSBLICK") == []


def test_a_pack_of_an_old_quarter_shows_no_forecast(packs: Any, tmp_path: Path) -> None:
    shown = {
        number: len(forecast_pages(make(packs.house, tmp_path / str(number), quarter=quarter, language="en").path))
        for number, quarter in enumerate((Quarter(2025, 4), Quarter(2026, 1), Quarter(2026, 2)))
    }
    # it begins on 29 June
    assert shown == {0: 0, 1: 1, 2: 1}
    text = flat(make(packs.house, tmp_path, quarter=Quarter(2025, 4), language="en").path)
    assert "begins only after the quarter that follows this report" in text


def test_an_interval_nobody_knows_is_a_word(built_copy: Any, tmp_path: Path) -> None:
    change_models(
        built_copy,
        """update models.forecast set lo80 = null, hi80 = null, lo95 = null, hi95 = null where lead > 3;
           update models.forecast_backtest set coverage80 = null, gain_on_median = null, gain_on_median_se = null""",
    )
    pack = make(built_copy, tmp_path, language="en")
    assert check(built_copy, pack.path).mismatches == []
    found = values(built_copy, pack.path)
    intervals = [n.printed for label, n in found.items() if label.startswith("W") and "80%: from" in label]
    assert len(intervals) == WEEKS
    assert intervals[3:] == ["unknown"] * (WEEKS - 3)
    assert "unknown" not in intervals[:3]
    assert found["Backtest, weeks inside the 80% interval"].printed == "unknown"
    assert "Prophet alone is unknown: relMAE" in flat(pack.path)


def test_weeks_before_the_history_are_not_compared(built_copy: Any, tmp_path: Path) -> None:
    with psycopg.connect(built_copy.warehouse) as warehouse:
        warehouse.execute("update marts.fct_coverage set first_day = '2026-05-01'")
    pack = make(built_copy, tmp_path, language="en")
    assert check(built_copy, pack.path).mismatches == []
    [page] = forecast_pages(pack.path)
    assert "weeks before" not in page


@pytest.mark.parametrize(
    ("gain", "error", "said"),
    [
        ("-0.05", "0.02", "better"), ("0.05", "0.02", "worse"), ("-0.02", "0.02", "even"), ("0.01", "0.02", "even"),
        (None, "0.02", "unknown"), ("0.02", None, "unknown"),
    ],
)  # fmt: skip
def test_models_differ_by_more_than_a_standard_error(gain: str | None, error: str | None, said: str) -> None:
    assert against_median(*(None if value is None else Decimal(value) for value in (gain, error))) == said


def test_few_tickets_are_written_with_a_tenth() -> None:
    assert [written(Decimal(value), "expected", "de") for value in ("0.24", "9.94", "9.95", "1234.5")] == [
        "0,2", "9,9", "10", "1.235"
    ]  # fmt: skip
    assert (written(Decimal("-0.0204"), "ratio", "de"), written(Decimal("0.591"), "ratio", "en")) == (
        "\u22120,020", "0.591"
    )  # fmt: skip
