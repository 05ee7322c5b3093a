"""Which tickets somebody's permission reaches; pure. `repository_reach` says the same in SQL."""

from typing import Protocol
from uuid import UUID

from operational.core.access import ALL, TEAM
from operational.core.principal import Principal


class Placed(Protocol):
    """A ticket, as far as it matters here."""

    assignee_id: UUID | None
    contact_id: UUID | None


def reaches(principal: Principal, permission: str, ticket: Placed) -> bool:
    """Whether the permission reaches the ticket; the customers row security lets through are another matter.

    Staff: own are the tickets assigned to them, the team's those of its people and those nobody has taken. A portal
    user: own are those they are the contact of, their team's are all of their company. The system reaches everything.
    """
    if principal.user_id is None:
        return True
    scope = principal.scopes.get(permission)
    if scope is None:
        return False
    if scope == ALL:
        return True
    if principal.contact_id is not None:
        return scope == TEAM or ticket.contact_id == principal.contact_id
    if ticket.assignee_id == principal.user_id:
        return True
    return scope == TEAM and (ticket.assignee_id is None or ticket.assignee_id in principal.team)
