"""Customers with their sites and contacts."""

from datetime import date, timedelta
from itertools import accumulate
from math import exp
from statistics import NormalDist
from typing import Any

from operational.demo.calendar import Horizon
from operational.demo.chance import Dice
from operational.demo.world import Contact, Customer, Site, ascii_name, words

SEATS_MEDIAN, SEATS_SIGMA, SEATS_RANGE = 26, 1.15, (5, 400)
ENGLISH_SHARE = 0.12
ONLY_GERMAN = ("MVZ", "Amt", "Stadtwerke", "Stadtteilschule")


def make_customers(seed: int, horizon: Horizon, count: int) -> list[Customer]:
    """The customers in the order of their refs; sizes are spread evenly over their distribution."""
    dice = Dice(seed, "customers")
    sectors = _sectors(dice, count)
    seats = _seats(dice, sectors)
    countries = _countries(dice, count)
    beginnings = _beginnings(dice, horizon, seats)
    names: set[str] = set()
    made = []
    for number in range(count):
        sector, country = sectors[number], countries[number]
        subdivision, city = dice.pick(words("names")["cities"][country])
        name, place = _name(dice, sector, country, seats[number], names)
        customer = Customer(
            ref=f"K{number + 1:04d}",
            name=name,
            sector=sector,
            country=country,
            subdivision=subdivision,
            city=place if sector == "municipality" else city,
            seats=seats[number],
            since=beginnings[number],
            until=None,
            language="en" if sector in ("logistics", "law", "clinic") and dice.chance(2 * ENGLISH_SHARE) else "de",
            temper=round(dice.lognormal(1.0, 0.2), 3),
            trend=round(-0.05 + 0.12 * dice.uniform(), 3),
        )
        _add_sites(dice, customer)
        made.append(customer)
    # one customer speaks English even in a small world
    if all(customer.language == "de" for customer in made):
        made[-1].language = "en"
    numbers = iter(range(1, 1_000_000))
    for customer in made:
        _add_contacts(dice, customer, numbers)
    return made


def _sectors(dice: Dice, count: int) -> list[str]:
    table = words("sectors")
    total = sum(sector["weight"] for sector in table.values())
    bounds = list(accumulate(sector["weight"] / total for sector in table.values()))
    kinds = list(table)
    spread = [next(k for k, b in zip(kinds, bounds, strict=True) if (i + 0.5) / count <= b) for i in range(count)]
    return dice.shuffled(spread)


def _seats(dice: Dice, sectors: list[str]) -> list[int]:
    count = len(sectors)
    normal = NormalDist()
    low, high = SEATS_RANGE
    sizes = [SEATS_MEDIAN * exp(SEATS_SIGMA * normal.inv_cdf((i + 0.5) / count)) for i in range(count)]
    noise = [normal.inv_cdf(max(dice.uniform(), 1e-6)) for _ in sectors]
    table = words("sectors")
    order = sorted(range(count), key=lambda i: (table[sectors[i]]["size"] + noise[i], i))
    seats = [0] * count
    for size, position in zip(sizes, order, strict=True):
        seats[position] = round(min(max(size, low), high))
    return seats


def _countries(dice: Dice, count: int) -> list[str]:
    austrian = max(1, round(0.08 * count)) if count >= 4 else 0
    swiss = max(1, round(0.06 * count)) if count >= 4 else 0
    return dice.shuffled(["AT"] * austrian + ["CH"] * swiss + ["DE"] * (count - austrian - swiss))


def _beginnings(dice: Dice, horizon: Horizon, seats: list[int]) -> list[date]:
    """Since when; a few joined while we look, none of the largest."""
    count = len(seats)
    joiners = max(1, round(0.1 * count)) if count >= 3 else 0
    large = sorted(seats)[int(0.8 * count)]
    order = sorted(dice.shuffled(range(count)), key=lambda number: seats[number] >= large)
    since = [horizon.first - timedelta(days=dice.between(120, 3600)) for _ in range(count)]
    for rank, number in enumerate(order[:joiners]):
        day = horizon.at(0.15 + 0.6 * (rank + dice.uniform()) / joiners)
        since[number] = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return since


def _name(dice: Dice, sector: str, country: str, seats: int, taken: set[str]) -> tuple[str, str]:
    lists = words("names")
    patterns = words("sectors")[sector]["names"]
    patterns = patterns[:2] if seats < 12 else patterns[:4] if seats < 45 else patterns[2:]
    if country != "DE":
        patterns = [p for p in patterns if p.split()[0] not in ONLY_GERMAN]
    while True:
        place = dice.pick(lists["place_first"]) + dice.pick(lists["place_last"])
        pattern: str = dice.pick(patterns)
        name = pattern.format(a=dice.pick(lists["last"]), b=dice.pick(lists["last"]), p=place)
        if name not in taken:
            taken.add(name)
            return name, place


def _add_sites(dice: Dice, customer: Customer) -> None:
    labels: list[str] = words("sectors")[customer.sector]["site"]
    count = 1 + sum(customer.seats > limit and dice.chance(0.6) for limit in (15, 40, 90, 180))
    for number in range(count):
        place = [customer.subdivision, customer.city]
        if number and customer.sector not in ("municipality", "school") and dice.chance(0.6):
            place = dice.pick(words("names")["cities"][customer.country])
        customer.sites.append(
            Site(
                ref=f"{customer.ref}-S{number + 1}",
                name=labels[0] if not number else f"{labels[number % len(labels)]} {number + 1}",
                country=customer.country,
                subdivision=place[0],
                city=place[1],
            )
        )


def _add_contacts(dice: Dice, customer: Customer, numbers: Any) -> None:
    lists = words("names")
    domain = "".join(c for c in ascii_name(customer.name).replace(".", "-") if c.isalnum() or c == "-").strip("-")
    while "--" in domain:
        domain = domain.replace("--", "-")
    roles: list[str] = words("sectors")[customer.sector]["roles"]
    seen: set[str] = set()
    for rank in range(max(3, min(80, round(customer.seats * 0.4)))):
        name = f"{dice.pick(lists['first'])} {dice.pick(lists['last'])}"
        if name in seen:
            continue
        seen.add(name)
        phone = ""
        if customer.country == "DE" and dice.chance(0.85):
            phone = f"{dice.pick(lists['phone_ranges'])}{dice.between(0, 999):03d}"
        customer.contacts.append(
            Contact(
                ref=f"A{next(numbers):06d}",
                name=name,
                email=f"{ascii_name(name)}@{domain}.example",
                phone=phone,
                role=roles[0] if not rank else dice.pick(roles),
                vip=not rank or dice.chance(0.03),
                language="en" if customer.language == "en" and dice.chance(0.8) else "de",
                site_ref=dice.pick(customer.sites).ref,
                weight=1 / (1 + rank) ** 0.6,
            )
        )
