"""The history: which days count, which series there are, and whose calendar holds."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from ml.forecast.calendars import EFFECTS, public_holidays
from ml.forecast.features import History, Refusal, describe, read_history
from tests.ml.desks import covered, frame, office, poisson_desk

FIRST = date(2026, 1, 5)
HOLIDAY = EFFECTS.index("holiday")


def history(counts: pl.DataFrame, coverage: pl.DataFrame, home: tuple[str, str | None] | None = None) -> History:
    found = read_history(counts, coverage, home)
    assert isinstance(found, History)
    return found


def test_only_covered_days_count_and_days_without_a_ticket_are_zero() -> None:
    rows = [
        (FIRST + timedelta(days=n), "a", "DE", "HH", tickets) for n, tickets in ((-1, 50), (0, 3), (2, 1), (60, 50))
    ]
    counts = frame(list(rows))
    total = history(counts, covered(FIRST, 60)).series[0].counts
    assert (len(total), total[:4].tolist(), total.sum()) == (60, [3, 0, 1, 0], 4)


def test_the_last_stretch_counts_and_short_gaps_in_it_are_unknown() -> None:
    days = [(0, 30), (300, 330), (340, 400)]
    coverage = pl.DataFrame(
        {
            "first_day": [FIRST + timedelta(days=a) for a, _ in days],
            "last_day": [FIRST + timedelta(days=b) for _, b in days],
        }
    )
    found = history(frame([(FIRST + timedelta(days=350), "a", None, None, 5)]), coverage)
    assert found.first == FIRST + timedelta(days=300)
    assert found.days == 101
    assert np.flatnonzero(np.isnan(found.series[0].counts)).tolist() == list(range(31, 40))


@pytest.mark.parametrize(
    ("days", "tickets", "reason"),
    [
        (0, 1, "no day is covered"),
        (55, 1, "only 55 covered days, 56 are needed"),
        (60, 0, "no ticket in the covered days"),
    ],
)
def test_a_short_or_empty_history_is_refused_in_words(days: int, tickets: int, reason: str) -> None:
    counts = frame([(FIRST, None, None, None, tickets)] if tickets else [])
    coverage = covered(FIRST, days) if days else covered(FIRST, 1).clear()
    found = read_history(counts, coverage, None)
    assert isinstance(found, Refusal)
    assert found.reason == reason


def test_large_queues_have_a_series_the_rest_one_together_and_all_add_up() -> None:
    queues = {None: office(9), "a": office(30), "b": office(20), "c": office(10), "d": office(3), "e": office(2)}
    found = history(poisson_desk(FIRST, 100, queues), covered(FIRST, 100))
    assert [one.key for one in found.series] == ["total", "queue:a", "queue:b", "queue:c", "unknown", "other"]
    np.testing.assert_array_equal(sum(one.counts for one in found.series[1:]), found.series[0].counts)


def test_a_queue_called_total_is_not_the_total() -> None:
    found = history(
        poisson_desk(FIRST, 100, {"total": office(9), "unknown": office(3), None: office(1)}), covered(FIRST, 100)
    )
    assert [one.key for one in found.series] == ["total", "queue:total", "queue:unknown", "unknown"]


def test_unknown_queues_may_be_in_the_rest() -> None:
    queues = {None: office(0.5), **{name: office(9) for name in "abcde"}}
    found = history(poisson_desk(FIRST, 100, queues), covered(FIRST, 100))
    assert [one.scope for one in found.series] == ["total", *["queue"] * 4, "other"]
    np.testing.assert_array_equal(sum(one.counts for one in found.series[1:]), found.series[0].counts)


def test_the_calendar_is_the_customers_weighted_by_their_tickets_and_known_ahead() -> None:
    day = FIRST
    rows = [(day + timedelta(days=n), "a", *place, tickets) for n in range(100) for *place, tickets in
            [("DE", "BY", 3), ("DE", "HH", 1)]]  # fmt: skip
    found = history(frame(rows), covered(FIRST, 100))
    ahead = found.calendar(found.days)
    corpus_christi, ascension = date(2026, 6, 4), date(2026, 5, 14)
    assert found.last == date(2026, 4, 14)
    assert ahead[(corpus_christi - FIRST).days, HOLIDAY] == pytest.approx(0.75)
    assert ahead[(ascension - FIRST).days, HOLIDAY] == pytest.approx(1)
    assert describe(found)["places"] == {"DE-BY": 0.75, "DE-HH": 0.25}


def test_a_guessed_country_is_believed_until_the_tickets_contradict_it() -> None:
    free = public_holidays(("DE", None), 2025, 2026)
    first, days = date(2025, 9, 1), 200

    def closed(day: date) -> float:
        return 4.0 if day in free else office(40)(day)

    ours = history(poisson_desk(first, days, {"a": closed}, place=(None, None)), covered(first, days), ("DE", None))
    theirs = history(
        poisson_desk(first, days, {"a": office(40)}, place=(None, None)), covered(first, days), ("DE", None)
    )
    good_friday = (date(2026, 4, 3) - first).days
    assert ours.calendar(days)[good_friday, HOLIDAY] == 1
    assert theirs.calendar(days)[good_friday, HOLIDAY] == 0
    # before the first holiday nobody can know better
    assert theirs.calendar(20)[good_friday, HOLIDAY] == 1
    assert describe(ours)["guess_for_unknown_places"] == "DE"
    assert describe(theirs)["guess_for_unknown_places"] is None


def test_weeks_are_whole_ones_from_monday() -> None:
    first = date(2026, 1, 7)
    found = history(poisson_desk(first, 61, {"a": office(9)}), covered(first, 61))
    assert first.weekday() == 2
    assert (found.first_monday, found.weeks) == (5, 8)
