"""Tickets that come with a change of people or an end: a champion's successor, a notice, an off-boarding."""

from collections.abc import Sequence
from datetime import date, timedelta
from math import log2

from operational.demo.calendar import HOUR, MINUTE, midnight
from operational.demo.champions import CHAMPION
from operational.demo.chance import Dice
from operational.demo.churn import Departure
from operational.demo.texts import PLANTED, Texts
from operational.demo.world import PROJECTS, SERVICE_DESK, Contact, Customer, Plan, Segment

CATEGORY, LEFT, PROVIDER_CHANGE = "Ein- und Austritt", "Austritt", "Anbieterwechsel"
OFF_BOARDING_DAYS = 45  # before the last day
LEVELS, PRIORITY = (3, 3), "p3"
MINUTES = {"champion_left": (15, 40), "notice": (10, 25), "off_boarding": (30, 150)}


class Farewells:
    """Makes the plans of such tickets."""

    def __init__(self, seed: int, customers: Sequence[Customer], texts: Texts) -> None:
        self._dice = Dice(seed, "farewells")
        self._customers = customers
        self._texts = texts

    def of_champions(self, last: date) -> list[Plan]:
        """One ticket by the successor for every champion who left until the last day."""
        plans = []
        for position, customer in enumerate(self._customers):
            day = customer.champion_left
            if day is not None and (day := _workday(day + timedelta(days=self._dice.between(0, 4)))) <= last:
                known = {"leaver": customer.contacts[CHAMPION].name}
                plans.append(self._plan(position, day, "champion_left", LEFT, SERVICE_DESK, **known))
        return plans

    def of_departure(self, position: int, departure: Departure) -> list[Plan]:
        """The notice, and what the customer and the next provider want before the last day."""
        seats = self._customers[position].seats
        end = f"{departure.until:%d.%m.%Y}" if self._voice(position).language == "de" else str(departure.until)
        plans = [self._plan(position, departure.notice_on, "notice", PROVIDER_CHANGE, SERVICE_DESK, end=end)]
        first = max(departure.until - timedelta(days=OFF_BOARDING_DAYS), departure.notice_on + timedelta(days=1))
        for _ in range(3 + round(log2(seats) * 0.9)):
            day = first + timedelta(days=self._dice.between(0, (departure.until - first).days))
            plans.append(self._plan(position, _workday(day, -1), "off_boarding", PROVIDER_CHANGE, PROJECTS, end=end))
        return plans

    def _voice(self, position: int) -> Contact:
        """Who speaks for the customer; a successor speaks for a champion who left."""
        contacts = self._customers[position].contacts
        return contacts[-1] if self._customers[position].champion_left else contacts[CHAMPION]

    def _plan(self, position: int, day: date, kind: str, subcategory: str, queue: str, **known: str) -> Plan:
        dice, customer = self._dice, self._customers[position]
        contact = self._voice(position)
        slots = self._texts.slots(customer, contact.language, **known)
        story = self._texts.story(PLANTED, kind, contact.language, machine=False)
        return Plan(
            opened=midnight(day) + dice.between(8, 16) * HOUR + dice.between(0, 59) * MINUTE, customer=position,
            category=CATEGORY, subcategory=subcategory, said_category=CATEGORY, said_subcategory=subcategory,
            channel="mail", contact=customer.contacts.index(contact), site_ref=contact.site_ref, levels=LEVELS,
            said=LEVELS, priority=PRIORITY, said_priority=PRIORITY, queue=queue,
            segments=[Segment(dice.between(*MINUTES[kind]), "remote")], pauses=(), reopen=0.02, event=kind,
            subject=self._texts.subject(story, slots, contact, customer), story=story, slots=slots,
        )  # fmt: skip


def _workday(day: date, step: int = 1) -> date:
    while day.weekday() > 4:
        day += timedelta(days=step)
    return day
