"""Which service level a ticket runs under; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Choice:
    """The level chosen and the path there; `policy_id` None is the explicit answer "no SLA"."""

    policy_id: UUID | None
    calendar_id: UUID | None
    chosen_by: str
    path: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One rung of the ladder: its name, and the policy with its calendar where that rung has one."""

    name: str
    policy_id: UUID | None = None
    calendar_id: UUID | None = None


def choose(ladder: Sequence[Step]) -> Choice:
    """The first rung with a policy and a calendar; `path` says of every rung looked at whether it had one.

    The order is the caller's: ticket override, contract, asset class, site, customer, ticket type, default.
    """
    path: list[tuple[str, bool]] = []
    for step in ladder:
        found = step.policy_id is not None and step.calendar_id is not None
        path.append((step.name, found))
        if found:
            return Choice(step.policy_id, step.calendar_id, step.name, tuple(path))
    return Choice(None, None, "none", tuple(path))
