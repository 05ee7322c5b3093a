"""What the demo's customers answer: as often as planned, and worse where the desk was slow."""

from collections import defaultdict
from math import sqrt
from statistics import mean
from typing import Any

import pytest

from operational.demo.calendar import Clock, public_holidays
from operational.demo.chance import Dice
from operational.demo.comments import Comments
from operational.demo.world import words
from tests.demo_world import UNTIL, World, instant


def answered(world: World) -> dict[str, int]:
    """Scores by ticket."""
    return {row["ticket_ref"]: int(row["score"]) for row in world.rows("satisfaction") if row["score"]}


def waits(world: World) -> dict[str, int]:
    """Business seconds from the opening to the first reply of a person."""
    first = UNTIL.replace(year=UNTIL.year - 1)
    clock = Clock([[(450, 1050)]] * 5 + [[], []], public_holidays("DE", "HH", first.year, UNTIL.year), first, UNTIL)
    found = {}
    for ref, events in world.histories().items():
        reply = next((e for e in events if e["kind"] == "reply" and e["actor_kind"] == "staff"), None)
        if reply:
            begin, end = (int(instant(e["occurred_at"]).timestamp()) for e in (events[0], reply))
            found[ref] = clock.seconds(begin, end)
    return found


def test_who_is_asked_and_when(world: World) -> None:
    tickets = {ticket["ref"]: ticket for ticket in world.rows("tickets")}
    closed = {
        ref: next(e["occurred_at"] for e in events if e["status"] == "closed")
        for ref, events in world.histories().items()
        if any(e["status"] == "closed" for e in events)
    }
    asked = world.rows("satisfaction")
    assert len(asked) > 3000
    assert len({row["ticket_ref"] for row in asked}) == len(asked)
    for row in asked:
        assert row["contact_ref"] == tickets[row["ticket_ref"]]["contact_ref"] != ""
        assert closed[row["ticket_ref"]] < row["asked_at"]
        assert not row["answered_at"] or row["asked_at"] < row["answered_at"]
        assert (row["answered_at"] == "") == (row["score"] == "")
    facts = world.truth.satisfaction
    assert facts["asked"] == len(asked)
    assert facts["answered"] == len(answered(world))


def test_the_answer_rate_is_the_planted_one(world: World) -> None:
    # an answer may take two weeks, and the last ones are still to come
    rows = [row for row in world.rows("satisfaction") if row["asked_at"] < "2026-11-08"]
    share, planted = mean(row["score"] != "" for row in rows), world.truth.satisfaction["answer_rate"]
    assert planted == 0.18
    assert abs(share - planted) < 3 * sqrt(planted * (1 - planted) / len(rows))


def test_the_score_falls_with_the_wait_and_with_reopenings(world: World) -> None:
    coefficients = world.truth.satisfaction["coefficients"]
    assert coefficients["missed_response"] < 0 > coefficients["wait"] > coefficients["reopened"]
    scores, seconds = answered(world), waits(world)
    ordered = sorted((seconds[ref], score) for ref, score in scores.items() if ref in seconds)
    fifth = len(ordered) // 5
    assert mean(score for _, score in ordered[:fifth]) > mean(score for _, score in ordered[-fifth:]) + 0.2
    again, once = [], []
    for ref, score in scores.items():
        statuses = [e["status"] for e in world.histories()[ref] if e["status"]]
        (again if statuses.count("resolved") > 1 else once).append(score)
    assert len(again) > 20
    assert mean(once) > mean(again) + 0.3
    assert 0.75 < mean(score >= 4 for score in scores.values()) < 0.95


def test_the_score_depends_on_who_worked(world: World) -> None:
    warmth = {t["ref"]: t["warmth"] for t in world.truth.firm["technicians"]}
    by_worker: dict[str, list[int]] = defaultdict(list)
    for ref, score in answered(world).items():
        assignee = [e["assignee_ref"] for e in world.histories()[ref] if e["assignee_ref"]][-1]
        by_worker[assignee].append(score)
    known = {ref: mean(scores) for ref, scores in by_worker.items() if len(scores) > 60}
    warmest, coldest = max(known, key=lambda ref: warmth[ref]), min(known, key=lambda ref: warmth[ref])
    assert warmth[warmest] > warmth[coldest] + 0.2
    assert known[warmest] > known[coldest]


@pytest.mark.parametrize("band", ["high", "middle", "low"])
def test_comments_speak_the_contacts_language(world: World, band: str) -> None:
    contacts = {row["ref"]: row["language"] for row in world.rows("contacts")}
    bands = {"high": ("4", "5"), "middle": ("3",), "low": ("1", "2")}
    said: dict[str, set[str]] = defaultdict(set)
    for row in world.rows("satisfaction"):
        if row["comment"] and row["score"] in bands[band]:
            said[contacts[row["contact_ref"]]].add(row["comment"])
    assert len(said["de"]) > 2
    for language, comments in said.items():
        assert comments <= set(spelled(flat(words("comments")[language][band])))


def flat(lines: Any) -> list[str]:
    """All sentences of a band."""
    return [s for part in lines.values() for s in part] if isinstance(lines, dict) else list(lines)


def spelled(lines: list[str]) -> list[str]:
    """With ß, and as Switzerland writes."""
    return [*lines, *(line.replace("ß", "ss") for line in lines)]


def test_a_comment_fits_its_score() -> None:
    comments = Comments(Dice(1, "satisfaction"))
    lines = words("comments")["de"]
    contact: Any = type("Contact", (), {"language": "de"})
    customer: Any = type("Customer", (), {"country": "DE"})
    assert comments.write(5, "other", contact, customer) in lines["high"]
    assert comments.write(1, "late", contact, customer) in lines["low"]["late"]
