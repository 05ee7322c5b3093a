"""Business time: worked cases and laws."""

import os
import time as clock_time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operational.core.calendars import Calendar, ClosedCalendarError, format_windows, parse_windows

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3600
OFFICE = "mon 08:00-17:00; tue 08:00-17:00; wed 08:00-17:00; thu 08:00-17:00; fri 08:00-17:00"
LUNCH = "mon 08:00-12:00 13:00-17:00; tue 08:00-12:00 13:00-17:00; sat 09:30-11:00"
ALWAYS = "; ".join(f"{day} 00:00-24:00" for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
NIGHTS = "fri 22:00-24:00; sat 00:00-06:00; sun 01:00-04:00"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def office(*holidays: str) -> Calendar:
    return Calendar("Europe/Berlin", parse_windows(OFFICE), [date.fromisoformat(day) for day in holidays])


def test_a_window_with_a_lunch_break() -> None:
    calendar = Calendar("Europe/Berlin", parse_windows(LUNCH))
    assert calendar.add_seconds(at("2026-11-23 11:30"), HOUR) == at("2026-11-23 13:30")


def test_holidays_are_closed() -> None:
    start = at("2026-06-03 16:00")
    assert office("2026-06-04").add_seconds(start, 4 * HOUR) == at("2026-06-05 11:00")
    assert office().add_seconds(start, 4 * HOUR) == at("2026-06-04 11:00")


def test_a_budget_that_ends_at_closing_is_due_at_closing() -> None:
    assert office().add_seconds(at("2026-11-20 10:00"), 7 * HOUR) == at("2026-11-20 17:00")
    assert office().add_seconds(at("2026-11-20 10:00"), 7 * HOUR + 1) == at("2026-11-23 08:00") + timedelta(seconds=1)


def test_outside_the_windows_the_first_second_counts_at_the_next_opening() -> None:
    assert office().add_seconds(at("2026-11-21 12:00"), HOUR) == at("2026-11-23 09:00")
    assert office().elapsed_seconds(at("2026-11-20 17:00"), at("2026-11-23 08:00")) == 0


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-01", 24)])
def test_a_day_is_as_long_as_its_zone_makes_it(day: str, hours: int) -> None:
    calendar = Calendar("Europe/Berlin", parse_windows(ALWAYS))
    start = at(f"{day} 00:00")
    end = datetime.combine(start.date() + timedelta(days=1), datetime.min.time(), BERLIN)
    assert calendar.elapsed_seconds(start, end) == hours * HOUR
    assert calendar.add_seconds(start, hours * HOUR) == end


def test_night_windows_over_a_change_of_clocks() -> None:
    calendar = Calendar("Europe/Berlin", parse_windows(NIGHTS))
    # 29 March 2026: 02:00 to 03:00 does not exist, so 01:00 to 04:00 lasts two hours
    assert calendar.elapsed_seconds(at("2026-03-29 00:00"), at("2026-03-29 12:00")) == 2 * HOUR
    assert calendar.elapsed_seconds(at("2026-10-25 00:00"), at("2026-10-25 12:00")) == 4 * HOUR


def test_years_away_from_what_was_asked_before() -> None:
    calendar = office()
    calendar.add_seconds(at("2026-11-20 10:00"), HOUR)
    assert calendar.elapsed_seconds(at("2016-02-29 08:00"), at("2016-02-29 09:00")) == HOUR
    assert calendar.add_seconds(at("2026-11-20 10:00"), 10_000 * HOUR) > at("2031-01-01 00:00")


def test_a_calendar_that_never_opens_says_so() -> None:
    with pytest.raises(ClosedCalendarError):
        Calendar("Europe/Berlin", parse_windows("")).add_seconds(at("2026-11-20 10:00"), 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mo 08:00-17:00", "is no day"),
        ("mon 8-17", "is no window"),
        ("mon 08:00-25:00", "is no window"),
        ("mon 17:00-08:00", "does not end after"),
        ("mon 08:00-24:30", "does not end after"),
        ("mon 08:00-12:00 11:00-13:00", "overlap"),
        ("mon 08:00-09:00; mon 10:00-11:00", "twice"),
    ],
)
def test_broken_windows_are_refused_with_a_reason(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_windows(text)


def test_windows_survive_being_written_and_read() -> None:
    for text in (OFFICE, LUNCH, ALWAYS, NIGHTS):
        assert format_windows(parse_windows(text)) == text


calendars = st.builds(
    Calendar,
    st.sampled_from(["Europe/Berlin", "Europe/Zurich", "UTC", "America/New_York"]),
    st.sampled_from([OFFICE, LUNCH, ALWAYS, NIGHTS]).map(parse_windows),
    st.lists(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=20),
)
instants = st.integers(0, 364 * 24 * HOUR).map(lambda s: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=s))
budgets = st.integers(1, 400 * HOUR)


@given(calendars, instants, budgets)
def test_what_is_added_has_elapsed_and_is_due_when_open(calendar: Calendar, start: datetime, seconds: int) -> None:
    due = calendar.add_seconds(start, seconds)
    assert calendar.elapsed_seconds(start, due) == seconds
    assert calendar.is_open(due)
    # the last second counts: due is the earliest such instant
    assert calendar.elapsed_seconds(start, due - timedelta(seconds=1)) == seconds - 1


@given(calendars, instants, st.timedeltas(timedelta(0), timedelta(days=90)))
def test_adding_what_has_elapsed_leads_back_within_a_window(
    calendar: Calendar, start: datetime, span: timedelta
) -> None:
    end = start + timedelta(seconds=int(span.total_seconds()))
    elapsed = calendar.elapsed_seconds(start, end)
    inside = calendar.elapsed_seconds(end - timedelta(seconds=1), end) == 1
    if inside and end > start:
        assert calendar.add_seconds(start, elapsed) == end


@given(calendars, instants, budgets, budgets)
def test_more_budget_is_never_due_earlier(calendar: Calendar, start: datetime, one: int, two: int) -> None:
    less, more = sorted((one, two))
    assert calendar.add_seconds(start, less) <= calendar.add_seconds(start, more)


@given(calendars, instants, st.lists(st.integers(0, 30 * 24 * HOUR), min_size=2, max_size=5))
def test_parts_add_up_to_the_whole(calendar: Calendar, start: datetime, spans: list[int]) -> None:
    edges = [start]
    for span in spans:
        edges.append(edges[-1] + timedelta(seconds=span))
    parts = sum(calendar.elapsed_seconds(a, b) for a, b in pairwise(edges))
    assert parts == calendar.elapsed_seconds(start, edges[-1])


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Tokyo"])
def server_zone(request: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setitem(os.environ, "TZ", request.param)
    clock_time.tzset()
    yield request.param
    monkeypatch.undo()
    clock_time.tzset()


def test_the_server_s_own_zone_does_not_matter(server_zone: str) -> None:
    assert office().add_seconds(at("2026-11-20 16:00"), 2 * HOUR) == at("2026-11-23 09:00")
    assert office().elapsed_seconds(at("2026-11-20 16:00"), at("2026-11-23 09:00")) == 2 * HOUR
