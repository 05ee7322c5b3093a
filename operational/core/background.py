"""What goes on behind the desk, to look at and to put right: jobs, and events that could not be handled."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict

from operational.core import job_states, parking
from operational.core.errors import conflict, not_found
from operational.core.kernel import TheKernel, Work
from operational.core.pagination import Cursor, Limit, Page, PageRequest, page_of
from operational.core.routes import ServiceRouter
from operational.core.security import require

READ, MANAGE = "auth.background.read", "auth.background.manage"
router = ServiceRouter(prefix="/api/background", tags=["gateway"])
JobName = Annotated[str, Path(max_length=100, pattern=r"^[a-z_]+\.[a-z0-9_]+$")]


class JobOut(BaseModel):
    """A background job of the company: when it runs, how its last run went, its last error until it is dismissed."""

    model_config = ConfigDict(from_attributes=True)

    job: str
    # when it is due, as cron writes it (UTC); null for one that is asked for
    schedule: str | None = None
    last_started_at: datetime | None = None
    last_succeeded_at: datetime | None = None
    failures: int = 0
    last_error: str | None = None
    last_error_at: datetime | None = None


class ParkedEventOut(BaseModel):
    """An event a consumer could not handle (`last_error`), or one that waits behind such a one."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    consumer: str
    event_id: UUID
    topic: str
    aggregate: str
    aggregate_id: UUID
    aggregate_version: int
    occurred_at: datetime
    status: Literal["waiting", "dead", "discarded"]
    attempts: int
    last_error: str | None
    parked_at: datetime
    next_attempt_at: datetime
    settled_at: datetime | None
    settled_by: UUID | None


class ParkedEventDetail(ParkedEventOut):
    """A parked event with what it says."""

    payload: dict[str, Any]


@router.get("/jobs", dependencies=[require(READ)])
async def list_jobs(work: Work, kernel: TheKernel) -> list[JobOut]:
    """Every background job, those that have never run included, by name."""
    states = {row.job: row._mapping for row in await job_states.list_states(work)}
    names = sorted({*kernel.schedules, *states})
    known: dict[str, Any] = {name: dict(states.get(name, {})) for name in names}
    return [JobOut(**{"job": name, "schedule": kernel.schedules.get(name), **known[name]}) for name in names]


@router.post("/jobs/{job}/dismiss", status_code=204, dependencies=[require(MANAGE)])
async def remove_job_error(job: JobName, work: Work) -> None:
    """Forget a job's last error, having seen it."""
    if not await job_states.dismiss_error(work, job):
        raise not_found("error of such a job")


@router.get("/events", dependencies=[require(READ)])
async def list_parked_events(
    work: Work,
    limit: Limit = 50,
    cursor: Cursor = None,
    status: Annotated[Literal["waiting", "dead", "discarded"] | None, Query()] = None,
) -> Page[ParkedEventOut]:
    """Events that could not be handled, the newest first.

    `waiting` are tried again by themselves, `dead` are not until somebody says so, `discarded` never will be.
    """
    request = PageRequest("gateway.parked_events", parking.NEWEST, {"status": status}, limit, cursor)
    rows, next_cursor = page_of(await parking.list_parked(work, request), request, lambda row: (row.parked_at, row.id))
    return Page[ParkedEventOut](items=[ParkedEventOut.model_validate(row) for row in rows], next_cursor=next_cursor)


@router.get("/events/{parked_id}", dependencies=[require(READ)])
async def get_parked_event(parked_id: UUID, work: Work) -> ParkedEventDetail:
    """An event that could not be handled, with its content."""
    row = await parking.find_parked(work, parked_id)
    if row is None:
        raise not_found("event")
    return ParkedEventDetail.model_validate(row)


@router.post("/events/{parked_id}/retry", status_code=204, dependencies=[require(MANAGE)])
async def refresh_parked_event(parked_id: UUID, work: Work) -> None:
    """Try an event again now, with all its attempts before it."""
    await _settle(work, parked_id, again=True)


@router.post("/events/{parked_id}/discard", status_code=204, dependencies=[require(MANAGE)])
async def remove_parked_event(parked_id: UUID, work: Work) -> None:
    """Give an event up for this consumer; what came after it for the same record goes on."""
    await _settle(work, parked_id, again=False)


async def _settle(work: Work, parked_id: UUID, *, again: bool) -> None:
    if await parking.settle(work, parked_id, again=again):
        return
    if await parking.find_parked(work, parked_id) is None:
        raise not_found("event")
    raise conflict("event_discarded", "this event was discarded")
