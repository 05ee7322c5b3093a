"""Every number of the service pages equals a computation by Polars from the rows of `raw`."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from dashboards.data.service import Question, Service, about, counts, service, tickets_behind
from dashboards.figures.definitions import EVERY, FIGURES
from dashboards.figures.filters import UNKNOWN, Narrowing
from dashboards.figures.periods import Span, buckets, same_length_before
from tests.dashboards.conftest import scope_of
from tests.dashboards.oracle import Oracle

DEMO_LAST, REAL_LAST = date(2026, 6, 30), date(2016, 5, 8)
MAY = Span(date(2026, 5, 1), date(2026, 6, 1))


@pytest.fixture(scope="module")
def demo(built: Any) -> Oracle:
    return Oracle.of(built.house, DEMO_LAST)


@pytest.fixture(scope="module")
def real(real_desk: Any) -> tuple[Any, Oracle]:
    """The house of the real desk, and the oracle over it."""
    return real_desk.house, Oracle.of(real_desk.house, REAL_LAST)


def ask(house: Any, span: Span, narrowing: Narrowing = Narrowing(), as_of: date | None = None) -> Service:
    _, before = same_length_before(span)
    return service(
        scope_of(house), Question(tuple(FIGURES), span, before, "week", as_of or span.last, narrowing)
    )  # fmt: skip


def assert_same(answer: Service, oracle: Oracle, span: Span) -> None:
    _, before = same_length_before(span)
    for found, days in ((answer.now, span), (answer.before, before)):
        expected = oracle.figures(days.start, days.end)
        assert set(found) == set(expected)
        for key, (value, n) in expected.items():
            assert found[key].value == pytest.approx(value), key
            if key != "csat_rate":
                assert found[key].n == n, key
    for monday in buckets(span, "week"):
        week = Span(monday, monday + timedelta(days=7)).within(span)
        for key, (value, n) in oracle.figures(week.start, week.end).items():
            measured = answer.series[key].get(monday)
            assert n == 0 if measured is None else measured.value == pytest.approx(value), (key, monday)
    assert answer.open_now.n == len(oracle.ages(date(2100, 1, 1)))
    ages = oracle.ages(answer.backlog.day)
    by_age = [(ages <= 1).sum(), ages.is_between(2, 7).sum(), ages.is_between(8, 30).sum(), (ages > 30).sum()]
    assert (answer.backlog.open_tickets, list(answer.backlog.ages)) == (len(ages), by_age)
    if len(ages):
        for found_age, at in ((answer.backlog.age_median, 0.5), (answer.backlog.age_p90, 0.9)):
            assert found_age == pytest.approx(ages.quantile(at, "linear"))
    assert [one for one, _ in answer.line] == [span.start + timedelta(days=n) for n in range(span.days)]
    for one, count in answer.line[:: max(1, span.days // 12)]:
        assert count == len(oracle.ages(one)), one


@pytest.mark.parametrize("span", [MAY, Span(date(2026, 6, 1), date(2026, 7, 1))], ids=["mature", "not yet mature"])
def test_the_demo_desk(built: Any, demo: Oracle, span: Span) -> None:
    answer = ask(built.house, span)
    assert_same(answer, demo, span)
    assert answer.now["opened"].n > 100
    assert answer.now["csat"].n > 10
    assert answer.now["reopened"].n > (50 if span is MAY else 0)


@pytest.mark.parametrize("name", ["customer_id", "queue", "category"])
def test_a_narrowed_demo_desk(built: Any, demo: Oracle, name: str) -> None:
    value = demo.tickets.get_column(name).drop_nulls().mode().sort()[0]
    span = Span(date(2026, 4, 15), date(2026, 5, 20))
    answer = ask(built.house, span, Narrowing(**{name: value}), date(2026, 5, 3))
    assert answer.now["opened"].n > 10
    assert_same(answer, demo.narrowed(**{name: value}), span)


@pytest.mark.parametrize(
    "span",
    [Span(date(2016, 4, 4), date(2016, 4, 25)), Span(date(2016, 2, 29), REAL_LAST + timedelta(days=1))],
    ids=["three weeks", "all of it"],
)
def test_the_real_desk(real: tuple[Any, Oracle], span: Span) -> None:
    house, oracle = real
    answer = ask(house, span)
    assert_same(answer, oracle, span)
    # what its export does not know is unknown, and what it knows itself is shown as such
    unknown = {key for key, one in answer.now.items() if one.value is None}
    assert {"response_business_median", "response_calendar_p90", "sla_resolution", "first_contact", "csat"} <= unknown
    assert answer.now["sla_desk"].n > 100
    found = about(scope_of(house))
    assert found is not None
    assert (found.has_clocks, found.has_desk_verdicts) == (False, True)
    assert (found.choices.covered.start, found.choices.covered.last) == (date(2016, 2, 29), REAL_LAST)


def test_the_real_desks_tickets_without_a_queue(real: tuple[Any, Oracle]) -> None:
    house, oracle = real
    span = Span(date(2016, 4, 4), date(2016, 4, 11))
    answer = ask(house, span, Narrowing(queue=UNKNOWN))
    assert_same(answer, oracle.narrowed(queue=None), span)
    assert answer.now["opened"].n > 0


def test_the_rows_behind_a_figure_are_those_it_counted(built: Any) -> None:
    answer = ask(built.house, MAY)
    for key in EVERY:
        found = tickets_behind(scope_of(built.house), key, MAY, MAY.last, Narrowing(), 10_000)
        assert len(found.rows) == found.total
        assert bool(found.rows) == (key != "sla_desk"), key
        # of times and answers only the known ones are counted, of the rest every row
        column = next((name for name in EVERY[key].shown if name.endswith("seconds") or name == "score"), None)
        counted = [row for row in found.rows if column is None or key.startswith("sla") or row[column] is not None]
        measured = answer.now.get(key)
        if key == "open_now":
            measured = answer.open_now
        n = answer.backlog.open_tickets if measured is None else measured.n
        assert len(found.rows if key == "csat_rate" else counted) == n, key
    few = tickets_behind(scope_of(built.house), "opened", MAY, MAY.last, Narrowing(), 5)
    assert (len(few.rows), few.total) == (5, answer.now["opened"].n)


def test_categories_and_callers_add_up(built: Any, demo: Oracle) -> None:
    during = demo.tickets.filter((pl.col("opened_on") >= MAY.start) & (pl.col("opened_on") < MAY.end))
    customer = during.get_column("customer_id").mode().sort()[0]
    mine = during.filter(pl.col("customer_id") == customer)
    for query, column in (("by_category", "category"), ("by_caller", "contact_id")):
        rows = counts(scope_of(built.house), query, MAY, Narrowing(customer_id=customer))
        found = {None if row[column] is None else str(row[column]): row["tickets"] for row in rows}
        assert found == dict(mine.group_by(column).len().iter_rows())
