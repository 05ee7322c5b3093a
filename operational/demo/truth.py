"""The truth: every parameter and everything planted, for tests and benchmarks only."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from operational.demo import contracts, demand, events, firm, life, plans, queue, satisfaction, texts, work
from operational.demo.calendar import Horizon
from operational.demo.contracts import Book
from operational.demo.demand import Arrivals, Demand
from operational.demo.firm import Firm
from operational.demo.journal import Ticket
from operational.demo.measure import Verdicts, attainment, revenue, utilisation
from operational.demo.promises import Promises
from operational.demo.satisfaction import Answer
from operational.demo.work import Timesheet
from operational.demo.world import Customer, PlannedEvent, words

Facts = dict[str, Any]


@dataclass(frozen=True)
class Truth:
    """What was planted and what came of it.

    `parameters`: constants by module and the word tables with rates. `planted`: events with customers, categories,
    multipliers by day, and expected tickets in those days with and without them. `firm`: technicians, absences, the
    week of the flu. `customers`: hidden traits. `contracts`: which lose money, revenue and cost in EUR. `time`: worked,
    forgotten and late. `tickets`: counts, wrong categories and priorities by ref with the right value. `sla`: met and
    judged by ISO week of opening. `satisfaction`: coefficients of the score, asked, answered. `utilisation`: minutes on
    shift and worked by ISO week.
    """

    seed: int
    covers_from: str
    covers_to: str
    parameters: Facts
    firm: Facts
    customers: list[Facts]
    planted: list[Facts]
    contracts: Facts
    tickets: Facts
    time: Facts
    satisfaction: Facts
    sla: Verdicts
    utilisation: dict[str, dict[str, float]]

    def write(self, path: Path) -> None:
        """Write it as JSON."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1, default=_plain)
        path.write_text(text + "\n", encoding="utf-8")


def parameters(effort_scale: float) -> Facts:
    """Every constant of the simulation, by module."""
    modules = (contracts, demand, events, firm, life, plans, queue, satisfaction, texts, work)
    facts: Facts = {
        module.__name__.rsplit(".", 1)[1]: {
            name: value
            for name, value in vars(module).items()
            if name.isupper() and isinstance(value, int | float | str | tuple | dict)
        }
        for module in modules
    }
    return facts | {"effort_scale": round(effort_scale, 6), "catalog": words("catalog"), "sectors": words("sectors")}


def firm_facts(firm: Firm) -> Facts:
    """Technicians and who was away."""
    last = firm.horizon.last
    return {
        "sick_week": firm.sick_week,
        "leavers": [t.ref for t in firm.technicians if t.active_to is not None],
        "joiners": [t.ref for t in firm.technicians if t.active_from > firm.horizon.first],
        "technicians": [
            {
                "ref": t.ref, "team": t.team, "queues": t.queues, "cost_per_hour": t.cost_per_hour, "care": t.care,
                "forgets": t.forgets, "warmth": t.warmth, "active_from": t.active_from, "active_to": t.active_to,
                "absent": {str(day): why for day, why in sorted(t.absent.items()) if day <= last and t.employed(day)},
            }
            for t in firm.technicians
        ],
    }  # fmt: skip


def customer_facts(customers: Sequence[Customer]) -> list[Facts]:
    """Traits that no file shows."""
    return [
        {"ref": c.ref, "temper": c.temper, "trend": c.trend, "language": c.language, "since": c.since, "until": c.until}
        for c in customers
    ]


def planted_facts(
    horizon: Horizon,
    customers: Sequence[Customer],
    planned: Sequence[PlannedEvent],
    rates: Demand,
    arrivals: Arrivals,
) -> list[Facts]:
    """The planted events; expected and real tickets are those of its customers, categories and days."""
    categories = list(words("catalog"))
    counts = np.zeros(rates.people.shape, dtype=int)
    np.add.at(counts, (arrivals.customer, arrivals.day, arrivals.category), 1)
    expected = rates.expected
    baseline = rates.baseline
    facts = []
    for event in planned:
        whom = [i for i, customer in enumerate(customers) if customer.ref in event.customers]
        what = [i for i, category in enumerate(categories) if category in event.categories]
        when = [i for i in map(horizon.index, event.multipliers) if 0 <= i < horizon.days]
        block = np.ix_(whom, when, what)
        facts.append(
            {
                "kind": event.kind,
                "customers": sorted(event.customers),
                "categories": sorted(event.categories),
                "days": {str(day): factor for day, factor in event.multipliers.items()},
                "baseline_tickets": round(float(baseline[block].sum()), 2),
                "expected_tickets": round(float(expected[block].sum()), 2),
                "tickets": int(counts[block].sum()),
                "note": event.note,
            }
        )
    return facts


