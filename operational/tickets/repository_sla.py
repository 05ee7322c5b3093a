"""All SQL of the tickets service's clocks."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Table, Uuid, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert

from operational.core.db import UnitOfWork
from operational.core.statements import TENANT, Statement, given
from operational.tickets.models import calendar, calendar_holiday, contract_sla, sla_target, ticket
from operational.tickets.models_sla import (
    sla_clock,
    sla_clock_change,
    sla_clock_interval,
    ticket_sla,
)

TABLES: dict[str, Table] = {
    str(table): table for table in (ticket_sla, sla_clock, sla_clock_interval, sla_clock_change)
}

_TICKET = Statement(
    select(ticket.c.opened_at, ticket.c.contract_id).where(
        ticket.c.tenant_id == TENANT, ticket.c.id == given("of_ticket", Uuid)
    )
)
_CLOCKS = Statement(
    select(*(c for c in sla_clock.c if c.name not in {"tenant_id", "row_txid"}))
    .where(sla_clock.c.tenant_id == TENANT, sla_clock.c.ticket_id == given("of_ticket", Uuid))
    .order_by(sla_clock.c.clock)
)
# a ticket has few clocks and intervals; an import writes more at once
SAVED_AT_ONCE = 50


async def find_ticket(work: UnitOfWork, ticket_id: UUID) -> Row[Any]:
    """When a ticket was opened, and its contract."""
    return (await work.read(_TICKET, {"of_ticket": ticket_id})).one()


async def promise(work: UnitOfWork, contract_id: UUID) -> tuple[UUID, UUID] | None:
    """The policy and calendar a contract buys."""
    query = select(contract_sla.c.policy_id, contract_sla.c.calendar_id).where(
        contract_sla.c.tenant_id == work.tenant_id, contract_sla.c.contract_id == contract_id
    )
    row = (await work.read(query)).first()
    return None if row is None else (row.policy_id, row.calendar_id)


async def targets(work: UnitOfWork, policy_id: UUID) -> dict[tuple[str, str], int]:
    """A policy's targets in seconds by priority and clock."""
    query = select(sla_target).where(sla_target.c.tenant_id == work.tenant_id, sla_target.c.policy_id == policy_id)
    return {(row.priority, row.clock): 60 * row.target_minutes for row in await work.read(query)}


async def opening_hours(work: UnitOfWork, calendar_id: UUID) -> Row[Any]:
    """A calendar's zone, windows and holidays."""
    days = func.array_remove(func.array_agg(calendar_holiday.c.day), None)
    query = (
        select(calendar.c.timezone, calendar.c.windows, days.label("holidays"))
        .outerjoin(
            calendar_holiday,
            (calendar_holiday.c.calendar_id == calendar.c.id) & (calendar_holiday.c.tenant_id == work.tenant_id),
        )
        .where(calendar.c.tenant_id == work.tenant_id, calendar.c.id == calendar_id)
        .group_by(calendar.c.id)
    )
    return (await work.read(query)).one()


async def clocks(work: UnitOfWork, ticket_id: UUID) -> Sequence[Row[Any]]:
    """A ticket's clocks, the first response before the resolution."""
    return (await work.read(_CLOCKS, {"of_ticket": ticket_id})).all()


async def overdue_tickets(work: UnitOfWork, limit: int) -> list[UUID]:
    """Tickets with a running clock whose time is over and who has not been told so."""
    query = (
        select(sla_clock.c.ticket_id)
        .where(
            sla_clock.c.tenant_id == work.tenant_id,
            sla_clock.c.state == "running",
            sla_clock.c.verdict.is_distinct_from("breached"),
            sla_clock.c.due_at < work.now,
        )
        .order_by(sla_clock.c.due_at)
        .limit(limit)
    )
    return list(dict.fromkeys(row.ticket_id for row in await work.read(query)))


async def save(work: UnitOfWork, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert or update rows by id; a row that is as it was is left alone."""
    for begin in range(0, len(rows), SAVED_AT_ONCE):
        some = rows[begin : begin + SAVED_AT_ONCE]
        values = {
            f"{name}_{n}": value
            for n, row in enumerate(some)
            for name, value in zip(columns, row, strict=True)
            if name != "tenant_id"
        }
        await work.write(_saving(table, tuple(columns), len(some)), values)


@lru_cache
def _saving(table: str, columns: tuple[str, ...], rows: int) -> Statement:
    target = TABLES[table]
    statement = upsert(target).values([
        {name: TENANT if name == "tenant_id" else given(f"{name}_{n}", target.c[name].type) for name in columns}
        for n in range(rows)
    ])  # fmt: skip
    values = [name for name in columns if name not in ("id", "tenant_id")]
    changed = tuple_(*(target.c[name] for name in values)).is_distinct_from(
        tuple_(*(statement.excluded[name] for name in values))
    )
    return Statement(
        statement.on_conflict_do_update(
            index_elements=["id"], set_={name: statement.excluded[name] for name in values}, where=changed
        )
    )
