"""What a ticket is about: a story, and its subject with now and then a typo."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from operational.demo.chance import Dice
from operational.demo.slots import Slots, Surroundings
from operational.demo.world import Contact, Customer, spelled, words

TYPO_SHARE = 0.05
FILES = {"de": ("stories_de_a", "stories_de_b"), "en": ("stories_en",)}
PLANTED = "planted"
Story = Mapping[str, Any]


@cache
def stories(language: str) -> Mapping[str, Mapping[str, list[Story]]]:
    """By category (or `planted`) and subcategory (or the kind of what is planted)."""
    found: dict[str, Mapping[str, list[Story]]] = {}
    for name in FILES[language]:
        found |= words(name)
    return found


def sentence(text: str) -> str:
    """The text with a capital at its beginning and behind every full stop, question or exclamation mark."""
    letters = list(text)
    begins = True
    for position, letter in enumerate(letters):
        if begins and letter.isalpha():
            letters[position] = letter.upper()
        begins = (begins and not letter.isalnum()) or (
            letter in ".?!" and position + 1 < len(letters) and letters[position + 1] in " \n"
        )
    return "".join(letters)


def misspelled(dice: Dice, text: str) -> str:
    """One letter inside the text swapped, doubled or lost."""
    at = dice.between(2, len(text) - 3) if len(text) > 6 else 0
    if not at or not (text[at].isalpha() and text[at + 1].isalpha()):
        return text
    return dice.pick(
        (
            text[:at] + text[at + 1] + text[at] + text[at + 2 :],
            text[:at] + text[at] + text[at:],
            text[:at] + text[at + 1 :],
        )
    )


class Texts:
    """Picks stories and writes subjects in German or English."""

    def __init__(self, seed: int) -> None:
        self._dice = Dice(seed, "texts")
        self._sectors = words("sectors")
        self._prefixes = {language: words("slots")[language]["prefix"] for language in FILES}

    def story(self, topic: str, kind: str, language: str, machine: bool, about: str = "") -> Story:
        """A story of the subcategory; for a machine one it can tell, and one whose subject names the slot `about`."""
        told = stories(language)[topic][kind]
        if machine:
            told = [story for story in told if "m" in story]
        if about:
            naming = [(story, [text for text in story["s"] if f"{about}}}" in text]) for story in told]
            told = [{**story, "s": subjects} for story, subjects in naming if subjects]
        return self._dice.pick(told)

    def slots(self, customer: Customer, language: str, **known: str) -> Slots:
        """Empty slots of a ticket of the customer."""
        sector = self._sectors[customer.sector]
        apps = sector["apps"] if language == "de" else sector["apps_en"]
        return Slots(self._dice, Surroundings(language, apps, customer.seats), **known)

    def subject(self, story: Story, slots: Slots, contact: Contact | None, customer: Customer) -> str:
        """A subject; without a contact it is a machine's."""
        text: str = self._dice.pick(story["s"]).format_map(slots)
        if contact is None:
            return f"[Monitoring] {text}"
        text = self._dice.pick(self._prefixes[contact.language]) + text[0].upper() + text[1:]
        text = spelled(text, customer.country)
        return misspelled(self._dice, text) if self._dice.chance(TYPO_SHARE) else text
