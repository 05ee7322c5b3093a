"""The demo MSP: a simulated firm with a known truth, written in the product's own import format."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from operational.demo.calendar import Horizon, horizon, local_day
from operational.demo.contracts import Book, make_contracts
from operational.demo.customers import make_customers
from operational.demo.demand import draw, make_demand
from operational.demo.events import plan_events
from operational.demo.firm import Firm
from operational.demo.journal import Journal, Ticket
from operational.demo.life import Life
from operational.demo.plans import REOPENED_EFFORT, TOUCH_MINUTES, Planner
from operational.demo.promises import Promises
from operational.demo.queue import Desk
from operational.demo.satisfaction import Survey
from operational.demo.truth import (
    Truth,
    customer_facts,
    parameters,
    planted_facts,
    results,
    satisfaction_facts,
    ticket_facts,
)
from operational.demo.work import book_time
from operational.demo.world import Customer, Plan
from operational.demo.writer import write_files

UTILISATION, FULL_TEAM, EASED = 0.81, 12, 0.018  # a small team needs air: less for every technician below
__all__ = ["Truth", "generate"]


def generate(
    out: Path,
    *,
    seed: int = 7,
    customers: int = 40,
    years: int = 3,
    until: date,
    progress: Callable[[str], None] | None = None,
) -> Truth:
    """Simulate `years` years of the demo MSP up to `until`; write its files and `truth.json` into `out`.

    The same seed, sizes and `until` give the same bytes. The team grows with the number of customers.
    Raises ValueError for sizes below one year or one customer.
    """
    if customers < 1 or years < 1:
        raise ValueError(f"a demo needs at least one customer and one year, not {customers} and {years}")
    say = progress or (lambda step: None)
    span = horizon(until, years)
    say("firm and customers")
    firm = Firm(seed, span, customers)
    crowd = make_customers(seed, span, customers)
    planned = plan_events(seed, span, crowd)
    say("demand")
    rates = make_demand(span, crowd, planned, firm.size)
    arrivals = draw(seed, span, rates)
    say(f"plans of {len(arrivals.opened)} tickets")
    capacity = firm.capacity()
    plans, scale = Planner(seed, span, crowd, planned).plan(arrivals, _utilisation(firm) * sum(capacity.values()))
    book = make_contracts(seed, span, crowd, _monthly_cost(span, firm, crowd, plans))
    promises = Promises(book, span)
    say("the queue")
    journal = Journal(span.end)
    life, survey = Life(span, firm.technicians, journal), Survey(seed, firm, crowd, promises)
    desk = Desk(seed, firm, _tickets(crowd, plans, book), life, survey)
    desk.run()
    say("time entries")
    sheet = book_time(seed, firm, book, desk.sessions)
    say("files")
    write_files(out, firm, crowd, book, desk.arrived, sheet, survey.answers)
    truth = Truth(
        seed=seed,
        parameters=parameters(scale) | {"utilisation": _utilisation(firm)},
        customers=customer_facts(crowd),
        planted=planted_facts(span, crowd, planned, rates, arrivals),
        tickets=ticket_facts(desk.arrived, life.reopened, life.handovers, journal.events),
        satisfaction=satisfaction_facts(survey.answers),
        **results(firm, book, promises, desk.arrived, sheet, capacity),
    )
    truth.write(out / "truth.json")
    return truth


def _utilisation(firm: Firm) -> float:
    """Planned minutes of work per minute on shift."""
    return round(UTILISATION - EASED * max(0, FULL_TEAM - firm.size), 3)


def _monthly_cost(span: Horizon, firm: Firm, customers: Sequence[Customer], plans: Sequence[Plan]) -> dict[str, float]:
    """Expected cost of labour per customer and month, in EUR."""
    hourly = sum(t.cost_per_hour for t in firm.technicians) / len(firm.technicians)
    minutes = [0.0] * len(customers)
    for plan in plans:
        work = sum(s.minutes for s in plan.segments) * (1 + plan.reopen * REOPENED_EFFORT)
        minutes[plan.customer] += work + sum(s.travel for s in plan.segments) + sum(TOUCH_MINUTES) / 2
    cost = {}
    for customer, total in zip(customers, minutes, strict=True):
        last = min(customer.until or span.last, span.last)
        months = max(1.0, (last - max(customer.since, span.first)).days / 30.44)
        cost[customer.ref] = total / 60 * hourly / months
    return cost


def _tickets(customers: Sequence[Customer], plans: Sequence[Plan], book: Book) -> list[Ticket]:
    tickets = []
    for plan in plans:
        customer = customers[plan.customer]
        tickets.append(
            Ticket(
                plan=plan,
                customer_ref=customer.ref,
                contact_ref="" if plan.contact is None else customer.contacts[plan.contact].ref,
                contract=book.at(customer.ref, local_day(plan.opened)),
            )
        )
    return tickets
