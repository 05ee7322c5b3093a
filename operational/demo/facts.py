"""What was planted and what came of it, part by part of the truth."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from operational.demo import churn, satisfaction
from operational.demo.calendar import Horizon, local_day
from operational.demo.churn import Departures
from operational.demo.contracts import Book
from operational.demo.demand import Demand, activity
from operational.demo.firm import Firm
from operational.demo.journal import Ticket
from operational.demo.measure import attainment, clause, revenue, utilisation
from operational.demo.offenders import Offenders
from operational.demo.satisfaction import Answer
from operational.demo.simulation import Played, Setting, planned_utilisation
from operational.demo.truth import Facts, Truth, parameters
from operational.demo.work import Timesheet
from operational.demo.world import Customer, PlannedEvent, words


def tell(setting: Setting, played: Played) -> Truth:
    """The whole truth about a world that was played."""
    span, firm, book, tickets, sheet = setting.span, setting.firm, setting.book, played.tickets, played.sheet
    life, customers = played.life, setting.customers
    return Truth(
        seed=setting.seed,
        covers_from=span.first.isoformat(),
        covers_to=span.last.isoformat(),
        parameters=parameters(setting.effort_scale) | {"utilisation": planned_utilisation(firm)},
        firm=firm_facts(firm),
        customers=customer_facts(customers),
        planted=planted_facts(span, customers, setting.planned, setting.rates, tickets),
        contracts=contract_facts(book, span, sheet),
        tickets=ticket_facts(tickets, life.reopened, life.handovers, played.journal.events),
        time=time_facts(sheet),
        churn=churn_facts(played.relations.departures),
        sla_clause=clause(played.promises, firm, tickets),
        repeat_offenders=offender_facts(customers, setting.offenders),
        satisfaction=satisfaction_facts(played.survey.answers),
        sla=attainment(played.promises, tickets),
        utilisation=utilisation(firm.capacity(), sheet.worked),
    )


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
        {
            "ref": c.ref,
            "temper": c.temper,
            "trend": c.trend,
            "language": c.language,
            "since": c.since,
            "until": c.until,
            "champion_left": c.champion_left,
        }
        for c in customers
    ]


def planted_facts(
    horizon: Horizon,
    customers: Sequence[Customer],
    planned: Sequence[PlannedEvent],
    rates: Demand,
    tickets: Sequence[Ticket],
) -> list[Facts]:
    """The planted events; expected and real tickets are those of its customers, categories and days.

    What was expected knows nothing of duplicates, what there is does.
    """
    categories = list(words("catalog"))
    counts = np.zeros(rates.people.shape, dtype=int)
    for plan in (ticket.plan for ticket in tickets):
        counts[plan.customer, horizon.index(local_day(plan.opened)), categories.index(plan.category)] += 1
    there = np.stack([activity(horizon, customer) for customer in customers])[:, :, None]
    expected = rates.expected * there
    baseline = rates.baseline * there
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
        "duplicates": {t.ref: t.original.ref for t in tickets if t.original is not None},
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


def churn_facts(departures: Departures) -> Facts:
    """The hazard's coefficients, every month of a customer at risk with what it depends on, and the notices."""
    return {
        "intercept": churn.INTERCEPT,
        "coefficients": churn.COEFFICIENTS,
        "unknown_per_month": churn.UNKNOWN_PER_MONTH,
        "months": [
            {"customer": m.customer_ref, "month": f"{m.month:%Y-%m}", **asdict(m.inputs), "hazard": round(m.hazard, 8)}
            for m in departures.months
        ],
        "left": [
            {"customer": d.customer_ref, "notice_on": d.notice_on, "until": d.until, "reason": d.reason}
            for d in departures.notices.values()
        ],
    }


def offender_facts(customers: Sequence[Customer], planted: Offenders) -> Facts:
    """Contacts who call more than others, and devices that break again and again."""
    return {
        "callers": [
            {
                "customer": customers[c.customer].ref,
                "contact": customers[c.customer].contacts[c.contact].ref,
                "category": c.category,
            }
            for c in planted.callers.values()
        ],
        "devices": [
            {"customer": customers[d.customer].ref, "category": d.category, "name": d.names["de"].split(" ")[-1]}
            for d in planted.devices.values()
        ],
    }  # fmt: skip


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
