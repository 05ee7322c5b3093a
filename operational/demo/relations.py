"""The firm's relations with its customers while the desk works: who is still one, who gives notice."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from operational.demo.calendar import ZONE, Horizon, local_day
from operational.demo.chance import Dice
from operational.demo.churn import Departures
from operational.demo.contracts import Book
from operational.demo.farewells import Farewells
from operational.demo.journal import Ticket
from operational.demo.satisfaction import Survey
from operational.demo.standing import Standing
from operational.demo.work import Session
from operational.demo.world import Customer, Plan

FINAL_MONTH_DAYS, FINAL_MONTH = 30, 0.55  # share of the usual tickets that still come
FAREWELLS = ("notice", "off_boarding")


class Relations:
    """Reviews every customer on the first of a month, and knows which tickets still come."""

    def __init__(
        self,
        seed: int,
        horizon: Horizon,
        customers: Sequence[Customer],
        book: Book,
        survey: Survey,
        farewells: Farewells,
    ) -> None:
        self._dice = Dice(seed, "thinning")
        self._horizon = horizon
        self._customers = customers
        self._book = book
        self._survey = survey
        self._farewells = farewells
        self._standing = Standing(book, survey.promises)
        self.departures = Departures(seed)

    def reviews(self) -> list[int]:
        """The first instant of every month that lies wholly in the horizon."""
        months = []
        month = _next(self._horizon.first - timedelta(days=1))
        while _next(month) - timedelta(days=1) <= self._horizon.last:
            months.append(int(datetime.combine(month, time(), ZONE).timestamp()))
            month = _next(month)
        return months

    def ticket(self, plan: Plan, original: Ticket | None = None) -> Ticket:
        """The ticket a plan will become."""
        customer = self._customers[plan.customer]
        contact_ref = "" if plan.contact is None else customer.contacts[plan.contact].ref
        contract = self._book.at(customer.ref, local_day(plan.opened))
        return Ticket(plan, customer.ref, contact_ref, contract, original=original)

    def comes(self, ticket: Ticket) -> bool:
        """Whether the ticket arrives: not after the customer's last day, and fewer in the last month."""
        if ticket.original is not None and not ticket.original.ref:
            return False
        until = self._customers[ticket.plan.customer].until
        if until is None or ticket.plan.event in FAREWELLS:
            return True
        left = (until - local_day(ticket.plan.opened)).days
        return left >= 0 and (left >= FINAL_MONTH_DAYS or self._dice.chance(FINAL_MONTH))

    def review(self, at: int, tickets: Sequence[Ticket], sessions: Sequence[Session]) -> list[Ticket]:
        """Take stock at the beginning of a month; returns the tickets of those who give notice in it."""
        month = local_day(at)
        self._standing.take_in(tickets, self._survey.answers, sessions)
        coming: list[Ticket] = []
        for position, customer in enumerate(self._customers):
            contract = self._book.at(customer.ref, month)
            if contract is None or not self.departures.at_risk(customer, month):
                continue
            inputs = self._standing.inputs(customer, month, at)
            departure = self.departures.draw(customer, month, inputs, contract.kind)
            if departure is not None:
                plans = self._farewells.of_departure(position, departure)
                coming += [self.ticket(plan) for plan in plans if plan.opened < self._horizon.end]
        return coming


def _next(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
