"""How each background job fares: its last run, and its last error until somebody has seen it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Integer, Row, Table, Text, Uuid, select, update
from sqlalchemy.dialects.postgresql import insert

from operational.core.db import UnitOfWork
from operational.core.tables import KERNEL_TABLES, instant

# made by operational.core.ddl.KERNEL
job_state = Table(
    "job_state",
    KERNEL_TABLES,
    Column("tenant_id", Uuid, primary_key=True),
    Column("job", Text, primary_key=True),
    instant("last_started_at", nullable=False),
    instant("last_succeeded_at"),
    Column("failures", Integer, nullable=False),
    Column("last_error", Text),
    instant("last_error_at"),
)


async def note_success(work: UnitOfWork, job: str) -> None:
    """Write, in the job's own transaction, that it has done its work; an error before stays until it is dismissed."""
    done = {"last_started_at": work.now, "last_succeeded_at": work.now}
    await work.write(
        insert(job_state)
        .values(tenant_id=work.tenant_id, job=job, failures=0, **done)
        .on_conflict_do_update(index_elements=["tenant_id", "job"], set_=done)
    )


async def note_failure(work: UnitOfWork, job: str, error: str) -> None:
    """Write that a run has failed; `failures` counts those since somebody last dismissed the error."""
    failed = {"last_started_at": work.now, "last_error": error, "last_error_at": work.now}
    await work.write(
        insert(job_state)
        .values(tenant_id=work.tenant_id, job=job, failures=1, **failed)
        .on_conflict_do_update(
            index_elements=["tenant_id", "job"], set_={**failed, "failures": job_state.c.failures + 1}
        )
    )


async def list_states(work: UnitOfWork) -> Sequence[Row[Any]]:
    """Every job that has ever run for the tenant, by name."""
    query = select(job_state).where(job_state.c.tenant_id == work.tenant_id).order_by(job_state.c.job)
    return (await work.read(query)).all()


async def dismiss_error(work: UnitOfWork, job: str) -> bool:
    """Forget a job's last error; False where it has none."""
    found = await work.write(
        update(job_state)
        .where(
            job_state.c.tenant_id == work.tenant_id,
            job_state.c.job == job,
            job_state.c.last_error.is_not(None),
        )
        .values(last_error=None, last_error_at=None, failures=0)
    )
    return found.rowcount == 1
