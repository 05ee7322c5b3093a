"""Who leaves the demo firm: as the written hazard says, and as in life."""

from collections import defaultdict
from datetime import date, timedelta
from math import exp, sqrt
from pathlib import Path
from statistics import mean
from typing import Any

import pytest

from operational.demo import generate
from operational.demo.calendar import midnight
from operational.demo.churn import Departures, Inputs, hazard
from operational.demo.standing import CSAT_BEFORE, CSAT_DAYS, CSAT_LEAST, RECENT_DAYS
from tests.demo_world import UNTIL, World, instant, local_date

ROOT = Path(__file__).parents[2]
CONTENT = Inputs(0.02, 0.1, 0.0, 0, 0.0, 5.0)


@pytest.fixture(scope="module")
def two_years(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Large enough for some to leave."""
    path = tmp_path_factory.mktemp("demo")
    return World(path, generate(path, seed=SEED, customers=16, years=2, until=UNTIL))


SEED = 3


def months(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.truth.churn["months"]
    return found


def left(world: World) -> dict[str, dict[str, Any]]:
    return {row["customer"]: row for row in world.truth.churn["left"]}


def test_every_hazard_follows_from_its_inputs(two_years: World) -> None:
    truth = two_years.truth.churn
    assert set(truth["coefficients"]) == set(Inputs.__dataclass_fields__)
    for row in months(two_years):
        score = truth["intercept"] + sum(weight * row[name] for name, weight in truth["coefficients"].items())
        assert row["hazard"] == pytest.approx(1 / (1 + exp(-score)), abs=1e-8)


def test_every_month_at_risk_is_written_once(two_years: World) -> None:
    notice = {ref: row["notice_on"] for ref, row in left(two_years).items()}
    written = defaultdict(list)
    for row in months(two_years):
        written[row["customer"]].append(row["month"])
    firsts = [date(year, month, 1) for year in (2024, 2025, 2026) for month in range(1, 13)]
    firsts = [day for day in firsts if date(2024, 12, 1) <= day <= date(2026, 10, 1)]
    for customer in two_years.rows("customers"):
        end = notice.get(customer["ref"], UNTIL)
        expected = [f"{day:%Y-%m}" for day in firsts if date.fromisoformat(customer["since"]) <= day <= end]
        assert written[customer["ref"]] == expected


def test_as_many_leave_as_the_hazards_say(two_years: World) -> None:
    known = sum(row["reason"] == "known" for row in left(two_years).values())
    expected = sum(row["hazard"] for row in months(two_years))
    assert len(left(two_years)) >= 2
    assert abs(known - expected) < 3 * sqrt(expected)
    given = {(row["customer"], f"{row['notice_on']:%Y-%m}") for row in left(two_years).values()}
    at_notice = [row["hazard"] for row in months(two_years) if (row["customer"], row["month"]) in given]
    assert len(at_notice) == len(given)
    assert mean(at_notice) > mean(row["hazard"] for row in months(two_years))


def test_the_inputs_are_what_the_files_show(two_years: World) -> None:
    scores: dict[str, list[tuple[float, int]]] = defaultdict(list)
    customer_of = {ticket["ref"]: ticket["customer_ref"] for ticket in two_years.rows("tickets")}
    for row in two_years.rows("satisfaction"):
        if row["score"]:
            answered = instant(row["answered_at"]).timestamp()
            scores[customer_of[row["ticket_ref"]]].append((answered, int(row["score"])))
    rows = defaultdict(list)
    for contract in two_years.rows("contracts"):
        rows[contract["customer_ref"]].append(contract)
    champions = {c["ref"]: c["champion_left"] for c in two_years.truth.customers}
    trends = 0
    for row in months(two_years):
        month = date.fromisoformat(row["month"] + "-01")
        at = midnight(month)
        turn, first = at - CSAT_DAYS * 86_400, at - (CSAT_DAYS + CSAT_BEFORE) * 86_400
        recent = [s for moment, s in scores[row["customer"]] if turn <= moment < at]
        before = [s for moment, s in scores[row["customer"]] if first <= moment < turn]
        enough = min(len(recent), len(before)) >= CSAT_LEAST
        assert row["csat_trend"] == (pytest.approx(mean(recent) - mean(before), abs=1e-4) if enough else 0)
        trends += enough
        gone = champions[row["customer"]]
        assert row["champion_left"] == (gone is not None and 0 <= (month - gone).days < RECENT_DAYS)
        assert row["price_rise"] == pytest.approx(price_rise(rows[row["customer"]], month), abs=1e-4)
    assert trends > 50
    assert sum(row["sla_misses"] > 0 for row in months(two_years)) > 50
    assert sum(row["hours_over"] > 0 for row in months(two_years)) > 5


def price_rise(contracts: list[dict[str, str]], month: date) -> float:
    """The relative rise of the fee at the last change, when it lies in the last half year."""
    begun = [c for c in contracts if date.fromisoformat(c["starts_on"]) <= month]
    if len(begun) < 2 or (month - date.fromisoformat(begun[-1]["starts_on"])).days >= RECENT_DAYS:
        return 0.0
    now, before = begun[-1]["monthly_fee"], begun[-2]["monthly_fee"]
    return float(now) / float(before) - 1 if now and before else 0.0


def test_an_end_comes_with_notice_farewells_and_silence(two_years: World) -> None:
    of_customer = defaultdict(list)
    for ticket in two_years.rows("tickets"):
        of_customer[ticket["customer_ref"]].append(ticket)
    subcategory = {ref: events[0]["subcategory"] for ref, events in two_years.histories().items()}
    for row in left(two_years).values():
        assert row["notice_on"] < row["until"]
        assert row["notice_on"].weekday() < 5
        tickets = of_customer[row["customer"]]
        assert max(local_date(t["opened_at"]) for t in tickets) <= row["until"]
        farewells = [t for t in tickets if subcategory[t["ref"]] == "Anbieterwechsel"]
        assert min(local_date(t["opened_at"]) for t in farewells) == row["notice_on"]
        if row["until"] <= UNTIL:
            assert len(farewells) >= 4
            assert min(local_date(t["opened_at"]) for t in farewells[1:]) > row["until"] - timedelta(days=50)
    others = [t for ref, found in of_customer.items() if ref not in left(two_years) for t in found]
    assert "Anbieterwechsel" not in {subcategory[t["ref"]] for t in others}


def test_files_say_who_left_and_when(two_years: World) -> None:
    until = {ref: str(row["until"]) for ref, row in left(two_years).items()}
    assert {c["ref"]: c["until"] for c in two_years.rows("customers") if c["until"]} == until
    last: dict[str, str] = {}
    for contract in two_years.rows("contracts"):
        last[contract["customer_ref"]] = contract["ends_on"]
    assert {ref: day for ref, day in last.items() if day} == until
    assert all(c["starts_on"] <= until.get(c["customer_ref"], "9") for c in two_years.rows("contracts"))


def test_a_champion_who_left_writes_no_more(two_years: World) -> None:
    contacts = defaultdict(list)
    for row in two_years.rows("contact_customers"):
        contacts[row["customer_ref"]].append(row["contact_ref"])
    gone = {c["ref"]: c["champion_left"] for c in two_years.truth.customers if c["champion_left"]}
    assert gone
    for customer, day in gone.items():
        champion, successor = contacts[customer][0], contacts[customer][-1]
        theirs = [local_date(t["opened_at"]) for t in two_years.rows("tickets") if t["contact_ref"] == champion]
        after = [local_date(t["opened_at"]) for t in two_years.rows("tickets") if t["contact_ref"] == successor]
        assert max(theirs) < day
        assert not after or min(after) >= day


def test_the_clause_nobody_can_keep_is_missed_at_night(two_years: World) -> None:
    clause = two_years.truth.sla_clause
    assert (clause["policy"], clause["priority"], clause["clock"]) == ("SLA-GOLD-24X7", "p2", "first_response")
    (met, judged), (met_off, judged_off) = clause["on_duty"], clause["off_duty"]
    assert judged_off > 5
    assert met / judged > met_off / judged_off + 0.3


def test_a_hazard_moves_the_way_the_coefficients_say() -> None:
    base = hazard(CONTENT)
    worse = [
        Inputs(0.3, 0.1, 0.0, 0, 0.0, 5.0), Inputs(0.02, -0.8, 0.0, 0, 0.0, 5.0), Inputs(0.02, 0.1, 0.1, 0, 0.0, 5.0),
        Inputs(0.02, 0.1, 0.0, 1, 0.0, 5.0), Inputs(0.02, 0.1, 0.0, 0, 0.5, 5.0), Inputs(0.02, 0.1, 0.0, 0, 0.0, 0.5),
    ]  # fmt: skip
    assert all(hazard(inputs) > 1.3 * base for inputs in worse)


def test_notice_runs_to_the_end_of_a_month() -> None:
    customer: Any = type("Customer", (), {"ref": "K1", "since": date(2020, 1, 1), "until": None})
    departures = Departures(1)
    doomed = Inputs(1.0, -4.0, 1.0, 1, 1.5, 0.0)
    departure = departures.draw(customer, date(2026, 11, 1), doomed, "fixed_fee")
    assert departure is not None
    assert (departure.until, departure.reason) == (date(2027, 2, 28), "known")
    assert departure.notice_on.month == 11
    assert departure.notice_on.weekday() < 5
    assert not departures.at_risk(customer, date(2026, 12, 1))


def is_source(path: Path) -> bool:
    built = {"node_modules", "target", "__pycache__"}
    return path.suffix in (".py", ".sql", ".yml", ".yaml") and path.is_file() and not built & set(path.parts)


def test_nothing_in_the_product_reads_the_truth() -> None:
    floors = ("operational", "pipelines", "dashboards", "ml", "dbt")
    sources = [p for f in floors for p in (ROOT / f).rglob("*.*") if is_source(p)]
    assert len(sources) > 100
    told = [p for p in sources if "truth.json" in p.read_text(encoding="utf-8")]
    assert {p.relative_to(ROOT).parts[:2] for p in told} <= {("operational", "demo")}