def contract_facts(book: Book, horizon: Horizon, sheet: Timesheet) -> Facts:
    """Revenue from monthly fees and cost of labour per customer with a flat contract, in EUR over the horizon."""
    flat = {c.customer_ref for c in book.contracts if c.kind in ("fixed_fee", "per_seat")}
    return {
        "losing": sorted(book.losing),
        "flat": {
            ref: {"revenue": revenue(book.of_customer[ref], horizon), "labour_cost": round(sheet.cost[ref], 2)}
            for ref in sorted(flat)
        },
    }


def ticket_facts(tickets: Sequence[Ticket], reopened: int, handovers: int, events_written: int) -> Facts:
    """Counts, and the tickets whose category or priority was taken down wrong, with what is right."""
    wrong = [t for t in tickets if t.plan.said_category != t.plan.category]
    misjudged = [t for t in tickets if t.plan.said_priority != t.plan.priority]
    return {
        "count": len(tickets),
        "events": events_written,
        "reopenings": reopened,
        "handovers": handovers,
        "open_at_end": sum(t.status not in ("resolved", "closed") for t in tickets),
        "by_event": dict(sorted(Counter(t.plan.event or "none" for t in tickets).items())),
        "wrong_category": {t.ref: t.plan.category for t in wrong},
        "wrong_category_corrected": sum(t.category_corrected for t in wrong),
        "wrong_priority": {t.ref: t.plan.priority for t in misjudged},
        "wrong_priority_corrected": sum(t.priority_corrected for t in misjudged),
    }


def time_facts(sheet: Timesheet) -> Facts:
    """Minutes worked, and entries that are missing or came late."""
    return {
        "entries": len(sheet.entries),
        "worked_minutes": sum(sheet.worked.values()),
        "forgotten": sheet.forgotten,
        "forgotten_minutes": sheet.forgotten_minutes,
        "late": sheet.late,
        "not_yet_entered": sheet.not_yet_entered,
        "not_yet_entered_minutes": sheet.not_yet_entered_minutes,
        "worked_minutes_by_customer": dict(sorted(sheet.by_customer.items())),
    }


def satisfaction_facts(answers: Sequence[Answer]) -> Facts:
    """How the score comes about, how many were asked and answered, and the answers by score."""
    scores = Counter(answer.score for answer in answers if answer.score is not None)
    coefficients = ("CONTENT", "MISSED_RESPONSE", "MISSED_RESOLUTION", "WAIT", "REOPENED", "REOPENED_COUNTS", "SPREAD")
    return {
        "answer_rate": satisfaction.ANSWER_RATE,
        "coefficients": {name.lower(): getattr(satisfaction, name) for name in coefficients},
        "asked": len(answers),
        "answered": sum(scores.values()),
        "scores": {str(score): scores[score] for score in sorted(scores)},
        "comments": sum(bool(answer.comment) for answer in answers),
    }


def results(
    firm: Firm,
    book: Book,
    promises: Promises,
    tickets: Sequence[Ticket],
    sheet: Timesheet,
    capacity: Mapping[date, int],
) -> Facts:
    """The firm, and the parts of the truth that are measured when all is done; `capacity` in minutes per day."""
    horizon = firm.horizon
    return {
        "covers_from": horizon.first.isoformat(),
        "covers_to": horizon.last.isoformat(),
        "firm": firm_facts(firm),
        "contracts": contract_facts(book, horizon, sheet),
        "time": time_facts(sheet),
        "sla": attainment(promises, tickets),
        "utilisation": utilisation(capacity, sheet.worked),
    }


def _plain(value: Any) -> Any:
    return (
        sorted(value) if isinstance(value, frozenset | set) else list(value) if isinstance(value, range) else str(value)
    )
