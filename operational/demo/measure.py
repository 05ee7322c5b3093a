"""What came out, measured by the simulation itself: attainment, utilisation, backlog."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from operational.demo.calendar import MINUTE, Clock, Horizon, local_day
from operational.demo.contracts import SWISS_FRANCS, Book, clock_of, targets
from operational.demo.journal import Ticket
from operational.demo.world import Contract

Verdicts = dict[str, dict[str, list[int]]]


def attainment(book: Book, horizon: Horizon, tickets: Sequence[Ticket]) -> Verdicts:
    """Met and all, per clock and ISO week of the opening, and in `total`; only tickets with a verdict.

    The clock pauses while a ticket waits; the target is that of the priority when the clock stopped.
    """
    clocks = {ref: clock_of(calendar, horizon) for ref, calendar in book.calendars.items()}
    goals = {(ref, priority, clock): minutes for ref, _, priority, clock, minutes in targets()}
    found: Verdicts = {name: defaultdict(lambda: [0, 0]) for name in ("first_response", "resolution")}
    for ticket in tickets:
        day = local_day(ticket.plan.opened)
        contract = book.at(ticket.customer_ref, day)
        if contract is None or contract.policy is None or contract.calendar is None:
            continue
        clock = clocks[contract.calendar]
        for name, seconds, priority in _consumed(ticket, clock):
            met = seconds <= goals[contract.policy, priority, name] * MINUTE
            for period in (week_of(day), "total"):
                found[name][period][0] += met
                found[name][period][1] += 1
    return {name: dict(sorted(weeks.items())) for name, weeks in found.items()}


def _consumed(ticket: Ticket, clock: Clock) -> list[tuple[str, int, str]]:
    consumed = []
    if ticket.first_reply is not None:
        seconds = clock.seconds(ticket.plan.opened, ticket.first_reply)
        consumed.append(("first_response", seconds, ticket.first_reply_priority))
    if ticket.resolved is not None:
        seconds = sum(clock.seconds(begin, end) for begin, end in ticket.ran)
        consumed.append(("resolution", seconds, ticket.priority))
    return consumed


def week_of(day: date) -> str:
    """The ISO week, as 2026-W08."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def utilisation(capacity: Mapping[date, int], worked: Mapping[date, int]) -> dict[str, dict[str, float]]:
    """Minutes on shift, minutes worked on tickets and their quotient per ISO week."""
    weeks: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for day in sorted(set(capacity) | set(worked)):
        weeks[week_of(day)][0] += capacity.get(day, 0)
        weeks[week_of(day)][1] += worked.get(day, 0)
    return {
        week: {"capacity": able, "worked": done, "utilisation": round(done / able, 4) if able else 0.0}
        for week, (able, done) in weeks.items()
    }


def revenue(contracts: list[Contract], horizon: Horizon) -> float:
    """The monthly fees that fall into the horizon, in EUR, a month counted on its first day."""
    total = 0.0
    day = horizon.first.replace(day=1)
    while day <= horizon.last:
        for contract in contracts:
            if contract.starts_on <= day and (contract.ends_on is None or day <= contract.ends_on):
                total += (contract.monthly_fee or 0) / 100 / (SWISS_FRANCS if contract.currency == "CHF" else 1)
        day = (day + timedelta(days=32)).replace(day=1)
    return round(total, 2)
