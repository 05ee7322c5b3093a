"""Second tickets about the same thing, opened by somebody else who did not know of the first."""

from collections.abc import Sequence

from operational.demo.calendar import MINUTE
from operational.demo.chance import Dice
from operational.demo.plans import channel_of
from operational.demo.texts import Texts
from operational.demo.world import Contact, Customer, Plan, Segment

SHARE, SHARE_IN_OUTAGES = 0.03, 0.15
OUTAGES = ("provider_outage", "ransomware_scare")
LATER = (3, 150)  # minutes
NOTICED = ("Drucken", "E-Mail", "Netzwerk", "Server", "Telefonie", "Fachanwendung")  # what others notice as well


def with_duplicates(seed: int, end: int, customers: Sequence[Customer], plans: list[Plan], texts: Texts) -> list[Plan]:
    """The plans with some repeated, in the order they arrive; nothing arrives from `end` on."""
    dice = Dice(seed, "duplicates")
    made = []
    for plan in plans:
        if plan.contact is None or plan.story.get("request"):
            continue
        share = SHARE_IN_OUTAGES if plan.event in OUTAGES else SHARE if plan.category in NOTICED else 0.0
        if not dice.chance(share):
            continue
        customer = customers[plan.customer]
        other = _somebody_else(dice, customer, customer.contacts[plan.contact])
        opened = plan.opened + dice.between(*LATER) * MINUTE
        if other is not None and opened < end:
            made.append(_repeated(dice, plan, opened, customer, other, texts))
    return sorted([*plans, *made], key=lambda plan: plan.opened)


def _somebody_else(dice: Dice, customer: Customer, who: Contact) -> int | None:
    """A colleague who was there all the time and writes the same language."""
    able = [
        n for n, k in enumerate(customer.contacts)
        if n and k.weight and k.ref != who.ref and k.language == who.language
    ]  # fmt: skip
    return dice.pick(able) if able else None


def _repeated(dice: Dice, plan: Plan, opened: int, customer: Customer, other: int, texts: Texts) -> Plan:
    contact = customer.contacts[other]
    slots = plan.slots.again()
    return Plan(
        opened=opened, customer=plan.customer, category=plan.category, subcategory=plan.subcategory,
        said_category=plan.said_category, said_subcategory=plan.said_subcategory,
        channel=channel_of(dice, plan.said_priority), contact=other, site_ref=contact.site_ref, levels=plan.levels,
        said=plan.said, priority=plan.priority, said_priority=plan.said_priority, queue=plan.queue,
        segments=[Segment(3, "remote")], pauses=(), reopen=0.0, event=plan.event,
        subject=texts.subject(plan.story, slots, contact, customer), story=plan.story, slots=slots, original=plan,
    )  # fmt: skip
