"""Work at the desk: every use case writes the ticket, its event row and its outbox row in one transaction."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from operational.auth.contracts import People
from operational.core.audit import record_change
from operational.core.db import UnitOfWork
from operational.core.errors import not_found, out_of_reach, unprocessable
from operational.core.etag import Expected
from operational.core.outbox import announce
from operational.crm.contracts import Customers
from operational.tickets import repository
from operational.tickets.domain.change import Actor, Turn, split, turn
from operational.tickets.domain.reach import reaches
from operational.tickets.domain.worktime import complete
from operational.tickets.events import MessageWritten, TicketChanged, TicketCreated, TimeAdded
from operational.tickets.models_desk import audit, outbox
from operational.tickets.service import clocks, portal


async def create(work: UnitOfWork, values: Mapping[str, Any], description: str | None) -> Row[Any]:
    """Open a ticket; raises 422 when customer, site, contact, contract or assignee are not there."""
    if work.principal.contact_id is not None:
        values = portal.opened_by(work.principal.contact_id, values)
    await check_references(work, values["customer_id"], values)
    watched, plain = split({"status": "new", **values})
    made = turn([], kind="created", actor=_actor(work), now=work.now, values=watched)
    number = await repository.next_number(work)
    row = {**plain, **_state(made), "number": number, "opened_at": work.now, "source_system": "psa", "version": 1}
    ticket_id = await repository.add_ticket(work, row)
    event_id = await repository.add_event(work, ticket_id, 1, made, sorted({*made.step.changed, *_given(plain)}))
    if description is not None:
        await repository.add_message(work, ticket_id, event_id, is_public=True, body=description)
    created = TicketCreated(
        ticket_id, number, values["customer_id"], str(made.event.status), made.event.priority, values.get("assignee_id")
    )
    await announce(work, outbox, ticket_id, 1, created)
    await clocks.follow_ticket(work, ticket_id)
    return await _afterwards(work, ticket_id)


async def change(work: UnitOfWork, ticket_id: UUID, expected: Expected, values: Mapping[str, Any]) -> Row[Any]:
    """Change a ticket's values; without a difference nothing is written. Raises 404, 412, 422 or 428."""
    before = await _locked(work, ticket_id, *_needed(values))
    expected.check(before.version)
    await check_references(work, before.customer_id, values)
    watched, plain = split(values)
    events, last = await repository.history(work, ticket_id)
    made = turn(events, kind="updated", actor=_actor(work), now=work.now, values=watched)
    differing = {name: value for name, value in plain.items() if before._mapping[name] != value}
    changed = sorted({*made.step.changed, *differing})
    if not changed:
        return before
    await _write(work, before, last + 1, made, changed, differing)
    if differing:
        old = {name: before._mapping[name] for name in differing}
        await record_change(work, audit, "ticket", ticket_id, before=old, after=differing)
    told = TicketChanged(
        ticket_id,
        tuple(changed),
        made.event.status,
        made.step.status_category,
        made.event.priority,
        None if made.event.assignee_ref is None else UUID(made.event.assignee_ref),
        made.step.is_reopening,
    )
    await announce(work, outbox, ticket_id, before.version + 1, told)
    await clocks.follow_ticket(work, ticket_id)
    return await _afterwards(work, ticket_id)


async def write_message(
    work: UnitOfWork, ticket_id: UUID, *, is_public: bool, body: str, status: str | None = None
) -> Row[Any]:
    """Reply to the customer (public) or leave a note for colleagues, and set the status where one is given."""
    before = await _locked(work, ticket_id, "tickets.ticket.reply" if is_public else "tickets.note.create")
    events, last = await repository.history(work, ticket_id)
    if work.principal.contact_id is not None:
        status = portal.status_after(before.status_category, status)
    made = turn(
        events,
        kind="reply" if is_public else "note",
        actor=_actor(work),
        now=work.now,
        values={} if status is None else {"status": status},
        is_public=is_public,
    )
    event_id = await _write(work, before, last + 1, made, made.step.changed, {})
    await repository.add_message(work, ticket_id, event_id, is_public=is_public, body=body)
    told = MessageWritten(ticket_id, event_id, is_public, made.step.changed, made.event.status)
    await announce(work, outbox, ticket_id, before.version + 1, told)
    await clocks.follow_ticket(work, ticket_id)
    return await _afterwards(work, ticket_id)


