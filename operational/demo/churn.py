"""Who leaves: a monthly hazard with written coefficients, and reasons nobody could know."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from math import exp, log

from operational.demo.chance import Dice
from operational.demo.world import Customer

# the logistic of these is the chance that a customer gives notice within a month
INTERCEPT = -6.6
COEFFICIENTS: Mapping[str, float] = {
    "sla_misses": 9.0,  # per share of the clocks judged in 90 days that were missed
    "csat_trend": -1.4,  # per point of the score
    "price_rise": 22.0,  # per relative rise in the last six months
    "champion_left": 1.3,  # within the last six months
    "hours_over": 1.1,  # per share of the hours of 90 days beyond those of the contract
    "tenure": -0.12,  # per year, ten at most
}
UNKNOWN_PER_MONTH = 0.0015  # mergers, insolvencies, a nephew who knows computers
NOTICE_MONTHS = {"time_and_material": 1}  # to the end of the month; all other contracts
NOTICE_MONTHS_USUAL = 3


# what demand and team are planned with, before anybody knows
EXPECTED_PER_MONTH = 0.004


def expected_to_stay(days: int) -> float:
    """The share of all customer-days of so many days that are left when as many leave as expected."""
    return sum(exp(day / 30.44 * log(1 - EXPECTED_PER_MONTH)) for day in range(days)) / days


@dataclass(frozen=True)
class Inputs:
    """What the hazard of a customer's month depends on, as of the month's first instant."""

    sla_misses: float
    csat_trend: float
    price_rise: float
    champion_left: int
    hours_over: float
    tenure: float


@dataclass(frozen=True)
class Departure:
    """A notice: when it was given, the last day, and whether the six things explain it (`known`, `unknown`)."""

    customer_ref: str
    month: date
    notice_on: date
    until: date
    reason: str


@dataclass(frozen=True)
class Month:
    """A month of a customer under contract and without notice."""

    customer_ref: str
    month: date
    inputs: Inputs
    hazard: float


def hazard(inputs: Inputs) -> float:
    """The chance of a notice for a known reason within the month."""
    score = INTERCEPT + sum(COEFFICIENTS[name] * value for name, value in asdict(inputs).items())
    return 1 / (1 + exp(-score))


class Departures:
    """Draws notices month by month, and remembers every month and notice."""

    def __init__(self, seed: int) -> None:
        self._dice = Dice(seed, "churn")
        self.months: list[Month] = []
        self.notices: dict[str, Departure] = {}

    def at_risk(self, customer: Customer, month: date) -> bool:
        """Whether the customer could give notice in the month: with us from its first day, and no notice yet."""
        return customer.since <= month and customer.ref not in self.notices

    def draw(self, customer: Customer, month: date, inputs: Inputs, kind: str) -> Departure | None:
        """The customer's notice in the month, if there is one; `kind` is that of the contract. Sets its last day."""
        chance = hazard(inputs)
        self.months.append(Month(customer.ref, month, inputs, chance))
        known, unknown = self._dice.chance(chance), self._dice.chance(UNKNOWN_PER_MONTH)
        day = month + timedelta(days=self._dice.between(0, 25))
        if not (known or unknown):
            return None
        while day.weekday() > 4:
            day += timedelta(days=1)
        months = NOTICE_MONTHS.get(kind, NOTICE_MONTHS_USUAL)
        departure = Departure(customer.ref, month, day, _month_end(day, months), "known" if known else "unknown")
        self.notices[customer.ref] = departure
        customer.until = departure.until
        return departure


def _month_end(day: date, months: int) -> date:
    """The last day of the month that lies so many months later."""
    later = day.year * 12 + day.month - 1 + months + 1
    return date(later // 12, later % 12 + 1, 1) - timedelta(days=1)
