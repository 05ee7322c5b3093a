"""Quarters, written numbers, and reading them back from a page's text."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operational.vcio.domain.book import NumberBook, derive
from operational.vcio.domain.numbers import written
from operational.vcio.domain.periods import Quarter, covered
from operational.vcio.domain.printed import compare, pack_id
from operational.vcio.domain.texts import LANGUAGES, texts, written_day


@pytest.mark.parametrize(
    ("value", "unit", "german", "english"),
    [
        ("1234", "count", "1.234", "1,234"),
        ("95.25", "percent", "95,3\u202f%", "95.3%"),
        ("1234.55", "hours", "1.234,6\u202fh", "1,234.6\u202fh"),
        ("5970", "minutes", "1,7\u202fh", "1.7\u202fh"),
        ("5969", "minutes", "99\u202fmin", "99\u202fmin"),
        ("-12.34", "change_percent", "\u221212,3\u202f%", "\u221212.3%"),
        ("0.04", "change_points", "±0,0\u202fPp.", "±0.0\u202fpp"),
        ("-0.04", "change_points", "±0,0\u202fPp.", "±0.0\u202fpp"),
        ("3.2", "change_points", "+3,2\u202fPp.", "+3.2\u202fpp"),
    ],
)
def test_numbers_are_written_in_the_readers_language(value: str, unit: str, german: str, english: str) -> None:
    assert (written(Decimal(value), unit, "de"), written(Decimal(value), unit, "en")) == (german, english)


def test_unknown_is_a_word() -> None:
    assert [written(None, "count", language) for language in LANGUAGES] == ["unbekannt", "unknown"]


def test_both_languages_say_the_same_things() -> None:
    german, english = texts("de"), texts("en")
    assert german.keys() == english.keys()
    assert german["channels"].keys() == english["channels"].keys()
    assert [written_day(date(2016, 5, 8), language) for language in LANGUAGES] == ["08.05.2016", "2016-05-08"]


def test_quarters() -> None:
    assert [str(Quarter.parse(text)) for text in ("2016Q2", "2016q2", " 2016-Q2 ")] == ["2016Q2"] * 3
    for text in ("2016", "2016Q5", "Q2 2016", ""):
        with pytest.raises(ValueError, match="write it like 2016Q2"):
            Quarter.parse(text)
    fourth = Quarter(2016, 4)
    assert (fourth.start, fourth.end, str(fourth.next)) == (date(2016, 10, 1), date(2017, 1, 1), "2017Q1")
    assert str(Quarter(2017, 1).previous) == "2016Q4"
    assert fourth.months[-1] == (date(2016, 12, 1), date(2017, 1, 1))


@given(st.integers(1990, 2100), st.integers(1, 4))
def test_the_quarter_before_the_next_is_itself(year: int, number: int) -> None:
    quarter = Quarter(year, number)
    assert quarter.next.previous == quarter
    assert quarter.next.start == quarter.end


@pytest.mark.parametrize(
    ("first", "last", "span"),
    [
        ("2016-02-29", "2016-05-08", ("2016-04-01", "2016-05-09", True)),
        ("2016-05-01", "2017-01-01", ("2016-05-01", "2016-07-01", True)),
        ("2016-04-01", "2016-06-30", ("2016-04-01", "2016-07-01", False)),
        ("2016-06-30", "2016-06-30", ("2016-06-30", "2016-07-01", True)),
        ("2016-07-01", "2016-09-01", None),
        ("2016-01-01", "2016-03-31", None),
    ],
)
def test_the_covered_part_of_a_quarter(first: str, last: str, span: tuple[str, str, bool] | None) -> None:
    found = covered(Quarter(2016, 2), date.fromisoformat(first), date.fromisoformat(last))
    assert (None if found is None else (str(found.start), str(found.end), found.is_partial)) == span


def test_a_number_that_differs_is_named_and_so_is_one_that_is_gone_or_strange() -> None:
    text = "Neue Tickets 1.2 34 [E01] ein Wort 5 [E02]\nmehr 95,3\n% [E03] 7 [E99] 15 [E05]"
    expected = {"E01": "1.234", "E02": "6", "E03": "95,3\u202f%", "E04": "8", "E05": "5"}
    assert {(m.evidence_id, m.expected, m.printed) for m in compare(text, expected)} == {
        ("E02", "6", "5"),
        ("E99", "no such number", "7"),
        ("E04", "8", "nothing"),
        # a digit too many in front is another number
        ("E05", "5", "15"),
    }


def test_a_sign_belongs_to_the_number() -> None:
    assert compare("Änderung \u22125,0 % [E01]", {"E01": "5,0\u202f%"})
    assert not compare("Änderung \u22125,0 % [E01]", {"E01": "\u22125,0\u202f%"})


def test_the_packs_own_id_is_read_though_the_line_was_broken() -> None:
    assert pack_id("Seite 1 psa-pack:0f8fad5b-d9cb-469f-\na165-70867728950e") == "0f8fad5b-d9cb-469f-a165-70867728950e"
    assert pack_id("no id") is None


def test_changes_are_computed_from_known_numbers_only() -> None:
    assert derive("change_percent", [Decimal(150), Decimal(120)]) == 25
    assert derive("change_points", [Decimal(95), Decimal("97.5")]) == Decimal("-2.5")
    assert derive("change_percent", [Decimal(5), Decimal(0)]) is None
    assert derive("change_percent", [None, Decimal(5)]) is None


def test_the_book_numbers_in_printing_order_and_keeps_the_way_back() -> None:
    book = NumberBook(lambda query, aggregate, parameters: (Decimal(parameters["n"]), 3), "de")
    now, before = book.metric("opened", "Neue Tickets", n=12), book.metric("opened", "Neue Tickets (früher)", n=10)
    change = book.change("Änderung", now, before)
    assert [number.id for number in book.numbers] == ["E01", "E02", "E03"]
    assert (now.query, now.parameters, now.row_count) == ("tickets_opened", {"n": 12}, 3)
    assert (change.printed, change.inputs, change.query) == ("+20,0\u202f%", ("E01", "E02"), None)
