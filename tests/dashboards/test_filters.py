"""Filters, periods, and how numbers are written: no page, no database."""

from datetime import UTC, date, datetime
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from dashboards.figures import links
from dashboards.figures.chance import wilson
from dashboards.figures.filters import DEFAULT_PERIOD, UNKNOWN, Choices, Narrowing, read
from dashboards.figures.forecast import against_prophet, inside
from dashboards.figures.periods import PRESETS, Grain, Span, after, bucket, buckets, period, preset
from dashboards.figures.table import as_csv
from dashboards.figures.written import bucket_code, bucket_name, change, day, instant, written

ANNA = UUID("11111111-1111-4111-8111-111111111111")
COVERED = Span(date(2024, 1, 1), date(2026, 6, 25))
CHOICES = Choices(COVERED, ("Service Desk", None), ("Drucken",), ((ANNA, "Anna GmbH"),))
DAYS = some.dates(date(2015, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("name", "first", "last", "first_before", "last_before"),
    [
        ("last_30_days", "2026-05-26", "2026-06-24", "2026-04-26", "2026-05-25"),
        ("last_90_days", "2026-03-27", "2026-06-24", "2025-12-27", "2026-03-26"),
        ("last_12_months", "2025-06-25", "2026-06-24", "2024-06-25", "2025-06-24"),
        ("this_month", "2026-06-01", "2026-06-24", "2026-05-08", "2026-05-31"),
        ("last_month", "2026-05-01", "2026-05-31", "2026-04-01", "2026-04-30"),
        ("this_quarter", "2026-04-01", "2026-06-24", "2026-01-06", "2026-03-31"),
        ("last_quarter", "2026-01-01", "2026-03-31", "2025-10-01", "2025-12-31"),
        ("this_year", "2026-01-01", "2026-06-24", "2025-07-10", "2025-12-31"),
        ("last_year", "2025-01-01", "2025-12-31", "2024-01-01", "2024-12-31"),
    ],
)
def test_named_periods_count_from_the_last_covered_day(
    name: str, first: str, last: str, first_before: str, last_before: str
) -> None:
    asked, before = preset(name, COVERED)
    shown = [str(one) for one in (asked.start, asked.last, before.start, before.last)]
    assert shown == [first, last, first_before, last_before]
    assert before.end == asked.start


@given(DAYS, DAYS, some.sampled_from(["day", "week", "month"]))
def test_buckets_cover_a_period_without_gap_or_overlap(one: date, other: date, grain: Grain) -> None:
    span = Span(min(one, other), max(one, other))
    found = buckets(span, grain)
    assert all(after(a, grain) == b for a, b in pairwise(found))
    if span.days:
        assert found[0] <= span.start < after(found[0], grain)
        assert found[-1] == bucket(span.last, grain)


def test_a_period_that_is_not_wholly_covered_is_cut_and_not_compared() -> None:
    found = period(Span(date(2023, 12, 1), date(2024, 2, 1)), Span(date(2023, 10, 1), date(2023, 12, 1)), COVERED)
    assert (found.span, found.before, found.is_partial) == (Span(COVERED.start, date(2024, 2, 1)), None, True)


def test_an_address_is_read() -> None:
    found = read(
        {"period": "custom", "from": "2026-01-05", "to": "2026-01-11", "grain": "day", "queue": UNKNOWN,
         "category": "Drucken", "customer": str(ANNA), "as_of": "2026-01-08", "basis": "calendar", "behind": "opened"},
        CHOICES, ("opened",),
    )  # fmt: skip
    assert found.trouble == ()
    assert found.period.span == Span(date(2026, 1, 5), date(2026, 1, 12))
    assert found.period.before == Span(date(2025, 12, 29), date(2026, 1, 5))
    assert found.narrowing == Narrowing(ANNA, UNKNOWN, "Drucken")
    assert found.narrowing.parameters["queue"] is None
    assert found.narrowing.parameters["by_queue"]
    assert (found.grain, found.basis, found.as_of, found.behind) == ("day", "calendar", date(2026, 1, 8), "opened")


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ({"period": "yesterday"}, "not_among"),
        ({"period": "custom", "from": "2026-02-30", "to": "2026-03-01"}, "no_day"),
        ({"period": "custom", "from": "2026-03-02", "to": "2026-03-01"}, "no_span"),
        ({"period": "custom", "from": "1999-01-01", "to": "1999-12-31"}, "not_covered"),
        ({"as_of": "soon"}, "no_day"),
        ({"as_of": "2031-01-01"}, "not_covered"),
        ({"queue": "' or 1=1 --"}, "not_among"),
        ({"customer": "22222222-2222-4222-8222-222222222222"}, "not_among"),
        ({"grain": "hour"}, "not_among"),
        ({"basis": "x"}, "not_among"),
        ({"behind": "x"}, "not_among"),
    ],
)
def test_what_makes_no_sense_is_told_and_left_out(address: dict[str, str], reason: str) -> None:
    found = read(address, CHOICES, ("opened",))
    assert reason in {one.reason for one in found.trouble}
    assert found.preset == DEFAULT_PERIOD
    assert found.narrowing == Narrowing()
    assert found.behind is None


NAMES = some.sampled_from(["period", "from", "to", "grain", "as_of", "queue", "customer"])


