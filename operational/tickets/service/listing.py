"""Tickets as people read them: with the names behind the ids and the deadline that comes first."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from operational.auth.contracts import People
from operational.core.db import UnitOfWork
from operational.core.statements import as_dict
from operational.crm.contracts import Customers
from operational.tickets import repository_list


async def with_names(work: UnitOfWork, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """The rows' values with customer, contact and assignee by name, and `due`; one query a kind of name."""
    customers, people = work.peer(Customers), work.peer(People)
    who = work.principal
    names = {
        "customer": await customers.customers(who, _ids(rows, "customer_id")),
        "contact": await customers.contacts(who, _ids(rows, "contact_id")),
        "assignee": await people.people(who, _ids(rows, "assignee_id")),
    }
    due = await repository_list.next_due(work, [row.id for row in rows])
    shown: list[dict[str, Any]] = []
    for row in rows:
        values = as_dict(row)
        for kind, found in names.items():
            values[f"{kind}_name"] = _name(found, values[f"{kind}_id"])
        clock = due.get(row.id)
        shown.append(values | {"due": None if clock is None else as_dict(clock)})
    return shown


async def with_actors(work: UnitOfWork, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Events with their actor's and assignee's name; what the source called somebody stays where we know nobody."""
    who = work.principal
    staff = [row.actor_id for row in rows if row.actor_kind != "contact" and row.actor_id is not None]
    people = await work.peer(People).people(who, [*staff, *_ids(rows, "assignee_id")])
    callers = [row.actor_id for row in rows if row.actor_kind == "contact" and row.actor_id is not None]
    contacts = await work.peer(Customers).contacts(who, callers)
    return [
        {
            **as_dict(row),
            "actor_name": _name(contacts if row.actor_kind == "contact" else people, row.actor_id) or row.actor_name,
            "assignee_name": _name(people, row.assignee_id),
        }
        for row in rows
    ]


def _ids(rows: Sequence[Row[Any]], column: str) -> list[UUID]:
    place = rows[0]._fields.index(column) if rows else 0
    return list({row[place] for row in rows} - {None})


def _name(found: Any, record_id: UUID | None) -> str | None:
    record = found.get(record_id)
    return None if record is None else record.name
