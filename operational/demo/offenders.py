"""Planted repeat offenders: people who call more than others, and devices that break again and again."""

from collections.abc import Sequence
from dataclasses import dataclass

from operational.demo.chance import Dice
from operational.demo.world import Customer

ONE_IN = 12  # customers for one offender of each kind
SEATS = 12  # smaller customers have too few people to tell
PEOPLE_CATEGORIES = ("Arbeitsplatz", "Konto und Zugriff", "E-Mail", "Fachanwendung")
PEOPLE_SHARE = 0.62  # of the customer's tickets in that category
# category, subcategories, the slot and the name of the device by language
DEVICES = (
    ("Drucken", ("Druckausfall", "Druckbild"), "printer", {"de": "der Etagendrucker DR-07", "en": "copier DR-07"}),
    ("Arbeitsplatz", ("Leistung", "Betriebssystem"), "device", {"de": "das Notebook NB-0113", "en": "laptop NB-0113"}),
    ("Hardware", ("Defekt",), "device", {"de": "der PC PC-0042", "en": "PC PC-0042"}),
)
DEVICE_SHARE = 0.5  # of the customer's tickets in that category


@dataclass(frozen=True)
class Caller:
    """A contact who opens most of a customer's tickets of one category; positions of customer and contact."""

    customer: int
    contact: int
    category: str


@dataclass(frozen=True)
class Device:
    """A device behind half of a customer's tickets of one category."""

    customer: int
    category: str
    kinds: tuple[str, ...]
    slot: str
    names: dict[str, str]


@dataclass(frozen=True)
class Offenders:
    """Who and what was planted, by position of the customer."""

    callers: dict[int, Caller]
    devices: dict[int, Device]

    def caller(self, dice: Dice, customer: int, category: str) -> int | None:
        """The planted contact, where the next ticket shall be theirs."""
        found = self.callers.get(customer)
        return found.contact if found and found.category == category and dice.chance(PEOPLE_SHARE) else None

    def device(self, dice: Dice, customer: int, category: str) -> Device | None:
        """The planted device, where the next ticket shall be about it."""
        found = self.devices.get(customer)
        return found if found and found.category == category and dice.chance(DEVICE_SHARE) else None


def plant_offenders(seed: int, customers: Sequence[Customer]) -> Offenders:
    """Choose them among customers that were there from the beginning and are not tiny."""
    dice = Dice(seed, "offenders")
    count = max(1, round(len(customers) / ONE_IN))
    able = [n for n, c in enumerate(customers) if c.seats >= SEATS and len(c.contacts) > 3]
    order = dice.shuffled(able or range(len(customers)))
    first_devices = order[count:] or order
    callers = {
        n: Caller(n, dice.between(1, 3) % len(customers[n].contacts), dice.pick(PEOPLE_CATEGORIES))
        for n in order[:count]
    }
    devices = {n: Device(n, *DEVICES[rank % len(DEVICES)]) for rank, n in enumerate(first_devices[:count])}
    return Offenders(callers, devices)
