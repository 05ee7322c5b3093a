"""Contracts with their price changes, service levels and calendars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from operational.demo.calendar import Clock, Horizon, Window, public_holidays
from operational.demo.chance import Dice
from operational.demo.firm import HOME
from operational.demo.world import PRIORITIES, Contract, Customer

# minutes of the contract's calendar: first response and resolution for p1 to p4
POLICIES: Mapping[str, tuple[str, tuple[int, ...], tuple[int, ...]]] = {
    "SLA-BRONZE": ("Bronze", (60, 120, 240, 480), (480, 840, 1200, 2100)),
    "SLA-SILBER": ("Silber", (30, 60, 120, 300), (360, 540, 840, 1560)),
    "SLA-GOLD": ("Gold", (15, 30, 60, 180), (240, 420, 600, 1080)),
    # around the clock, but only p1 has somebody on call: p2 is missed at night, as sold
    "SLA-GOLD-24X7": ("Gold 24x7", (30, 60, 1440, 2880), (240, 600, 4320, 7200)),
}
WORKWEEK, SATURDAY_TOO = range(5), range(6)
WINDOWS: Mapping[str, tuple[tuple[Window, ...], range]] = {
    "8x5": (((480, 720), (780, 1020)), WORKWEEK),
    "10x5": (((450, 1050),), WORKWEEK),
    "12x6": (((420, 1140),), SATURDAY_TOO),
    "24x7": (((0, 1440),), range(7)),
}
KINDS = ("per_seat", "fixed_fee", "included_hours", "per_seat", "time_and_material", "prepaid_hours", "fixed_fee")
TIERS = (
    ("SLA-SILBER", "10x5"), ("SLA-BRONZE", "8x5"), ("SLA-GOLD", "10x5"), ("SLA-SILBER", "8x5"),
    ("SLA-GOLD-24X7", "24x7"), (None, None), ("SLA-GOLD", "12x6"), ("SLA-BRONZE", "8x5"), ("SLA-SILBER", "10x5"),
    ("SLA-BRONZE", "10x5"),
)  # fmt: skip
HOURLY_RATE = 118  # EUR
LOSING_SHARE, EARNING_SHARE = 0.55, (1.5, 2.1)  # revenue over the expected cost of labour
SWISS_FRANCS = 1.1
PRICE_RISE = (0.02, 0.07)
STEEP, STEEP_RISE = 0.18, (0.08, 0.14)
LOSING = 3


@dataclass(frozen=True)
class ServiceCalendar:
    """Windows, and the places whose holidays count."""

    ref: str
    name: str
    zone: str
    windows: str
    places: tuple[tuple[str, str], ...]


@dataclass
class Book:
    """All contracts, the calendars they use, and which of them were made to lose money."""

    contracts: list[Contract] = field(default_factory=list)
    calendars: dict[str, ServiceCalendar] = field(default_factory=dict)
    losing: list[str] = field(default_factory=list)
    of_customer: dict[str, list[Contract]] = field(default_factory=dict)

    def at(self, customer_ref: str, day: date) -> Contract | None:
        """The contract that covers the day."""
        for contract in self.of_customer[customer_ref]:
            if contract.starts_on <= day and (contract.ends_on is None or day <= contract.ends_on):
                return contract
        return None


def end_contracts(book: Book, customers: Sequence[Customer]) -> None:
    """Let the contracts of those who gave notice end with their last day."""
    for customer in customers:
        until = customer.until
        if until is not None:
            kept = [row for row in book.of_customer[customer.ref] if row.starts_on <= until]
            book.of_customer[customer.ref] = [*kept[:-1], replace(kept[-1], ends_on=until)]
    book.contracts = [row for rows in book.of_customer.values() for row in rows]


def holidays_of(calendar: ServiceCalendar, horizon: Horizon) -> dict[date, str]:
    """The calendar's holidays over the horizon and the year after it; those of the first place keep their names."""
    if not calendar.places:
        return {}
    found: dict[date, str] = {}
    for place in reversed(calendar.places):
        found |= public_holidays(*place, horizon.first.year, horizon.last.year + 1)
    return dict(sorted(found.items()))


def clock_of(calendar: ServiceCalendar, horizon: Horizon) -> Clock:
    """The calendar as a clock over the horizon."""
    base, days = WINDOWS[calendar.ref.split("-")[0]]
    windows = [base if weekday in days else () for weekday in range(7)]
    return Clock(windows, holidays_of(calendar, horizon), horizon.first - timedelta(days=2), horizon.last)


