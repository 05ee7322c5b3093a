"""What people write beside the score they give."""

from operational.demo.chance import Dice
from operational.demo.world import Contact, Customer, spelled, words

MIDDLE, HIGH = 3, 4


class Comments:
    """Picks a sentence that fits the score, in the contact's language."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._lines = words("comments")

    def write(self, score: int, grievance: str, contact: Contact, customer: Customer) -> str:
        """A comment; `grievance` says what a low score is about: `late`, `again` or `other`."""
        lines = self._lines[contact.language]
        band = lines["high"] if score >= HIGH else lines["middle"] if score == MIDDLE else lines["low"][grievance]
        return spelled(self._dice.pick(band), customer.country)
