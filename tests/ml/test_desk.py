"""A whole desk's forecast, made from frames alone."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from ml.forecast import backtest
from ml.forecast.desk import PUBLISHED, DeskForecast, forecast_desk
from ml.forecast.identity import input_hash, version
from ml.forecast.models import MEDIAN, NAIVE, SPARSE
from ml.registry import Estimate, code_version, hash_of
from tests.ml.desks import covered, office, poisson_desk

FIRST, DAYS = date(2026, 1, 5), 84
COVERAGE = covered(FIRST, DAYS)


@pytest.fixture(scope="module")
def counts() -> pl.DataFrame:
    # one queue is busy, one sparse, one was closed after a few days
    queues = {
        "busy": office(40),
        "sparse": office(0.4),
        "closed": lambda day: 5.0 if day < FIRST + timedelta(days=10) else 0.0,
    }
    return poisson_desk(FIRST, DAYS, queues)


@pytest.fixture(scope="module", autouse=True)
def few_origins() -> Iterator[None]:
    """Enough to see all there is, in little time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backtest, "MOST_ORIGINS", 10)
        yield


@pytest.fixture(scope="module")
def made(counts: pl.DataFrame) -> DeskForecast:
    return forecast_desk(counts, COVERAGE, ("DE", "HH"))


def test_every_series_has_four_weeks_and_the_queues_add_up(made: DeskForecast) -> None:
    by_series: dict[str, list[Decimal]] = {}
    for row in made.forecasts:
        assert row.period_start == FIRST + timedelta(days=DAYS + row.lead - 1)
        by_series.setdefault(row.series, []).append(row.mean)
    assert {name: len(means) for name, means in by_series.items()} == dict.fromkeys(
        ("total", "queue:busy", "queue:closed", "queue:sparse"), 28
    )
    total, *queues = by_series.values()
    assert [sum(day) for day in zip(*queues, strict=True)] == total
    assert sum(total[:7]) == pytest.approx(216, rel=0.15)


def test_intervals_hold_the_forecast_and_each_other(made: DeskForecast) -> None:
    for row in made.forecasts:
        assert row.lo80 is not None
        assert row.hi80 is not None
        assert row.lo95 is not None
        assert row.hi95 is not None
        assert 0 <= row.lo95 <= row.lo80 <= row.mean <= row.hi80 <= row.hi95


def test_holidays_ahead_are_expected(made: DeskForecast) -> None:
    days = {row.period_start: row.mean for row in made.forecasts if row.series == "total"}
    good_friday = date(2026, 4, 3)
    assert days[good_friday] < days[good_friday + timedelta(days=7)] / 2


def test_weeks_are_refused_in_words_while_there_are_few(made: DeskForecast) -> None:
    (refused,) = [run for run in made.runs if run.refused]
    assert (refused.grain, refused.series, refused.refused) == ("week", "total", "only 12 full weeks, 26 are needed")


def test_the_register_says_what_was_chosen_from_what(made: DeskForecast) -> None:
    run = made.runs[0]
    assert (run.series, run.model) == ("total", MEDIAN)
    assert run.reason is not None
    assert "too few to prefer another" in run.reason
    assert (run.learned_first, run.learned_last) == (FIRST, date(2026, 3, 29))
    assert (run.made_for_first, run.made_for_last) == (date(2026, 3, 30), date(2026, 4, 26))
    assert run.code_version == version()
    assert run.features["places"] == {"DE-HH": 1.0}
    estimate = run.metrics["rel_mae"]
    assert estimate is not None
    assert estimate.low is not None
    assert estimate.low < estimate.value < 1
    assert len({run.data_hash for run in made.runs if run.refused is None}) == 4


def test_every_candidate_is_scored_on_the_same_periods(made: DeskForecast) -> None:
    total = {
        row.score.model: row.score for row in made.scores if row.series == "total" and row.score.horizon_group == "all"
    }
    assert total.keys() == {*SPARSE, MEDIAN, PUBLISHED} - {"tsb"}
    assert total[NAIVE].rel_mae == 1
    assert total[MEDIAN].gain_on_median == 0
    assert len({score.n for score in total.values()}) == 1
    assert all(score.floor == total[NAIVE].floor for score in total.values())
    sparse = {row.score.model for row in made.scores if row.series == "queue:sparse"}
    assert "tsb" in sparse


def test_a_queue_that_never_opens_again_is_expected_to_stay_closed(made: DeskForecast) -> None:
    assert max(row.mean for row in made.forecasts if row.series == "queue:closed") < Decimal("0.5")


def test_the_same_frames_give_the_same_forecast_whatever_the_order_of_rows(
    counts: pl.DataFrame, made: DeskForecast
) -> None:
    again = forecast_desk(counts.sample(fraction=1, shuffle=True, seed=1), COVERAGE, ("DE", "HH"))
    assert again.forecasts == made.forecasts
    assert [run.metrics for run in again.runs] == [run.metrics for run in made.runs]


def test_a_forecast_is_due_when_days_or_tickets_change_and_not_when_a_ticket_moves(counts: pl.DataFrame) -> None:
    digest = input_hash(counts, COVERAGE, None)
    assert input_hash(counts.with_columns(queue=pl.lit("elsewhere")), COVERAGE, None) == digest
    assert input_hash(counts.sample(fraction=1, shuffle=True, seed=2), COVERAGE, None) == digest
    assert input_hash(counts.head(len(counts) - 1), COVERAGE, None) != digest
    assert input_hash(counts, covered(FIRST, DAYS + 1), None) != digest


def test_no_history_is_a_refusal_for_both_grains(counts: pl.DataFrame) -> None:
    found = forecast_desk(counts.clear(), COVERAGE.clear(), None)
    assert [(run.grain, run.refused) for run in found.runs] == [
        ("day", "no day is covered"),
        ("week", "no day is covered"),
    ]
    assert (found.forecasts, found.scores) == ((), ())


def test_code_versions_follow_the_files(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n", encoding="utf-8")
    first = code_version(tmp_path, ("numpy",))
    (tmp_path / "b.py").write_text("", encoding="utf-8")
    code_version.cache_clear()
    assert code_version(tmp_path, ("numpy",)) != first
    assert hash_of([b"ab", b"c"]) != hash_of([b"a", b"bc"])


def test_an_estimate_has_an_interval_where_its_error_is_known() -> None:
    assert Estimate.of(0.5, 0.1, 8) == Estimate(0.5, 0.304, 0.696, 8)
    assert Estimate.of(0.5, float("nan"), 1) == Estimate(0.5, None, None, 1)
    assert Estimate.of(float("nan"), 0.1, 0) is None