async def add_time(work: UnitOfWork, ticket_id: UUID, values: Mapping[str, Any]) -> tuple[Row[Any], int]:
    """Enter the caller's own work; returns the entry and the ticket's version. Raises 404 or 422."""
    before = await _locked(work, ticket_id, "tickets.time_entry.create")
    try:
        ended_at, minutes = complete(values["started_at"], values["ended_at"], values["minutes"], work.now)
    except ValueError as error:
        raise unprocessable("bad_time", str(error), "ended_at") from None
    events, last = await repository.history(work, ticket_id)
    made = turn(events, kind="updated", actor=_actor(work), now=work.now, values={})
    entry = await repository.add_time(
        work, ticket_id, {**values, "ended_at": ended_at, "minutes": minutes, "user_id": work.principal.user_id}
    )
    await _write(work, before, last + 1, made, ["time_entry"], {})
    told = TimeAdded(ticket_id, entry.id, entry.user_id, entry.started_at, entry.minutes)
    await announce(work, outbox, ticket_id, before.version + 1, told)
    return entry, before.version + 1


async def get(work: UnitOfWork, ticket_id: UUID) -> Row[Any]:
    """A ticket the caller may see; raises 404."""
    return _within(work, await repository.find(work, ticket_id))


async def _afterwards(work: UnitOfWork, ticket_id: UUID) -> Row[Any]:
    # whoever has given a ticket away has still done so, and is told what has become of it
    row = await repository.find(work, ticket_id)
    assert row is not None
    return row


async def get_for(work: UnitOfWork, ticket_id: UUID, permission: str) -> Row[Any]:
    """A ticket a permission of the caller's reaches; raises 403 or 404."""
    return _within(work, await repository.find(work, ticket_id), permission)


async def _locked(work: UnitOfWork, ticket_id: UUID, *permissions: str) -> Row[Any]:
    return _within(work, await repository.lock(work, ticket_id), *permissions)


def _within(work: UnitOfWork, row: Row[Any] | None, *permissions: str) -> Row[Any]:
    """The ticket, when the caller may see it (else 404) and all of `permissions` reach it (else 403)."""
    if row is None or not reaches(work.principal, "tickets.ticket.read", row):
        raise not_found("ticket")
    for permission in permissions:
        if not reaches(work.principal, permission, row):
            raise out_of_reach(permission, work.principal.scopes.get(permission))
    return row


def _needed(values: Mapping[str, Any]) -> set[str]:
    """What a change of these values takes: to give a ticket to somebody is a permission of its own."""
    assign = {"tickets.ticket.assign"} if "assignee_id" in values else set()
    return assign | ({"tickets.ticket.update"} if values.keys() - {"assignee_id"} else set())


async def check_references(work: UnitOfWork, customer_id: UUID, values: Mapping[str, Any]) -> None:
    """Raise 422 for a reference to what is not there or belongs to another customer."""
    customers = work.peer(Customers)
    if "customer_id" in values and customer_id not in await customers.customers(work.principal, [customer_id]):
        raise unprocessable("unknown_customer", "there is no such customer", "customer_id")
    for name, look_up in (
        ("site_id", customers.sites),
        ("contact_id", customers.contacts),
        ("contract_id", customers.contracts),
    ):
        record_id = values.get(name)
        if record_id is None:
            continue
        found = (await look_up(work.principal, [record_id])).get(record_id)
        if found is None or customer_id not in found.customer_ids:
            kind = name.removesuffix("_id")
            raise unprocessable(f"unknown_{kind}", f"the customer has no such {kind}", name)
    await _check_assignee(work, values.get("assignee_id"))


async def _check_assignee(work: UnitOfWork, assignee_id: UUID | None) -> None:
    if assignee_id is None:
        return
    person = (await work.peer(People).people(work.principal, [assignee_id])).get(assignee_id)
    if person is None or not person.is_active:
        raise unprocessable("unknown_assignee", "there is no such active person", "assignee_id")


async def _write(
    work: UnitOfWork, before: Row[Any], seq: int, made: Turn, changed: Sequence[str], plain: Mapping[str, Any]
) -> UUID:
    event_id = await repository.add_event(work, before.id, seq, made, changed)
    await repository.change_ticket(work, before.id, {**plain, **_state(made), "version": before.version + 1})
    return event_id


def _actor(work: UnitOfWork) -> Actor:
    user_id, contact_id = work.principal.user_id, work.principal.contact_id
    if contact_id is not None:
        return Actor("contact", str(contact_id))
    return Actor("system", None) if user_id is None else Actor("staff", str(user_id))


def _state(made: Turn) -> dict[str, Any]:
    """The ticket's columns as they are after an event."""
    event, outcome = made.event, made.outcome
    return {
        **{name: getattr(event, name) for name in repository.STATE if name != "pause_reason"},
        "assignee_id": None if event.assignee_ref is None else UUID(event.assignee_ref),
        "status_category": made.step.status_category,
        "first_response_at": outcome.first_response_at,
        "resolved_at": outcome.resolved_at,
        "closed_at": outcome.closed_at,
        "reopen_count": outcome.reopen_count,
    }


def _given(values: Mapping[str, Any]) -> list[str]:
    return [name for name, value in values.items() if value is not None]
