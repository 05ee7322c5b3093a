"""Background jobs: enqueued in the caller's transaction, run by the worker in one of their own."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from uuid import UUID

import procrastinate
import structlog
from procrastinate.retry import RetryStrategy
from sqlalchemy import Connection, text

from operational.core.db import Database, UnitOfWork
from operational.core.errors import in_a_line
from operational.core.job_states import note_failure, note_success
from operational.core.metrics import JOBS
from operational.core.principal import Principal

log = structlog.get_logger("psa.jobs")
# what enqueues may add jobs and no more; what works on them may do everything
GRANTS = """
grant usage on schema jobs to psa_app, psa_scheduler;
grant insert, select (id) on jobs.procrastinate_jobs to psa_app;
grant insert on jobs.procrastinate_events to psa_app;
grant usage on sequence jobs.procrastinate_jobs_id_seq, jobs.procrastinate_events_id_seq to psa_app;
grant execute on all functions in schema jobs to psa_app, psa_scheduler;
grant all on all tables in schema jobs to psa_scheduler;
grant all on all sequences in schema jobs to psa_scheduler;
create table if not exists jobs.applied_migration (name text primary key);
"""


@dataclass(frozen=True, slots=True)
class Job:
    """A background job; `handler` takes a unit of work and ids only.

    One with a `cron` line runs for every tenant whenever that is due.
    """

    name: str
    handler: Callable[..., Awaitable[None]]
    cron: str | None = None
    attempts: int = 5


def install_schema(connection: Connection) -> None:
    """Create procrastinate's schema, or bring it to the installed version."""
    connection.exec_driver_sql("create schema if not exists jobs")
    connection.exec_driver_sql("set local search_path = jobs")
    missing = unapplied(connection)
    if connection.scalar(text("select to_regclass('jobs.procrastinate_jobs')")) is None:
        _run(connection, (resources.files("procrastinate.sql") / "schema.sql").read_text(encoding="utf-8"))
    else:
        for script in missing.values():
            _run(connection, script)
    if missing:
        _run(connection, GRANTS)
    for name in missing:
        connection.execute(text("insert into jobs.applied_migration values (:n) on conflict do nothing"), {"n": name})
    # the transaction may go on with other schemas
    connection.exec_driver_sql("set local search_path to default")


def unapplied(connection: Connection) -> dict[str, str]:
    """What the installed procrastinate brings and the database has not: scripts by name, in their order."""
    folder = resources.files("procrastinate.sql") / "migrations"
    scripts = {f.name: f.read_text(encoding="utf-8") for f in folder.iterdir() if f.name.endswith(".sql")}
    applied: set[str] = set()
    if connection.scalar(text("select to_regclass('jobs.applied_migration')")) is not None:
        applied = set(connection.scalars(text("select name from jobs.applied_migration")))
    return {name: scripts[name] for name in sorted(set(scripts) - applied)}


def _run(connection: Connection, script: str) -> None:
    # the driver's own cursor takes several statements and no placeholders
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(script)


def _service(job: Job) -> str:
    # a job's queue, so that a worker of one service leaves the others' alone
    return job.name.partition(".")[0]


class JobQueue:
    """The jobs of the house: what the app enqueues to and the worker runs; `url` is the scheduler's, for the worker."""

    def __init__(self, jobs: Iterable[Job], url: str | None, database: Database) -> None:
        self._database = database
        self.app = procrastinate.App(
            connector=procrastinate.PsycopgConnector(
                conninfo=url or "", kwargs={"options": "-c search_path=jobs -c timezone=UTC"}, min_size=1, max_size=4
            )
        )
        self._known = {job.name: job for job in jobs}
        for job in self._known.values():
            if job.cron is None:
                self._add(job)

    def _add(self, job: Job) -> None:
        async def run(tenant_id: str, **ids: str) -> None:
            await self._run(job, UUID(tenant_id), ids)

        self.app.task(
            name=job.name, queue=_service(job), retry=RetryStrategy(max_attempts=job.attempts, exponential_wait=2)
        )(run)

    async def _run(self, job: Job, tenant_id: UUID, ids: Mapping[str, str]) -> None:
        principal = Principal(tenant_id)
        try:
            async with self._database.transaction(principal) as work:
                await job.handler(work, **ids)
                await note_success(work, job.name)
            JOBS.labels(job.name, "succeeded").inc()
        except Exception as error:
            JOBS.labels(job.name, "failed").inc()
            async with self._database.transaction(principal) as work:
                await note_failure(work, job.name, in_a_line(error))
            raise

    def schedule(self, tenants: Callable[[], Awaitable[list[UUID]]]) -> None:
        """Let the worker run the jobs with a `cron` line, for every tenant `tenants` names."""
        for job in self._known.values():
            if job.cron is not None:
                self._add_periodic(job, job.cron, tenants)

    def _add_periodic(self, job: Job, cron: str, tenants: Callable[[], Awaitable[list[UUID]]]) -> None:
        async def run(timestamp: int) -> None:
            failed = []
            for tenant_id in await tenants():
                try:
                    await self._run(job, tenant_id, {})
                # one tenant's trouble must not keep the job from the others
                except Exception as error:
                    log.exception("periodic_job_failed", job=job.name, tenant_id=str(tenant_id))
                    failed.append(error)
            if failed:
                raise ExceptionGroup(f"{job.name} failed for {len(failed)} tenant(s)", failed)

        # a run that takes longer than its interval is not joined by a second one
        task = self.app.task(name=job.name, queue=_service(job), queueing_lock=job.name, lock=job.name)(run)
        self.app.periodic(cron=cron)(task)

    async def enqueue(self, work: UnitOfWork, name: str, **ids: str) -> None:
        """Add a job for the tenant; it exists when, and only if, the transaction commits."""
        if name not in self._known:
            raise KeyError(f"no service has a job called {name}")
        task = self.app.configure_task(name, connection=work.driver())
        await task.defer_async(tenant_id=str(work.tenant_id), **ids)
