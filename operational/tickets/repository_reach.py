"""Which tickets somebody's permission reaches, as a condition; the same rule as `domain.reach`."""

from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Uuid, and_, false, or_, true

from operational.core.access import ALL, TEAM
from operational.core.principal import Principal
from operational.core.statements import among, given
from operational.tickets.models import ticket


class Reaching(NamedTuple):
    """The shape of the condition; its values are apart, so that a statement is the same for everybody of a kind."""

    whose: Literal["all", "none", "mine", "team", "contact"]
    is_confined: bool


def reaching(principal: Principal, permission: str) -> tuple[Reaching, dict[str, Any]]:
    """The tickets of `domain.reach.reaches`, as a shape and the parameters of its condition."""
    only = principal.customers.only
    values: dict[str, Any] = {} if only is None else {"reach_customers": list(only)}
    whose = _whose(principal, permission)
    if whose in ("mine", "team"):
        values["reach_person"] = principal.user_id
    if whose == "team":
        values["reach_team"] = list(principal.team)
    if whose == "contact":
        values["reach_contact"] = principal.contact_id
    return Reaching(whose, only is not None), values


def _whose(principal: Principal, permission: str) -> Literal["all", "none", "mine", "team", "contact"]:
    if principal.user_id is None:
        return "all"
    scope = principal.scopes.get(permission)
    if scope is None:
        return "none"
    if scope == ALL:
        return "all"
    if principal.contact_id is not None:
        return "all" if scope == TEAM else "contact"
    return "team" if scope == TEAM else "mine"


def condition(shape: Reaching) -> ColumnElement[bool]:
    """The condition of a shape."""
    mine = ticket.c.assignee_id == given("reach_person", Uuid)
    whose = {
        "all": true(),
        "none": false(),
        "mine": mine,
        "team": or_(mine, ticket.c.assignee_id.is_(None), among(ticket.c.assignee_id, "reach_team")),
        "contact": ticket.c.contact_id == given("reach_contact", Uuid),
    }[shape.whose]
    # row security says so as well, but finds no index by it
    return and_(among(ticket.c.customer_id, "reach_customers"), whose) if shape.is_confined else whose