# named: the table of all of Unicode takes seconds to make
LETTERS = "aZ09äß-_/%&=[]()<>\"'\\ \t\n\x00\u202e\u0661"
VALUES = some.sampled_from(["custom", "2026-01-01", "0001-01-01", "9999-12-31", "day"]) | some.text(LETTERS, max_size=9)


@example({"period": "custom", "from": "9999-12-31", "to": "9999-12-31"})
@given(some.dictionaries(NAMES, VALUES))
def test_no_address_breaks_the_page(address: dict[str, str]) -> None:
    found = read(address, CHOICES, ())
    assert COVERED.start <= found.period.span.start < found.period.span.end <= COVERED.end


@pytest.mark.parametrize("name", [one for one in PRESETS if one != "custom"])
def test_every_named_period_is_read(name: str) -> None:
    assert read({"period": name}, CHOICES, ()).preset == name


def test_numbers_are_written_as_the_reader_does() -> None:
    assert [written(1234.5, "count", one) for one in ("de", "en")] == ["1.235", "1,235"]
    assert [written(98.76, "percent", one) for one in ("de", "en")] == ["98,8\u202f%", "98.8%"]
    assert [written(5970, "duration", one) for one in ("de", "en")] == ["1,7\u202fh", "1.7\u202fh"]
    assert written(5940, "duration", "de") == "99\u202fmin"
    assert [written(None, "count", one) for one in ("de", "en")] == ["unbekannt", "unknown"]
    assert written(0, "count", "de") == "0"
    assert [written(one, "days", "de") for one in (1, 2)] == ["1\u202fTag", "2\u202fTage"]
    assert [day(date(2026, 6, 1), one) for one in ("de", "en")] == ["01.06.2026", "1\u00a0Jun\u00a02026"]
    assert instant(datetime(2026, 6, 1, 22, 30, tzinfo=UTC), "Europe/Berlin", "de") == "02.06.2026,\u00a000:30"
    assert bucket_name(date(2026, 12, 28), "week", "de") == "KW\u00a053/2026"
    assert bucket_name(date(2025, 12, 29), "week", "en") == "W1\u00a02026"
    # a file keeps to the standard
    assert [bucket_code(date(2025, 12, 29), one) for one in ("day", "week")] == ["2025-12-29", "2026-W01"]
    assert bucket_code(date(2025, 12, 1), "month") == "2025-12"


def test_a_change_has_a_sign_and_none_is_none() -> None:
    assert change(110, 100, "count", "en") == "+10.0%"
    assert change(90.0, 95.5, "percent", "de") == "\u22125,5\u202fPp."
    assert change(100, 100.01, "duration", "en") == "±0.0%"
    assert change(5, 0, "count", "de") is None
    assert change(None, 3, "count", "de") is None
    assert change(3, None, "percent", "de") is None


def test_wilson_by_hand() -> None:
    low, high = wilson(9, 10) or (0, 0)
    assert (round(low, 1), round(high, 1)) == (59.6, 98.2)
    assert wilson(0, 0) is None
    assert wilson(5, 5) == (pytest.approx(56.55, abs=0.01), 100.0)


def test_links_say_exactly_what_was_counted() -> None:
    span = Span(date(2026, 3, 1), date(2026, 4, 1))
    assert links.opened("http://d", span, Narrowing(ANNA, "Service Desk", None), "Europe/Berlin") == (
        "http://d/tickets?opened_from=2026-02-28T23%3A00%3A00Z&opened_before=2026-03-31T22%3A00%3A00Z"
        f"&customer_id={ANNA}&queue=Service+Desk"
    )
    # the desk's list cannot ask for tickets without a queue
    assert links.opened("http://d", span, Narrowing(queue=UNKNOWN), "Europe/Berlin") is None


def test_a_file_opens_in_a_spreadsheet_and_runs_nothing() -> None:
    rows = [("T1", 1.5, None, "=cmd()"), ("T2", 2, date(2026, 1, 2), "@x")]
    text = as_csv(["Nummer", "n", "Tag", "Betreff"], rows, "de").decode("utf-8-sig")
    assert text == "Nummer;n;Tag;Betreff\r\nT1;1,5;;'=cmd()\r\nT2;2;2026-01-02;'@x\r\n"
    assert as_csv(["a", "b"], [(1.5, "x")], "en").startswith(b"\xef\xbb\xbfa,b\r\n1.5,x")


@pytest.mark.parametrize(("gain", "verdict"), [(-0.05, "better"), (-0.01, "even"), (0.02, "even"), (0.03, "worse")])
def test_only_a_difference_beyond_its_error_counts(gain: float, verdict: str) -> None:
    scores = [
        {"model": "median", "horizon_group": "all", "rel_mae": 0.6, "gain_on_median": 0.0, "gain_on_median_se": 0.0,
         "periods_judged": 728},
        {"model": "prophet", "horizon_group": "all", "rel_mae": 0.6 - gain, "gain_on_median": gain,
         "gain_on_median_se": 0.02, "periods_judged": 728},
    ]  # fmt: skip
    found = against_prophet(scores)
    assert found is not None
    assert (found.verdict, found.n) == (verdict, 728)
    assert against_prophet(scores[:1]) is None
    assert against_prophet([scores[0], scores[1] | {"gain_on_median": None}]) is None


def test_hits_count_only_forecasts_with_an_interval() -> None:
    rows = [{"is_inside_80": one} for one in (True, False, None, True)]
    assert inside(rows, "80") == (2, 3)
