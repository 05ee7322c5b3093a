"""Which tickets somebody's permission reaches, as a condition; the same rule as `domain.reach`."""

from sqlalchemy import ColumnElement, and_, false, or_, true

from operational.core.access import ALL, TEAM
from operational.core.principal import Principal
from operational.tickets.models import ticket


def reached(principal: Principal, permission: str) -> ColumnElement[bool]:
    """The tickets of `domain.reach.reaches`."""
    only = principal.customers.only
    # row security says so as well, but finds no index by it
    confined = true() if only is None else ticket.c.customer_id.in_(only)
    return and_(confined, _of_scope(principal, permission))


def _of_scope(principal: Principal, permission: str) -> ColumnElement[bool]:
    if principal.user_id is None:
        return true()
    scope = principal.scopes.get(permission)
    if scope is None:
        return false()
    if scope == ALL:
        return true()
    if principal.contact_id is not None:
        return true() if scope == TEAM else ticket.c.contact_id == principal.contact_id
    mine = ticket.c.assignee_id == principal.user_id
    if scope != TEAM:
        return mine
    return or_(mine, ticket.c.assignee_id.is_(None), ticket.c.assignee_id.in_(principal.team))
