"""What every ticket is and needs, drawn before the queue is simulated."""

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

from operational.demo.calendar import Horizon
from operational.demo.champions import CHAMPION
from operational.demo.chance import Dice
from operational.demo.demand import Arrivals
from operational.demo.offenders import Offenders
from operational.demo.texts import PLANTED, Texts, stories
from operational.demo.world import (
    FIELD,
    PRIORITIES,
    PROJECTS,
    SERVICE_DESK,
    Contact,
    Customer,
    Plan,
    PlannedEvent,
    Segment,
    words,
)

WRONG_CATEGORY, MISJUDGED = 0.08, 0.17
TOUCH_MINUTES = (4, 9)
REOPENED_EFFORT = 0.45
LONGEST_SEGMENT = 300
TRAVEL_MINUTES = (24, 70)
URGENT = {"provider_outage": (8, 42, 45, 5), "ransomware_scare": (12, 38, 42, 8)}
EVENT_EFFORT = {"provider_outage": 0.75, "ransomware_scare": 1.4, "patch_tuesday": 0.9}
PAUSE_MEDIAN = {"customer": (480, 1.1), "vendor": (1900, 0.8), "appointment": (900, 0.6)}  # business minutes, sigma
PAUSE_LONGEST = 4800
LEVELS = {
    "p1": ((1, 1), (1, 2), (2, 1)),
    "p2": ((2, 2), (1, 3), (3, 1), (2, 3), (3, 2), (1, 4)),
    "p3": ((3, 3), (2, 4), (4, 2), (3, 4), (4, 3), (2, 5)),
    "p4": ((4, 4), (5, 3), (3, 5), (4, 5), (5, 4), (5, 5)),
}
# what a machine can notice
MACHINE_KINDS = {
    "Arbeitsplatz": ("Betriebssystem",), "Drucken": ("Druckbild",), "E-Mail": ("Zustellung",), "Netzwerk": ("Switch",),
    "Server": ("Dienst", "Speicherplatz", "Auslastung"), "Telefonie": ("Anlage",), "Fachanwendung": ("Störung",),
    "Sicherheit": ("Schadsoftware", "Schwachstelle"), "Backup": ("Sicherungslauf",), "Hardware": ("Defekt",),
}  # fmt: skip


def priority_of(levels: tuple[int, int]) -> str:
    """The priority that impact and urgency lead to."""
    score = sum(levels)
    return PRIORITIES[0 if score <= 3 else 1 if score <= 5 else 2 if score <= 7 else 3]


def channel_of(dice: Dice, priority: str) -> str:
    """How somebody gets in touch; with something urgent most pick up the phone."""
    weights = (35, 55, 10) if priority in ("p1", "p2") else (63, 20, 17)
    return ("mail", "phone", "portal")[dice.weighted(weights)]


@dataclass
class _Crowd:
    contacts: list[Contact]
    bounds: list[float]


