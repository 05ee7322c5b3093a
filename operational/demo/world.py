"""What the simulated world consists of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from operational.demo.slots import Slots

SERVICE_DESK, FIELD, PROJECTS = "Service Desk", "Vor-Ort", "Projekte"
PRIORITIES = ("p1", "p2", "p3", "p4")


@cache
def words(name: str) -> Mapping[str, Any]:
    """A word list or table of parameters from the folder `words`."""
    text = (files("operational.demo") / "words" / f"{name}.yaml").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = yaml.safe_load(text)
    return loaded


def ascii_name(name: str) -> str:
    """A name as it stands in a mail address."""
    for letter, plain in zip("äöüßÄÖÜ", ("ae", "oe", "ue", "ss", "Ae", "Oe", "Ue"), strict=True):
        name = name.replace(letter, plain)
    return name.lower().replace(" ", ".")


def spelled(text: str, country: str) -> str:
    """The text as a country spells it: Switzerland writes no ß."""
    return text.replace("ß", "ss") if country == "CH" else text


@dataclass
class Technician:
    """Somebody who works on tickets.

    `queues`: those served, the own one first. `care`: below 1 fewer reopenings than others. `cost_per_hour` in EUR.
    `forgets`: the share of work that is never entered. `warmth`: what people's satisfaction gains by the manner.
    """

    ref: str
    name: str
    email: str
    team: str
    queues: tuple[str, ...]
    active_from: date
    active_to: date | None
    cost_per_hour: int
    care: float
    forgets: float
    warmth: float
    absent: dict[date, str] = field(default_factory=dict)

    def employed(self, day: date) -> bool:
        """Whether the day lies in the employment."""
        return self.active_from <= day and (self.active_to is None or day <= self.active_to)

    def works(self, day: date) -> bool:
        """Whether the technician is employed and not absent; weekends and public holidays are not looked at."""
        return self.employed(day) and day not in self.absent


@dataclass(frozen=True)
class Site:
    """A place of a customer."""

    ref: str
    name: str
    country: str
    subdivision: str
    city: str


@dataclass(frozen=True)
class Contact:
    """A person at a customer; `weight` is the share of tickets relative to the others."""

    ref: str
    name: str
    email: str
    phone: str
    role: str
    vip: bool
    language: str
    site_ref: str
    weight: float


@dataclass
class Customer:
    """A customer. `temper` multiplies the demand; `trend` is its growth per year.

    `champion_left`: when the first contact left; the last contact is the successor. `until` is known once notice was
    given.
    """

    ref: str
    name: str
    sector: str
    country: str
    subdivision: str
    city: str
    seats: int
    since: date
    until: date | None
    language: str
    temper: float
    trend: float
    sites: list[Site] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    champion_left: date | None = None

    def active(self, day: date) -> bool:
        """Whether the firm looked after the customer that day."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Contract:
    """A contract row: what holds from `starts_on` to `ends_on`. `monthly_fee` in whole cents of `currency`."""

    ref: str
    customer_ref: str
    name: str
    kind: str
    starts_on: date
    ends_on: date | None
    monthly_fee: int | None
    currency: str
    included_minutes: int | None
    policy: str | None
    calendar: str | None


@dataclass(frozen=True)
class PlannedEvent:
    """Something planted: the demand of some customers and categories times a multiplier on some days."""

    kind: str
    customers: frozenset[str]
    categories: frozenset[str]
    multipliers: Mapping[date, float]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of work: minutes of work, how, and minutes of travel (both ways) before and after it."""

    minutes: int
    mode: str
    travel: int = 0


@dataclass(slots=True)
class Plan:
    """What a ticket is, drawn before anybody knows how busy the desk will be.

    `story` and `slots` are what its texts tell; `original` is the plan it repeats, seen by somebody else.
    `levels` are impact and urgency as they should be, `said` as they were taken down. Between two segments lies a
    pause of `pauses`: its kind and its business minutes.
    """

    opened: int
    customer: int
    category: str
    subcategory: str
    said_category: str
    said_subcategory: str
    channel: str
    contact: int | None
    site_ref: str
    levels: tuple[int, int]
    said: tuple[int, int]
    priority: str
    said_priority: str
    queue: str
    segments: list[Segment]
    pauses: Sequence[tuple[str, int]]
    reopen: float
    event: str | None
    subject: str
    story: Mapping[str, Any]
    slots: "Slots"
    original: "Plan | None" = None
