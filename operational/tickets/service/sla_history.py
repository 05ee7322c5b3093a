"""Service levels and clocks of an imported history, in the transaction that writes its tickets."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

from operational.core.bulk import merge
from operational.core.calendars import Calendar, parse_windows
from operational.core.ids import source_id, source_id_or_none
from operational.tickets.contracts import TicketRecord
from operational.tickets.domain.sla_choice import Choice, Step, choose
from operational.tickets.domain.sla_replay import Clocks, Level, replay
from operational.tickets.service.sla_rows import COLUMNS, SlaRows


@lru_cache(maxsize=1024)
def compiled_calendar(timezone: str, windows: str, holidays: frozenset[date]) -> Calendar:
    """A calendar ready to count; kept, because compiling one costs more than a ticket's clocks."""
    return Calendar(timezone, parse_windows(windows), holidays)


def write_clocks(connection: Connection, tenant_id: UUID, system: str, records: Sequence[TicketRecord]) -> None:
    """Write the level, clocks, intervals and target changes of tickets whose rows are there already."""
    levels = _levels(connection, tenant_id)
    promised = _promised(connection, tenant_id, system, records)
    rows = SlaRows(tenant_id)
    for record in records:
        ticket_id = source_id(tenant_id, system, "ticket", record.ref)
        _add(rows, ticket_id, record, promised.get(record.contract_ref or ""), levels)
    for table, columns in COLUMNS.items():
        found = rows.rows[table]
        if table == "tickets.ticket_sla":
            found = [(*row[:-1], Jsonb(row[-1])) for row in found]
        merge(connection, table, columns, found)


def _add(
    rows: SlaRows,
    ticket_id: UUID,
    record: TicketRecord,
    promise: tuple[UUID, UUID] | None,
    levels: Mapping[tuple[UUID, UUID], Level],
) -> None:
    choice: Choice = choose([Step("contract", *promise) if promise else Step("contract")])
    level = levels.get((choice.policy_id, choice.calendar_id)) if choice.policy_id and choice.calendar_id else None
    clocks: Clocks | None = None
    if level is not None:
        clocks = replay(record.opened_at, record.events, level, record.judged_until)
    rows.add(ticket_id, choice, clocks, level.calendar if level else None)


def tickets_worked_on(connection: Connection, ids: list[UUID]) -> set[UUID]:
    """Those of the tickets that somebody has worked on since they were imported.

    All of them are locked until the transaction ends, so that nobody begins in the meantime.
    """
    rows = connection.execute(
        "select id, version from tickets.ticket where id = any(%s) order by id for update", (ids,)
    ).fetchall()
    return {ticket_id for ticket_id, version in rows if version > 0}


def _promised(
    connection: Connection, tenant_id: UUID, system: str, records: Sequence[TicketRecord]
) -> dict[str, tuple[UUID, UUID]]:
    """Policy and calendar by the reference of the contract that buys them."""
    refs = {record.contract_ref for record in records if record.contract_ref}
    by_id = {source_id_or_none(tenant_id, system, "contract", ref): ref for ref in refs}
    rows = connection.execute(
        "select contract_id, policy_id, calendar_id from tickets.contract_sla where contract_id = any(%s)",
        (list(by_id),),
    ).fetchall()
    return {by_id[contract_id]: (policy_id, calendar_id) for contract_id, policy_id, calendar_id in rows}


def _levels(connection: Connection, tenant_id: UUID) -> dict[tuple[UUID, UUID], Level]:
    """Every pair of policy and calendar a contract buys, ready to count."""
    pairs: list[tuple[Any, Any]] = connection.execute(
        "select distinct policy_id, calendar_id from tickets.contract_sla"
    ).fetchall()
    if not pairs:
        return {}
    calendars = {
        row[0]: compiled_calendar(row[1], row[2], frozenset(row[3]))
        for row in connection.execute(
            """select c.id, c.timezone, c.windows, coalesce(array_agg(h.day) filter (where h.day is not null), '{}')
               from tickets.calendar c
               left join tickets.calendar_holiday h on h.tenant_id = c.tenant_id and h.calendar_id = c.id
               group by c.id"""
        )
    }
    targets: dict[UUID, dict[tuple[str, str], int]] = {}
    for policy_id, priority, clock, minutes in connection.execute(
        "select policy_id, priority, clock, target_minutes from tickets.sla_target"
    ):
        targets.setdefault(policy_id, {})[priority, clock] = 60 * minutes
    return {
        (policy_id, calendar_id): Level(targets.get(policy_id, {}), calendars[calendar_id])
        for policy_id, calendar_id in pairs
    }
