"""What came out, measured by the simulation itself: attainment, utilisation, backlog."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from operational.demo.calendar import ZONE, Horizon, local_day
from operational.demo.contracts import SWISS_FRANCS
from operational.demo.firm import Firm
from operational.demo.journal import Ticket
from operational.demo.promises import FIRST_RESPONSE, RESOLUTION, Promises
from operational.demo.world import Contract

AROUND_THE_CLOCK = "SLA-GOLD-24X7"
REASON = "sold around the clock, but only p1 has somebody on call"
Verdicts = dict[str, dict[str, list[int]]]


def attainment(promises: Promises, tickets: Sequence[Ticket]) -> Verdicts:
    """Met and all, per clock and ISO week of the opening, and in `total`; only tickets with a verdict."""
    found: Verdicts = {name: defaultdict(lambda: [0, 0]) for name in (FIRST_RESPONSE, RESOLUTION)}
    for ticket in tickets:
        week = week_of(local_day(ticket.plan.opened))
        for name, met in (
            (FIRST_RESPONSE, promises.response_met(ticket)), (RESOLUTION, promises.resolution_met(ticket)),
        ):  # fmt: skip
            for period in (week, "total") if met is not None else ():
                found[name][period][0] += bool(met)
                found[name][period][1] += 1
    return {name: dict(sorted(weeks.items())) for name, weeks in found.items()}


def clause(promises: Promises, firm: Firm, tickets: Sequence[Ticket]) -> dict[str, Any]:
    """The clause that is missed for a reason: met and judged first responses by whether the firm was there.

    Gold 24x7 promises p2 at any hour, but only for p1 somebody is on call.
    """
    counts = {"on_duty": [0, 0], "off_duty": [0, 0]}
    for ticket in tickets:
        if ticket.contract is None or ticket.contract.policy != AROUND_THE_CLOCK or ticket.first_reply_priority != "p2":
            continue
        met = promises.response_met(ticket)
        opened = datetime.fromtimestamp(ticket.plan.opened, ZONE)
        there = firm.working_day(opened.date()) and 7 <= opened.hour < 17
        counts["on_duty" if there else "off_duty"][0] += bool(met)
        counts["on_duty" if there else "off_duty"][1] += 1
    return {"policy": AROUND_THE_CLOCK, "priority": "p2", "clock": FIRST_RESPONSE, "reason": REASON, **counts}


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