def make_contracts(seed: int, horizon: Horizon, customers: list[Customer], cost: Mapping[str, float]) -> Book:
    """The book of contracts; `cost` is the expected cost of labour of a customer per month of the horizon, in EUR."""
    dice = Dice(seed, "contracts")
    book = Book()
    order = dice.shuffled(range(len(customers)))
    kinds = {number: KINDS[rank % len(KINDS)] for rank, number in enumerate(order)}
    tiers = {number: TIERS[rank % len(TIERS)] for rank, number in enumerate(dice.shuffled(range(len(customers))))}
    flat = [n for n in order if kinds[n] in ("fixed_fee", "per_seat")]
    # short relationships prove nothing about a price
    steady = [n for n in flat if customers[n].since < horizon.first]
    losing = set((steady + [n for n in flat if n not in steady])[:LOSING])
    for number, customer in enumerate(customers):
        policy, base = tiers[number]
        calendar = _calendar(book, dice, customer, base) if base else None
        share = LOSING_SHARE if number in losing else EARNING_SHARE[0] + dice.uniform() * (
            EARNING_SHARE[1] - EARNING_SHARE[0]
        )  # fmt: skip
        fee = cost[customer.ref] * share
        rows = _rows(dice, horizon, customer, kinds[number], fee, (policy, calendar))
        if number in losing:
            book.losing.append(customer.ref)
        book.of_customer[customer.ref] = rows
        book.contracts.extend(rows)
    book.calendars = dict(sorted(book.calendars.items()))
    return book


def _calendar(book: Book, dice: Dice, customer: Customer, base: str) -> str:
    """The calendar's ref; away from Hamburg some contracts let the customer's holidays count too."""
    place = customer.country, customer.subdivision
    union = place != HOME and dice.chance(0.5)
    zone = {"DE": "Europe/Berlin", "AT": "Europe/Vienna", "CH": "Europe/Zurich"}[customer.country if union else "DE"]
    places: tuple[tuple[str, str], ...] = (HOME, place) if union else (HOME,)
    if base == "24x7":
        places, zone = (), "Europe/Berlin"
    suffix = "".join(f"-{country}{subdivision}" for country, subdivision in places)
    name = " und ".join(f"{country}-{subdivision}" for country, subdivision in places)
    windows, days = WINDOWS[base]
    line = "; ".join(
        f"{('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')[weekday]} " + " ".join(_window(w) for w in windows)
        for weekday in days
    )
    ref = base + suffix
    label = f"{base}, Feiertage {name}" if name else f"{base}, ohne Feiertage"
    book.calendars[ref] = ServiceCalendar(ref, label, zone, line, places)
    return ref


def _window(window: Window) -> str:
    return "-".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in window)


def _rows(
    dice: Dice, horizon: Horizon, customer: Customer, kind: str, fee: float, level: tuple[str | None, str | None]
) -> list[Contract]:
    """One row per price, from the day the customer came; terms of three years that are renewed."""
    labels = {
        "per_seat": "Managed Workplace", "fixed_fee": "Wartungspauschale", "included_hours": "Stundenkontingent",
        "prepaid_hours": "Stundenpaket", "time_and_material": "Betreuung nach Aufwand",
    }  # fmt: skip
    currency = "CHF" if customer.country == "CH" else "EUR"
    begins = max(customer.since, horizon.first.replace(month=1, day=1))
    starts = [begins]
    for year in range(begins.year + 1, horizon.last.year + 1):
        day = date(year, 1, 1)
        if day <= horizon.last and (kind != "time_and_material" and dice.chance(0.75)):
            starts.append(day)
    price = fee / (1.045 ** (len(starts) / 2)) * (SWISS_FRANCS if currency == "CHF" else 1)
    rows = []
    for number, start in enumerate(starts):
        if number:
            low, high = STEEP_RISE if dice.chance(STEEP) else PRICE_RISE
            price *= 1 + low + dice.uniform() * (high - low)
        last = starts[number + 1] - timedelta(days=1) if number + 1 < len(starts) else None
        renewed = number and (start.year - begins.year) % 3 == 0
        rows.append(
            Contract(
                ref=f"{customer.ref}-V{number + 1}",
                customer_ref=customer.ref,
                name=labels[kind] + (f" (Verlängerung {start.year})" if renewed else ""),
                kind=kind,
                starts_on=start,
                ends_on=last,
                monthly_fee=None if kind == "time_and_material" else round(price) * 100,
                currency=currency,
                included_minutes=_included(kind, fee),
                policy=level[0],
                calendar=level[1],
            )
        )
    return rows


def _included(kind: str, fee: float) -> int | None:
    if kind not in ("included_hours", "prepaid_hours"):
        return None
    return max(60, round(fee / HOURLY_RATE) * 60)


def targets() -> list[tuple[str, str, str, str, int]]:
    """The lines of `sla_policies.csv`: ref, name, priority, clock, minutes."""
    return [
        (ref, name, priority, clock, minutes[rank])
        for ref, (name, first, resolution) in POLICIES.items()
        for rank, priority in enumerate(PRIORITIES)
        for clock, minutes in (("first_response", first), ("resolution", resolution))
    ]
