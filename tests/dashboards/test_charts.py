"""Charts: names that lie on nothing, and days that fit on a phone."""

from datetime import date, timedelta

import pytest

from dashboards.charts import forecast, service
from dashboards.charts.forecast import Ahead
from dashboards.charts.style import Look, apart
from dashboards.figures.periods import Grain

LOOK = Look("de", "light")
FIRST = date(2026, 10, 1)
STEP: dict[Grain, timedelta] = {"day": timedelta(days=1), "week": timedelta(days=7)}


def ahead(grain: Grain, n: int, start: date) -> list[Ahead]:
    return [Ahead(start + k * STEP[grain], 10.0, 5.0, 15.0, 2.0, 20.0) for k in range(n)]


@pytest.mark.parametrize("grain", ["day", "week"])
def test_what_came_and_what_is_expected_are_named_where_one_ends_and_the_other_begins(grain: Grain) -> None:
    before = [(FIRST + k * STEP[grain], 30) for k in range(20)]
    made = forecast.fan(LOOK, before, ahead(grain, 8, FIRST + 20 * STEP[grain]), grain, ("Ist", "erwartet"))
    actual, expected = (
        next(one for one in made.layout.annotations if one.text == text) for text in ("Ist", "erwartet")
    )
    assert (actual.x, actual.xanchor) == (before[-1][0], "right")
    assert (expected.x, expected.xanchor) == (FIRST + 20 * STEP[grain], "left")
    # above the plot: neither line nor band reaches there
    assert {(one.yref, one.y, one.yanchor) for one in (actual, expected)} == {("paper", 1, "bottom")}
    assert made.layout.margin.t >= 20


def test_days_are_written_in_two_lines_and_weeks_are_few() -> None:
    line = [(FIRST + timedelta(days=k), float(k)) for k in range(90)]
    days = service.backlog(LOOK, line, line[-1][0], "offen").layout.xaxis
    assert days.ticktext[0] == "1.<br>Okt."
    assert len(days.ticktext) <= 7
    made = service.lines(LOOK, {"a": [(date(2025, 12, 29) + timedelta(days=7 * k), 1.0) for k in range(26)]}, "week")
    # the week belongs to the year its Thursday is in
    assert made.layout.xaxis.ticktext[0] == "KW 1<br>2026"
    assert len(made.layout.xaxis.ticktext) <= 5


def test_names_are_parted_only_where_their_lines_end_close_together() -> None:
    assert apart(1, 50, 50) == (0, 0)
    assert apart(2, 1, 50) == (8, -8)
    assert apart(1, 2, 50) == (-8, 8)
    assert apart(None, 2, 50) == (0, 0)
