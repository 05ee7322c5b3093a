"""What a person is called is found as people write it, and what others are called is left alone."""

import re

import pytest

from operational.core.personal.words import Matcher, Words

ANNA = Words(frozenset({"Anna-Lena Müller"}), frozenset({"a.mueller@kern.example"}), frozenset({"+49 (0)89 4711-0815"}))


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("Von anna-lena müller", "Von X"),
        ("Müller, Anna-Lena", "X"),
        ("ANNA LENA MÜLLER!", "X!"),
        ("anna-lena mueller", "X"),
        ("Anna-Lena Müllers", "Anna-Lena Müllers"),
        ("mailto:A.Mueller@Kern.example, bitte", "mailto:X, bitte"),
        ("sara.mueller@kern.example", "sara.mueller@kern.example"),
        ("a.mueller@kern.example.org", "X.org"),
        ("Tel. 089/4711 0815 oder +49 89 47110815", "Tel. X oder X"),
        ("0049 89 4711 0815", "X"),
        ("Ticket 4711 0815 1", "Ticket 4711 0815 1"),
        ("Frau Müller rief an", "Frau Müller rief an"),
    ],
)
def test_texts_of_anybody(text: str, after: str) -> None:
    matcher = ANNA.everywhere()
    assert matcher.replaced(text, "X") == after
    if text != after:
        assert matcher.sql is not None
        # PostgreSQL's pattern finds at least as much
        assert re.search(matcher.sql, text, re.IGNORECASE)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("Frau Müller rief an. Grüße, Anna", "Frau X rief an. Grüße, X"),
        ("Anna Schmidt und die Müllerei", "Anna Schmidt und die Müllerei"),
        ("anna ist da", "anna ist da"),
        ("Liebe Anna-Lena, Frau Mueller", "Liebe X, Frau X"),
    ],
)
def test_parts_of_a_name_count_in_own_texts(text: str, after: str) -> None:
    assert ANNA.in_own().replaced(text, "X") == after


def test_json_is_searched_in_names_and_values_at_any_depth() -> None:
    content = {"caller": ["Anna-Lena Müller", 3, None], "a.mueller@kern.example": {"deep": "Müller Anna-Lena"}}
    assert ANNA.everywhere().replaced(content, "X") == {"caller": ["X", 3, None], "X": {"deep": "X"}}


def test_a_single_word_is_a_name_in_own_texts_only() -> None:
    info = Words(frozenset({"Info"}))
    assert info.everywhere() == Matcher(None, None)
    assert info.in_own().replaced("Info an Info: info", "X") == "X an X: info"


def test_what_others_are_called_too_is_not_theirs_alone() -> None:
    shared = Words(frozenset({"ANNA-LENA MÜLLER"}), frozenset(), frozenset({"+49 (0)89 4711-0815"}))
    assert ANNA.without(shared) == Words(frozenset(), ANNA.emails, frozenset())


def test_titles_and_short_numbers_are_nobodys() -> None:
    words = Words(frozenset({"Dr. Max von Ost"}), frozenset(), frozenset({"110", "12345"}))
    assert words.in_own().replaced("Dr. von 110 12345 Max, Ost", "X") == "Dr. von 110 12345 X, X"
