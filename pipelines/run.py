"""The whole refresh in one process, as the CLI and tests run it; Dagster's UI shows the same runs."""

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg

from pipelines.settings import Settings

if TYPE_CHECKING:
    from dagster import DagsterInstance

POLL_SECONDS = 0.5
# the tag that names the process of a run outside the daemon
OWNER = "psa/pid"


class BusyError(RuntimeError):
    """Another refresh is at work."""


@dataclass(frozen=True)
class RunReport:
    """How a run ended: what it wrote to raw, how much was built and checked, and every problem in words."""

    run_id: str
    batch: tuple[str, ...]
    assets: int
    checks: int
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether everything was done and everything passed."""
        return not self.problems


def refresh(
    settings: Settings, dagster_home: Path, log: Path, progress: Callable[[str], None] = lambda _: None
) -> RunReport:
    """Extract, build, test and check everything; the run is recorded in the Dagster instance at `dagster_home`.

    Dagster's and dbt's own words go to `log`; `progress` hears the name of each step as it starts. Raises BusyError
    while another run of the instance is at work.
    """
    dagster_home.mkdir(parents=True, exist_ok=True)
    quiet = {"DAGSTER_HOME": str(dagster_home), "DAGSTER_DISABLE_TELEMETRY": "yes", "GX_ANALYTICS_ENABLED": "false"}
    with _environment({**settings.environment(), **quiet}), _output_to(log):
        import dagster as dg

        from pipelines.definitions import defs

        job = defs.resolve_job_def("refresh")
        with dg.DagsterInstance.get() as instance:
            _refuse_second(instance)
            run_id = str(uuid4())
            before = _last_batch(settings)
            with _following(instance, run_id, progress):
                job.execute_in_process(
                    instance=instance, raise_on_error=False, run_id=run_id, tags={OWNER: str(os.getpid())}
                )
            return _report(settings, instance, run_id, job, before)


def _refuse_second(instance: "DagsterInstance") -> None:
    import dagster as dg

    busy = instance.get_runs(dg.RunsFilter(job_name="refresh", statuses=[dg.DagsterRunStatus.STARTED]), limit=1)
    if busy and not _is_dead(instance, busy[0].run_id):
        raise BusyError(f"a refresh is running (run {busy[0].run_id}); wait for it to end")


def _is_dead(instance: "DagsterInstance", run_id: str) -> bool:
    """Whether nobody works on the run any more; such a run is marked as failed."""
    from dagster import DagsterEventType

    run = instance.get_run_by_id(run_id)
    pid = run.tags.get(OWNER) if run else None
    if pid is None or Path(f"/proc/{pid}").exists():
        return False
    if run is not None and instance.get_records_for_run(run_id, of_type=DagsterEventType.RUN_START).records:
        instance.report_run_failed(run, "the process that ran it is gone")
    return True


@contextmanager
def _following(instance: "DagsterInstance", run_id: str, progress: Callable[[str], None]) -> Iterator[None]:
    """Tell the steps of the run as they start, from the instance's own log."""
    from dagster import DagsterEventType

    ended = threading.Event()

    def follow() -> None:
        told: set[str] = set()
        while not ended.wait(POLL_SECONDS):
            for record in instance.all_logs(run_id, of_type=DagsterEventType.STEP_START):
                step = record.step_key or ""
                if step not in told:
                    told.add(step)
                    progress(step)

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _report(settings: Settings, instance: "DagsterInstance", run_id: str, job: object, before: int) -> RunReport:
    from dagster import DagsterEventType, JobDefinition

    from pipelines.defs.completeness import emitted, failed_checks, missing_work

    assert isinstance(job, JobDefinition)
    assets, checks = emitted(instance, run_id)
    failures = instance.all_logs(run_id, of_type={DagsterEventType.STEP_FAILURE, DagsterEventType.RUN_FAILURE})
    problems = [f"step {record.step_key or 'run'} failed: {_cause(record.get_dagster_event())}" for record in failures]
    problems += [f"check {name} failed" for name in failed_checks(instance, run_id)]
    missing = missing_work(instance, run_id, job)
    if missing and not failures:
        problems.append(f"the run skipped {missing}")
    return RunReport(run_id, _batch_lines(settings, before), len(assets), len(checks), tuple(problems))


def _cause(event: object) -> str:
    data = getattr(event, "event_specific_data", None)
    error = getattr(data, "error", None)
    while error is not None and error.cause is not None:
        error = error.cause
    return str(error.message).strip().splitlines()[0] if error is not None else "see the log"


def _last_batch(settings: Settings) -> int:
    with psycopg.connect(settings.warehouse_url) as connection:
        row = connection.execute("select coalesce(max(batch), 0) from extract.batch").fetchone()
    return row[0] if row else 0


def _batch_lines(settings: Settings, before: int) -> tuple[str, ...]:
    with psycopg.connect(settings.warehouse_url) as connection:
        rows = connection.execute(
            """select batch, table_name, rows_upserted, rows_deleted from extract.batch_table
               where batch > %s and rows_upserted + rows_deleted > 0 order by batch, rows_upserted desc""",
            (before,),
        ).fetchall()
    if not rows:
        return ("nothing new since the last batch",)
    return tuple(
        f"batch {batch}: {table:<28} {upserted:>10,} rows written {deleted:>8,} deleted"
        for batch, table, upserted, deleted in rows
    )


@contextmanager
def _output_to(log: Path) -> Iterator[None]:
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("a", encoding="utf-8") as file,
        contextlib.redirect_stdout(file),
        contextlib.redirect_stderr(file),
    ):
        yield


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
