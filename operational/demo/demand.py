"""How many tickets arrive, of whom, in which category, when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from operational.demo.calendar import (
    HOUR,
    Horizon,
    between_the_years,
    bridge_days,
    midnight,
    public_holidays,
    school_holidays,
)
from operational.demo.chance import stream
from operational.demo.churn import expected_to_stay
from operational.demo.world import Customer, PlannedEvent, words

TICKETS_PER_TECHNICIAN_YEAR = 1910
DISPERSION = 1.6  # shape of the gamma distribution that makes the Poisson counts negative binomial
WEEKDAYS = (1.24, 1.07, 1.0, 0.96, 0.8)
MACHINE_WEEKEND = 0.8
HOLIDAY, BRIDGE_DAY, CHRISTMAS = 0.06, 0.55, 0.3
SCHOOL_HOLIDAY, TERM_START = 0.25, 1.6
QUARTER_START = 1.25
HOURS = (
    0.002, 0.001, 0.001, 0.001, 0.002, 0.005, 0.02, 0.07, 0.14, 0.145, 0.125, 0.105, 0.055, 0.085, 0.1, 0.075, 0.045,
    0.02, 0.01, 0.006, 0.005, 0.004, 0.003, 0.002,
)  # fmt: skip
Means = NDArray[np.float64]


@dataclass(frozen=True)
class Arrivals:
    """Tickets in the order they arrive: instant, and positions of customer, category and day; raised by a machine."""

    opened: list[int]
    customer: list[int]
    category: list[int]
    day: list[int]
    machine: list[bool]


@dataclass(frozen=True)
class Demand:
    """Expected tickets per customer, day and category, of people and of machines, without and with events."""

    people: Means
    machines: Means
    multipliers: Means

    @property
    def baseline(self) -> Means:
        """Expected tickets had nothing been planted."""
        return self.people + self.machines

    @property
    def expected(self) -> Means:
        """Expected tickets."""
        return self.baseline * self.multipliers


def make_demand(
    horizon: Horizon, customers: Sequence[Customer], events: Sequence[PlannedEvent], technicians: int
) -> Demand:
    """The rates; their level is set so that the team of `technicians` has enough to do."""
    catalog = words("catalog")
    years = horizon.days / 365.25
    shares = np.array([c["weight"] for c in catalog.values()], dtype=float)
    shares /= shares.sum()
    machine = np.array([c["machine"] for c in catalog.values()])
    growth = np.array([c["trend"] for c in catalog.values()])
    elapsed = np.arange(horizon.days) / 365.25 - years / 2
    people, machines = [], []
    for customer in customers:
        boost = words("sectors")[customer.sector]["boost"]
        rate = customer.seats * customer.temper * shares * np.array([boost.get(name, 1.0) for name in catalog])
        trend = np.exp(np.outer(elapsed, np.log1p(customer.trend) + np.log1p(growth)))
        days = trend * rate * activity(horizon, customer)[:, None]
        people.append(days * (1 - machine) * _season(horizon, customer)[:, None])
        machines.append(days * machine * _machine_week(horizon)[:, None])
    human, automatic = np.stack(people), np.stack(machines)
    wanted = TICKETS_PER_TECHNICIAN_YEAR * technicians * years
    scale = wanted / (human.sum() + automatic.sum()) / expected_to_stay(horizon.days)
    return Demand(human * scale, automatic * scale, _multipliers(horizon, customers, events))


def draw(seed: int, horizon: Horizon, demand: Demand) -> Arrivals:
    """Negative binomial counts, each ticket with its second of the day."""
    generator = stream(seed, "demand")
    parts = []
    for means, machine in ((demand.people, False), (demand.machines, True)):
        mixed = means * demand.multipliers * generator.gamma(DISPERSION, 1 / DISPERSION, means.shape)
        counts = generator.poisson(mixed)
        where = np.repeat(np.argwhere(counts > 0), counts[counts > 0], axis=0)
        weights = np.full(24, 1 / 24) if machine else np.array(HOURS) / sum(HOURS)
        hours = generator.choice(24, size=len(where), p=weights)
        seconds = hours * HOUR + generator.integers(0, HOUR, size=len(where))
        parts.append(np.column_stack([where, seconds, np.full(len(where), int(machine))]))
    found = np.concatenate(parts)
    midnights = np.array([midnight(horizon.day(i)) for i in range(horizon.days)])
    opened = midnights[found[:, 1]] + found[:, 3]
    order = np.lexsort((found[:, 4], found[:, 2], found[:, 0], opened))
    kept = order[opened[order] < horizon.end]
    return Arrivals(
        opened[kept].tolist(),
        found[kept, 0].tolist(),
        found[kept, 2].tolist(),
        found[kept, 1].tolist(),
        (found[kept, 4] == 1).tolist(),
    )


def activity(horizon: Horizon, customer: Customer) -> Means:
    """1 on the days the firm looks after the customer, else 0."""
    return np.array([float(customer.active(horizon.day(i))) for i in range(horizon.days)])


def _machine_week(horizon: Horizon) -> Means:
    return np.array([MACHINE_WEEKEND if horizon.day(i).weekday() > 4 else 1.0 for i in range(horizon.days)])


def _season(horizon: Horizon, customer: Customer) -> Means:
    """Weekday × month of the sector × holidays of the place, for what people report."""
    free = public_holidays(customer.country, customer.subdivision, horizon.first.year, horizon.last.year + 1)
    bridges = bridge_days(free.keys())
    sector = words("sectors")[customer.sector]
    days = [horizon.day(i) for i in range(horizon.days)]
    return np.array(
        [
            _weekday(day, sector["weekend"])
            * sector["months"][day.month - 1]
            * (HOLIDAY if day in free and day.weekday() < 5 else 1.0)
            * (BRIDGE_DAY if day in bridges else 1.0)
            * (CHRISTMAS if between_the_years(day) and day not in free else 1.0)
            * _of_the_sector(day, customer)
            for day in days
        ]
    )


def _weekday(day: date, weekend: float) -> float:
    if day.weekday() < 5:
        return WEEKDAYS[day.weekday()]
    return weekend if day.weekday() == 5 else weekend * 0.6


def _of_the_sector(day: date, customer: Customer) -> float:
    if customer.sector == "school":
        place = customer.country, customer.subdivision
        if school_holidays(day, *place):
            return SCHOOL_HOLIDAY
        return TERM_START if any(school_holidays(_before(day, n), *place) for n in (7, 14, 18)) else 1.0
    if customer.sector == "clinic" and day.month in (1, 4, 7, 10) and day.day <= 14:
        return QUARTER_START
    return 1.0


def _before(day: date, days: int) -> date:
    return date.fromordinal(day.toordinal() - days)


def _multipliers(horizon: Horizon, customers: Sequence[Customer], events: Sequence[PlannedEvent]) -> Means:
    categories = list(words("catalog"))
    factors = np.ones((len(customers), horizon.days, len(categories)))
    for event in events:
        whom = [i for i, customer in enumerate(customers) if customer.ref in event.customers]
        what = [i for i, category in enumerate(categories) if category in event.categories]
        for day, factor in event.multipliers.items():
            if 0 <= horizon.index(day) < horizon.days:
                factors[np.ix_(whom, [horizon.index(day)], what)] *= factor
    return factors
