"""The world of the demo: set up before its first day, then played to its last."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from operational.demo.calendar import Horizon
from operational.demo.champions import let_champions_go
from operational.demo.churn import expected_to_stay
from operational.demo.contracts import Book, end_contracts, make_contracts
from operational.demo.customers import make_customers
from operational.demo.demand import Demand, draw, make_demand
from operational.demo.duplicates import with_duplicates
from operational.demo.events import plan_events
from operational.demo.farewells import Farewells
from operational.demo.firm import Firm
from operational.demo.journal import Journal, Ticket
from operational.demo.life import Life
from operational.demo.offenders import Offenders, plant_offenders
from operational.demo.plans import REOPENED_EFFORT, TOUCH_MINUTES, Planner
from operational.demo.promises import Promises
from operational.demo.queue import Desk
from operational.demo.relations import Relations
from operational.demo.satisfaction import Survey
from operational.demo.texts import Texts
from operational.demo.work import Timesheet, book_time
from operational.demo.world import Customer, Plan, PlannedEvent

UTILISATION, FULL_TEAM, EASED = 0.81, 12, 0.018  # a small team needs air: less for every technician below
Say = Callable[[str], None]


@dataclass(frozen=True)
class Setting:
    """The world before its first day; `effort_scale` is how far the efforts of the catalogue were stretched."""

    seed: int
    span: Horizon
    firm: Firm
    customers: list[Customer]
    planned: list[PlannedEvent]
    offenders: Offenders
    rates: Demand
    plans: list[Plan]
    effort_scale: float
    book: Book
    farewells: Farewells


@dataclass(frozen=True)
class Played:
    """What happened: the tickets that arrived, in this order, and all that hangs on them."""

    tickets: list[Ticket]
    sheet: Timesheet
    promises: Promises
    survey: Survey
    relations: Relations
    journal: Journal
    life: Life


def planned_utilisation(firm: Firm) -> float:
    """Planned minutes of work per minute on shift."""
    return round(UTILISATION - EASED * max(0, FULL_TEAM - firm.size), 3)


def set_up(seed: int, span: Horizon, customers: int, say: Say) -> Setting:
    """Firm, customers and contracts, and what every ticket will be."""
    say("firm and customers")
    firm = Firm(seed, span, customers)
    crowd = make_customers(seed, span, customers)
    let_champions_go(seed, span, crowd)
    planned = plan_events(seed, span, crowd)
    say("demand")
    rates = make_demand(span, crowd, planned, firm.size)
    arrivals = draw(seed, span, rates)
    say(f"plans of {len(arrivals.opened)} tickets")
    texts, offenders = Texts(seed), plant_offenders(seed, crowd)
    minutes = planned_utilisation(firm) * sum(firm.capacity().values()) / expected_to_stay(span.days)
    plans, scale = Planner(seed, span, crowd, planned, offenders, texts).plan(arrivals, minutes)
    book = make_contracts(seed, span, crowd, _monthly_cost(span, firm, crowd, plans))
    farewells = Farewells(seed, crowd, texts)
    plans = with_duplicates(seed, span.end, crowd, [*plans, *farewells.of_champions(span.last)], texts)
    return Setting(seed, span, firm, crowd, planned, offenders, rates, plans, scale, book, farewells)


def play(setting: Setting, say: Say) -> Played:
    """Let the desk work until the last day is over; customers who give notice get their last day."""
    seed, span, firm, book = setting.seed, setting.span, setting.firm, setting.book
    say("the queue")
    promises, journal = Promises(book, span), Journal(span.end)
    life = Life(span, firm.technicians, journal)
    survey = Survey(seed, firm, setting.customers, promises)
    relations = Relations(seed, span, setting.customers, book, survey, setting.farewells)
    desk = Desk(seed, firm, _tickets(relations, setting.plans), life, survey, relations)
    desk.run()
    end_contracts(book, setting.customers)
    say("time entries")
    sheet = book_time(seed, firm, book, desk.sessions)
    return Played(desk.arrived, sheet, promises, survey, relations, journal, life)


def _monthly_cost(span: Horizon, firm: Firm, customers: Sequence[Customer], plans: Sequence[Plan]) -> dict[str, float]:
    """Expected cost of labour per customer and month, in EUR."""
    hourly = sum(t.cost_per_hour for t in firm.technicians) / len(firm.technicians)
    minutes = [0.0] * len(customers)
    for plan in plans:
        work = sum(s.minutes for s in plan.segments) * (1 + plan.reopen * REOPENED_EFFORT)
        minutes[plan.customer] += work + sum(s.travel for s in plan.segments) + sum(TOUCH_MINUTES) / 2
    cost = {}
    for customer, total in zip(customers, minutes, strict=True):
        months = max(1.0, (span.last - max(customer.since, span.first)).days / 30.44)
        cost[customer.ref] = total / 60 * hourly / months
    return cost


def _tickets(relations: Relations, plans: Sequence[Plan]) -> list[Ticket]:
    by_plan: dict[int, Ticket] = {}
    for plan in plans:
        original = by_plan[id(plan.original)] if plan.original is not None else None
        by_plan[id(plan)] = relations.ticket(plan, original)
    return list(by_plan.values())
