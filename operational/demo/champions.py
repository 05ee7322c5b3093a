"""The person at a customer who stands up for the firm, and when that person leaves."""

from collections.abc import Sequence
from datetime import timedelta

from operational.demo.calendar import Horizon
from operational.demo.chance import Dice
from operational.demo.world import Contact, Customer, ascii_name, words

LEAVE_PER_YEAR = 0.11
CHAMPION = 0  # position among the contacts


def let_champions_go(seed: int, horizon: Horizon, customers: Sequence[Customer]) -> None:
    """Set `champion_left` for some customers and add the successor as their last contact.

    From that day on the successor writes what the champion would have written.
    """
    dice = Dice(seed, "champions")
    names = words("names")
    number = sum(len(customer.contacts) for customer in customers)
    for customer in customers:
        day = horizon.first + timedelta(days=int(365.25 / LEAVE_PER_YEAR * dice.exponential()))
        name = f"{dice.pick(names['first'])} {dice.pick(names['last'])}"
        if not horizon.first < max(day, customer.since) <= horizon.last or day < customer.since:
            continue
        customer.champion_left = day
        number += 1
        customer.contacts.append(_successor(customer.contacts[CHAMPION], f"A{number:06d}", name))


def _successor(champion: Contact, ref: str, name: str) -> Contact:
    domain = champion.email.partition("@")[2]
    return Contact(
        ref=ref, name=name, email=f"{ascii_name(name)}@{domain}", phone=champion.phone, role=champion.role, vip=True,
        language=champion.language, site_ref=champion.site_ref, weight=0.0,
    )  # fmt: skip
