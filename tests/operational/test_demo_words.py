"""What is said in the demo's tickets: complete, in the right language, and to nobody real."""

import re
from collections import Counter, defaultdict
from functools import cache
from itertools import product
from statistics import median
from typing import Any

import pytest

from operational.demo.chance import Dice
from operational.demo.plans import MACHINE_KINDS
from operational.demo.slots import Slots, Surroundings
from operational.demo.texts import sentence, stories
from operational.demo.world import words
from operational.imports.fields import prose
from tests.demo_world import World

# words that only one of the languages has
GERMAN = re.compile(
    r"\b(?:der|die|das|und|ist|nicht|bitte|ich|wir|ein|eine|auf|mit|von|für|fuer|sie|danke|dank|anruf|grüße|gruesse|"
    r"zum|im|am|es|geprüft|rückruf|keine?|laut|noch|aus)\b",
    re.IGNORECASE,
)
ENGLISH = re.compile(
    r"\b(?:the|and|is|not|please|we|you|your|to|of|this|with|for|from|have|thanks|thank|has|it|on|regards|call|are|no|"
    r"checked|documented|taken)\b",
    re.IGNORECASE,
)
TEMPLATES = ("s", "p", "f", "m")


@cache
def bodies(world: World) -> dict[str, dict[str, str]]:
    """Texts by ticket and number of the event."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in world.rows("messages"):
        found[row["ticket_ref"]][row["seq"]] = prose(row["body"])
    return found


def test_every_request_reply_and_note_has_its_words(world: World) -> None:
    worded = {
        (event["ticket_ref"], event["seq"])
        for event in world.rows("ticket_events")
        if event["kind"] in ("created", "reply", "note")
    }
    assert {(row["ticket_ref"], row["seq"]) for row in world.rows("messages")} == worded


def test_a_record_is_a_line_and_no_slot_is_left_open(world: World) -> None:
    rows = world.rows("messages")
    assert (world.path / "messages.csv").read_bytes().count(b"\n") == len(rows) + 1
    assert [row for row in rows if re.search(r"[{}]|None", row["body"])] == []
    assert any(r"\n" in row["body"] for row in rows)
    lengths = [len(prose(row["body"])) for row in rows]
    assert 150 < median(lengths) < 250
    assert min(lengths) > 15
    assert max(lengths) < 1500
    # nobody says the same thing all the time
    assert Counter(row["body"] for row in rows).most_common(1)[0][1] < len(rows) / 50


def test_everybody_is_answered_in_their_language(world: World) -> None:
    language = {row["ref"]: row["language"] for row in world.rows("contacts")}
    said: dict[str, list[str]] = defaultdict(list)
    for ticket in world.rows("tickets"):
        texts = bodies(world)[ticket["ref"]]
        # signatures name people, places and roles: only what is said counts
        said[language.get(ticket["contact_ref"], "de")] += [re.split(r"\n--\n", text)[0] for text in texts.values()]
    assert len(said["de"]) > len(said["en"]) > 300
    for name, own, foreign in (("de", GERMAN, ENGLISH), ("en", ENGLISH, GERMAN)):
        wrong = [t for t in said[name] if len(foreign.findall(t)) > len(own.findall(t))]
        assert wrong == []


def test_words_reach_nobody(world: World) -> None:
    text = "\n".join(prose(row["body"]) for row in world.rows("messages"))
    addresses = set(re.findall(r"[\w.+-]+@[\w.-]+", text))
    assert len(addresses) > 20
    assert [a for a in addresses if not a.rstrip(".").endswith(".example")] == []
    numbers = set(re.findall(r"\+\d[\d ]+\d", text))
    ranges = ("+49 30 23125", "+49 40 66969", "+49 69 90009", "+49 89 99998")
    assert numbers
    assert [n for n in numbers if n[:-3] not in ranges] == []


def test_mails_have_copies_quotes_and_mistakes(world: World) -> None:
    texts = [text for found in bodies(world).values() for text in found.values()]
    assert sum(text.startswith("Cc: ") for text in texts) > 100
    assert sum("\n> " in text for text in texts) > 50
    assert sum("fuer " in text or "Gruesse" in text for text in texts) > 20


def test_switzerland_writes_no_sharp_s(world: World) -> None:
    swiss = {row["ref"] for row in world.rows("customers") if row["country"] == "CH"}
    tickets = [row["ref"] for row in world.rows("tickets") if row["customer_ref"] in swiss and row["contact_ref"]]
    contacts = {(e["ticket_ref"], e["seq"]) for e in world.rows("ticket_events") if e["actor_kind"] == "contact"}
    said = [text for ref in tickets for seq, text in bodies(world)[ref].items() if (ref, seq) in contacts]
    assert len(said) > 50
    assert [text for text in said if "ß" in text] == []


def test_duplicates_are_somebody_elses_and_closed_at_once(world: World) -> None:
    duplicates = world.truth.tickets["duplicates"]
    tickets = {row["ref"]: row for row in world.rows("tickets")}
    asked = {row["ticket_ref"] for row in world.rows("satisfaction")}
    assert 0.005 < len(duplicates) / len(tickets) < 0.03
    closed = 0
    for ref, original in duplicates.items():
        one, other = tickets[ref], tickets[original]
        assert (one["customer_ref"], one["contact_ref"] != other["contact_ref"]) == (other["customer_ref"], True)
        assert other["opened_at"] <= one["opened_at"]
        statuses = [event["status"] for event in world.histories()[ref] if event["status"]]
        if statuses[-1] == "closed":
            closed += 1
            assert statuses == ["new", "open", "resolved", "closed"]
            assert any(original in text for text in bodies(world)[ref].values())
    assert closed > 0.9 * len(duplicates)
    assert not asked & duplicates.keys()


def test_repeat_offenders_stand_out(world: World) -> None:
    offenders = world.truth.repeat_offenders
    right = world.truth.tickets["wrong_category"]
    first = {ref: events[0] for ref, events in world.histories().items()}
    category = {ref: right.get(ref, event["category"]) for ref, event in first.items()}
    assert offenders["callers"]
    for caller in offenders["callers"]:
        of_customer = [t for t in world.rows("tickets") if t["customer_ref"] == caller["customer"] and t["contact_ref"]]
        of_category = Counter(t["contact_ref"] for t in of_customer if category[t["ref"]] == caller["category"])
        assert of_category.most_common(1)[0][0] == caller["contact"]
        assert of_category[caller["contact"]] > 0.5 * of_category.total()
        theirs = Counter(category[t["ref"]] for t in of_customer if t["contact_ref"] == caller["contact"])
        assert theirs.most_common(1)[0][0] == caller["category"]
    for device in offenders["devices"]:
        about = [
            t["subject"]
            for t in world.rows("tickets")
            if t["customer_ref"] == device["customer"] and category[t["ref"]] == device["category"] and t["contact_ref"]
        ]
        assert 0.25 < sum(device["name"] in subject for subject in about) / len(about) < 0.75


def test_both_languages_tell_of_everything_and_machines_of_what_they_can() -> None:
    german, english = stories("de"), stories("en")
    assert list(german) == [*words("catalog"), "planted"]
    assert {t: list(kinds) for t, kinds in german.items()} == {t: list(kinds) for t, kinds in english.items()}
    for topic, kinds in MACHINE_KINDS.items():
        assert all(any("m" in story for story in german[topic][kind]) for kind in kinds)
    for table in (german, english):
        for kinds in table.values():
            for told in kinds.values():
                assert all(len(story["s"]) >= 2 <= len(story["p"]) and len(story["f"]) >= 2 for story in told)


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_template_can_be_filled(language: str) -> None:
    around = Surroundings(language, words("sectors")["craft"]["apps" if language == "de" else "apps_en"], 20)
    known = {"end": "2026-06-30", "leaver": "Ada", "original": "T0000001"}
    for kinds in stories(language).values():
        for story, key in product([s for told in kinds.values() for s in told], TEMPLATES):
            for template in story.get(key, ()):
                assert template.format_map(Slots(Dice(1, "texts"), around, **known))
    filled = [text.format_map(Slots(Dice(1, "texts"), around, **known)) for text in _around_stories(language)]
    assert len(filled) > 60


def _around_stories(language: str) -> list[str]:
    letters = words(f"letters_{language}")
    lists: list[Any] = [letters["note"], letters["customer"]["detail"], letters["customer"]["ask"]]
    lists += [[q["q"], *q["a"]] for kind in letters["desk"]["question"].values() for q in kind]
    return [text for part in lists for text in _flat(part)]


def _flat(part: Any) -> list[str]:
    if isinstance(part, str):
        return [part]
    return [text for inner in (part.values() if isinstance(part, dict) else part) for text in _flat(inner)]


def test_german_nouns_take_their_case() -> None:
    slots = Slots(Dice(3, "texts"), Surroundings("de", ["das Fristenbuch"], 10))
    slots.name_it("printer", "der Etagendrucker DR-07")
    assert "{printer}, {der_app}, {dem_printer}, {den_printer}".format_map(slots) == (
        "Etagendrucker DR-07, das Fristenbuch, dem Etagendrucker DR-07, den Etagendrucker DR-07"
    )
    assert slots["n"] == slots["n"]
    assert slots.again() == slots
    with pytest.raises(KeyError):
        slots["no such slot"]


def test_sentences_begin_with_a_capital() -> None:
    assert sentence("der PC steht. danke!\n„wirklich“") == "Der PC steht. Danke!\n„Wirklich“"
    assert sentence("code 0x5.8 kommt") == "Code 0x5.8 kommt"