class Planner:
    """Draws plans; `minutes_wanted` is the work of all tickets together, which sets the scale of the efforts."""

    def __init__(
        self,
        seed: int,
        horizon: Horizon,
        customers: Sequence[Customer],
        events: Sequence[PlannedEvent],
        offenders: Offenders,
        texts: Texts,
    ) -> None:
        self._dice = Dice(seed, "plans")
        self._texts = texts
        self._offenders = offenders
        self._horizon = horizon
        self._customers = customers
        self._catalog: list[tuple[str, dict[str, Any]]] = list(words("catalog").items())
        self._kinds = {name: list(stories("de")[name]) for name, _ in self._catalog}
        self._crowds = [_Crowd(c.contacts, list(accumulate(k.weight for k in c.contacts))) for c in customers]
        self._events: dict[int, list[tuple[PlannedEvent, float]]] = {}
        for event in events:
            for day, factor in event.multipliers.items():
                self._events.setdefault(horizon.index(day), []).append((event, factor))
        self._raw: list[list[float]] = []

    def plan(self, arrivals: Arrivals, minutes_wanted: float) -> tuple[list[Plan], float]:
        """A plan per ticket, and the factor by which the efforts of the catalogue were stretched."""
        plans = [
            self._one(*arrival)
            for arrival in zip(
                arrivals.opened, arrivals.customer, arrivals.category, arrivals.day, arrivals.machine, strict=True
            )
        ]
        fixed = sum(sum(TOUCH_MINUTES) / 2 + sum(s.travel for s in p.segments) for p in plans)
        effort = sum(sum(raw) * (1 + p.reopen * REOPENED_EFFORT) for p, raw in zip(plans, self._raw, strict=True))
        scale = max(0.2, (minutes_wanted - fixed) / effort)
        for plan, raw in zip(plans, self._raw, strict=True):
            plan.segments = [
                Segment(min(max(3, round(minutes * scale)), LONGEST_SEGMENT), segment.mode, segment.travel)
                for segment, minutes in zip(plan.segments, raw, strict=True)
            ]
        return plans, scale

    def _one(self, opened: int, customer: int, category: int, day: int, machine: bool) -> Plan:
        dice, house = self._dice, self._customers[customer]
        name, rules = self._catalog[category]
        event = None if machine else self._event(house.ref, name, day)
        contact = None if machine else self._contact(customer, name, self._horizon.day(day))
        person = self._crowds[customer].contacts[contact] if contact is not None else None
        levels, priority = self._urgency(rules, event, person)
        said, said_priority = self._misjudge(levels, priority)
        device = None if event or machine else self._offenders.device(dice, customer, name)
        subcategory = dice.pick(device.kinds if device else MACHINE_KINDS[name] if machine else self._kinds[name])
        said_category, said_subcategory = name, subcategory
        if dice.chance(WRONG_CATEGORY):
            said_category = dice.pick([other for other, _ in self._catalog if other != name])
            said_subcategory = dice.pick(self._kinds[said_category])
        queue, pauses = self._way(rules, machine)
        segments = self._segments(rules, queue, len(pauses), EVENT_EFFORT.get(event or "", 1.0))
        topic, kind = (PLANTED, event) if event else (name, subcategory)
        language = person.language if person else "de"
        slots = self._texts.slots(house, language)
        if device is not None:
            slots.name_it(device.slot, device.names[language])
        story = self._texts.story(topic, kind, language, machine, device.slot if device else "")
        return Plan(
            opened=opened, customer=customer, category=name, subcategory=subcategory, said_category=said_category,
            said_subcategory=said_subcategory,
            channel="monitoring" if machine else channel_of(dice, said_priority), contact=contact,
            site_ref=person.site_ref if person else house.sites[0].ref, levels=levels, said=said, priority=priority,
            said_priority=said_priority, queue=queue, segments=segments, pauses=pauses,
            reopen=rules["reopen"] * (1.8 if said_category != name else 1.0), event=event,
            subject=self._texts.subject(story, slots, person, house), story=story, slots=slots,
        )  # fmt: skip

    def _event(self, customer: str, category: str, day: int) -> str | None:
        """The planted event behind a ticket: the share of the demand that would not be there without it."""
        found: tuple[float, str | None] = (1.0, None)
        for event, factor in self._events.get(day, ()):
            if factor > found[0] and category in event.categories and customer in event.customers:
                found = (factor, event.kind)
        return found[1] if found[1] and self._dice.chance(1 - 1 / found[0]) else None

    def _contact(self, customer: int, category: str, day: date) -> int:
        planted = self._offenders.caller(self._dice, customer, category)
        if planted is not None:
            return planted
        crowd = self._crowds[customer]
        found = min(bisect(crowd.bounds, self._dice.uniform() * crowd.bounds[-1]), len(crowd.contacts) - 1)
        left = self._customers[customer].champion_left
        return len(crowd.contacts) - 1 if found == CHAMPION and left is not None and day >= left else found

    def _urgency(self, rules: dict[str, Any], event: str | None, person: Contact | None) -> tuple[tuple[int, int], str]:
        priority = PRIORITIES[self._dice.weighted(URGENT.get(event or "", rules["priorities"]))]
        levels = self._dice.pick(LEVELS[priority])
        if person is not None and person.vip and priority == "p4":
            priority = "p3"
        return levels, priority

    def _misjudge(self, levels: tuple[int, int], priority: str) -> tuple[tuple[int, int], str]:
        dice = self._dice
        if not dice.chance(MISJUDGED):
            return levels, priority
        off = [level + dice.pick((-1, 0, 1, 1)) for level in levels]
        said = (min(max(off[0], 1), 5), min(max(off[1], 1), 5))
        return said, priority if said == levels else priority_of(said)

    def _way(self, rules: dict[str, Any], machine: bool) -> tuple[str, list[tuple[str, int]]]:
        """The queue and the pauses on the way."""
        dice = self._dice
        point = dice.uniform()
        queue = FIELD if point < rules["field"] else SERVICE_DESK
        if rules["field"] <= point < rules["field"] + rules["projects"]:
            queue = PROJECTS
        kinds = []
        if not machine and dice.chance(rules["customer"]):
            kinds.append("customer")
            if dice.chance(0.2):
                kinds.append("customer")
        if dice.chance(rules["vendor"]):
            kinds.append("vendor")
        if queue == FIELD and dice.chance(0.75):
            kinds.append("appointment")
        return queue, [(kind, min(PAUSE_LONGEST, round(dice.lognormal(*PAUSE_MEDIAN[kind])))) for kind in kinds]

    def _segments(self, rules: dict[str, Any], queue: str, pauses: int, stretch: float) -> list[Segment]:
        dice = self._dice
        total = dice.lognormal(rules["effort"] * stretch * (1.6 if queue == PROJECTS else 1.0), rules["spread"])
        parts = [0.4 + dice.uniform() for _ in range(pauses + 1)]
        self._raw.append([total * part / sum(parts) for part in parts])
        mode = "phone" if dice.chance(0.12) else "remote"
        made = [Segment(0, mode) for _ in range(pauses)]
        travel = dice.between(*TRAVEL_MINUTES) // 2 * 2 if queue == FIELD else 0
        return [*made, Segment(0, "on_site" if queue == FIELD else "remote", travel)]
