"""What is planted: events that multiply the demand of some customers and categories on some days."""

from collections.abc import Iterable
from datetime import date, timedelta
from math import exp

from operational.demo.calendar import Horizon, public_holidays
from operational.demo.chance import Dice
from operational.demo.firm import HOME
from operational.demo.world import Customer, PlannedEvent, words

OUTAGE = (11.0, 8.0, 3.0, 1.5)
SCARE = (10.0, 8.0, 5.0, 2.5)
ONBOARDING_STEP, ONBOARDING_DAYS = 1.8, 35
GO_LIVE_STEP, GO_LIVE_DAYS = 4.0, 20
PRINTERS_GROW, PRINTERS_AFTER = 2.5, 0.6
PATCH, PATCH_BAD = (1.35, 1.25, 1.1), (2.1, 1.7, 1.3)


def plan_events(seed: int, horizon: Horizon, customers: list[Customer]) -> list[PlannedEvent]:
    """The planted events in a fixed order."""
    dice = Dice(seed, "events")
    everybody = frozenset(c.ref for c in customers)
    steady = [c for c in customers if c.since < horizon.first] or customers
    # not the very largest, which would be an outage of its own
    large = sorted(steady, key=lambda c: (-c.seats, c.ref))[1 : max(3, len(steady) // 3)] or steady
    printers, go_live = (dice.shuffled(large) * 2)[:2]
    events = [
        _burst("provider_outage", horizon, 0.38, OUTAGE, everybody, ("E-Mail", "Netzwerk", "Konto und Zugriff")),
        _burst("ransomware_scare", horizon, 0.7, SCARE, everybody, ("Sicherheit", "Konto und Zugriff")),
        _printers(horizon, printers),
        _go_live(horizon, go_live),
        *(_patch_day(dice, day, everybody) for day in patch_tuesdays(horizon)),
    ]
    events.extend(_onboarding(horizon, c) for c in customers if horizon.first <= c.since <= horizon.last)
    return events


def patch_tuesdays(horizon: Horizon) -> list[date]:
    """The second Tuesday of every month."""
    days = (horizon.day(i) for i in range(horizon.days))
    return [day for day in days if day.weekday() == 1 and 8 <= day.day <= 14]


def _burst(
    kind: str, horizon: Horizon, fraction: float, shape: tuple[float, ...], whom: frozenset[str], what: Iterable[str]
) -> PlannedEvent:
    """Begins on a Tuesday whose week has no holiday in Hamburg and is none of the quiet ones."""
    free = public_holidays(*HOME, horizon.first.year, horizon.last.year + 1)
    day = horizon.at(fraction)
    day -= timedelta(days=day.weekday() - 1)
    while any(day + timedelta(days=n) in free for n in range(-1, 4)) or (day.month, day.day // 15) in ((12, 1), (1, 0)):
        day += timedelta(days=7)
    return PlannedEvent(
        kind, whom, frozenset(what), {day + timedelta(days=n): factor for n, factor in enumerate(shape)}
    )


def _printers(horizon: Horizon, customer: Customer) -> PlannedEvent:
    """Printers that age until they are replaced."""
    first, replaced = horizon.index(horizon.at(0.3)), horizon.index(horizon.at(0.88))
    factors = {
        horizon.day(i): round(1 + PRINTERS_GROW * (i - first) / (replaced - first), 4)
        for i in range(first + 1, replaced)
    }
    factors |= {horizon.day(i): PRINTERS_AFTER for i in range(replaced, horizon.days)}
    note = f"replaced on {horizon.day(replaced)}"
    return PlannedEvent("printer_fleet", frozenset({customer.ref}), frozenset({"Drucken"}), factors, note)


def _go_live(horizon: Horizon, customer: Customer) -> PlannedEvent:
    day = horizon.at(0.57)
    day -= timedelta(days=day.weekday())
    what = frozenset({"Fachanwendung", "Konto und Zugriff", "Arbeitsplatz"})
    whom = frozenset({customer.ref})
    return PlannedEvent(
        "project_go_live", whom, what, _decay(horizon, day, GO_LIVE_STEP, GO_LIVE_DAYS), f"live on {day}"
    )


def _onboarding(horizon: Horizon, customer: Customer) -> PlannedEvent:
    factors = _decay(horizon, customer.since, ONBOARDING_STEP, ONBOARDING_DAYS)
    what = frozenset(words("catalog"))
    return PlannedEvent("onboarding", frozenset({customer.ref}), what, factors, f"customer since {customer.since}")


def _decay(horizon: Horizon, day: date, step: float, days: int) -> dict[date, float]:
    """1 + step on the first day, falling to 1 with a time constant of `days`."""
    start = horizon.index(day)
    last = min(start + 4 * days, horizon.days)
    return {horizon.day(i): round(1 + step * exp(-(i - start) / days), 4) for i in range(start, last)}


def _patch_day(dice: Dice, tuesday: date, everybody: frozenset[str]) -> PlannedEvent:
    bad = dice.chance(0.12)
    shape = PATCH_BAD if bad else PATCH
    factors = {tuesday + timedelta(days=n): factor for n, factor in enumerate(shape, start=1)}
    what = frozenset({"Arbeitsplatz", "Server", "Fachanwendung"})
    return PlannedEvent("patch_tuesday", everybody, what, factors, "bad patch" if bad else "")
