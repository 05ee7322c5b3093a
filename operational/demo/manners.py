"""How somebody writes: tone, signature, care."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from operational.demo.chance import Dice
from operational.demo.texts import misspelled, sentence
from operational.demo.world import Contact, Customer, spelled

TONES, TONE_WEIGHTS = ("formal", "friendly", "short"), (0.3, 0.48, 0.22)
SIGNED = {"formal": 0.65, "friendly": 0.35, "short": 0.15}
CARELESS = 0.55  # the most careless make that many typos a mail on average
PLAIN_UMLAUTS, LOWER_CASE = 0.07, 0.2  # share of all people; share of those who write short
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class Manner:
    """Somebody's way of writing; `typos` is the chance of each of two typos in a mail."""

    tone: str
    signs: bool
    typos: float
    plain: bool
    lower: bool


def draw_manner(dice: Dice) -> Manner:
    """The way of writing of one person."""
    tone = TONES[dice.weighted(TONE_WEIGHTS)]
    return Manner(
        tone,
        dice.chance(SIGNED[tone]),
        CARELESS / 2 * dice.uniform() ** 2,
        dice.chance(PLAIN_UMLAUTS),
        tone == "short" and dice.chance(LOWER_CASE),
    )


class Pen:
    """Writes letters of customers: greeting, text, closing, name and perhaps a signature."""

    def __init__(self, dice: Dice, customers: Sequence[Customer], letters: Mapping[str, Mapping[str, Any]]) -> None:
        self._dice = dice
        self._letters = letters
        self._manners = {k.ref: draw_manner(dice) for c in customers for k in c.contacts}

    def letter(self, text: str, contact: Contact, customer: Customer) -> str:
        """The text as a mail of the contact."""
        manner = self._manners[contact.ref]
        words = self._letters[contact.language]["customer"]
        greeting = self._dice.pick(words["greeting"][manner.tone])
        body = self.careless(text if greeting.endswith(",") and contact.language == "de" else sentence(text), contact)
        closing = f"{self._dice.pick(words['closing'][manner.tone])}\n{self._name(contact, manner)}"
        if manner.signs:
            closing += "\n" + self._signature(words, contact, customer)
        head = f"{greeting}\n\n" if greeting else ""
        return self._spelled(f"{head}{body}\n\n{closing}", manner, customer)

    def careless(self, text: str, contact: Contact) -> str:
        """The text as this person types it."""
        manner = self._manners[contact.ref]
        for _ in range(2):
            if self._dice.chance(manner.typos):
                text = misspelled(self._dice, text)
        return text.lower() if manner.lower else text

    def _name(self, contact: Contact, manner: Manner) -> str:
        return contact.name.split(" ")[0] if manner.tone == "short" else contact.name

    @staticmethod
    def _signature(words: Mapping[str, Any], contact: Contact, customer: Customer) -> str:
        lines = ["--", contact.name, words["role"].format(role=contact.role, customer=customer.name)]
        if contact.phone:
            lines.append(words["phone_line"].format(phone=contact.phone))
        return "\n".join([*lines, contact.email])

    @staticmethod
    def _spelled(text: str, manner: Manner, customer: Customer) -> str:
        text = spelled(text, customer.country)
        return text.translate(UMLAUTS) if manner.plain else text
