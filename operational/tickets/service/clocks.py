"""Keeps a ticket's service-level clocks in step with its events."""

from dataclasses import replace
from uuid import UUID

from operational.core.db import UnitOfWork
from operational.core.jobs import Job
from operational.tickets import repository, repository_sla
from operational.tickets.domain.sla import Clock
from operational.tickets.domain.sla_choice import Choice, Step, choose
from operational.tickets.domain.sla_replay import Clocks, Level, replay
from operational.tickets.service.sla_history import compiled_calendar
from operational.tickets.service.sla_rows import COLUMNS, SlaRows

JUDGED_AT_ONCE = 500


async def follow_ticket(work: UnitOfWork, ticket_id: UUID) -> None:
    """Bring the ticket's level and clocks to what its events say, judged as of now.

    A contract that buys another level changes the targets; a milestone that was judged stays judged.
    """
    found = await repository_sla.find_ticket(work, ticket_id)
    choice = await _choose(work, found.contract_id)
    rows = SlaRows(work.tenant_id)
    level = await _level(work, choice)
    clocks: Clocks | None = None
    if level is not None:
        events, _ = await repository.history(work, ticket_id)
        fresh = replay(found.opened_at, events, level, work.now)
        clocks = await _keep_verdicts(work, ticket_id, fresh)
    rows.add(ticket_id, choice, clocks, level.calendar if level else None)
    for table, columns in COLUMNS.items():
        await repository_sla.save(work, table, columns, rows.rows[table])


async def _choose(work: UnitOfWork, contract_id: UUID | None) -> Choice:
    promise = None if contract_id is None else await repository_sla.promise(work, contract_id)
    return choose([Step("contract", *promise) if promise else Step("contract")])


async def _level(work: UnitOfWork, choice: Choice) -> Level | None:
    if choice.policy_id is None or choice.calendar_id is None:
        return None
    targets = await repository_sla.targets(work, choice.policy_id)
    hours = await repository_sla.opening_hours(work, choice.calendar_id)
    return Level(targets, compiled_calendar(hours.timezone, hours.windows, frozenset(hours.holidays)))


async def _keep_verdicts(work: UnitOfWork, ticket_id: UUID, fresh: Clocks) -> Clocks:
    known = {row.clock: row for row in await repository_sla.clocks(work, ticket_id)}

    def kept(clock: Clock) -> Clock:
        before = known.get(clock.name)
        if before is None or before.verdict is None or clock.verdict == "breached":
            return clock
        return replace(clock, verdict=before.verdict, judged_at=before.judged_at)

    return replace(fresh, first_response=kept(fresh.first_response), resolution=kept(fresh.resolution))


async def judge_due(work: UnitOfWork) -> None:
    """Judge the clocks whose time is over; what is too much for one go is left to the next."""
    for ticket_id in await repository_sla.overdue_tickets(work, JUDGED_AT_ONCE):
        await repository.lock(work, ticket_id)
        await follow_ticket(work, ticket_id)


JUDGE_DUE = Job("tickets.judge_due_clocks", judge_due, cron="* * * * *")
