"""The whole refresh in one process, as the CLI and tests run it; Dagster's UI shows the same runs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.settings import Settings


@dataclass(frozen=True)
class RunReport:
    """How a run ended: its id, the checks that failed, the steps that failed, and what was left out."""

    run_id: str
    failed_steps: tuple[str, ...]
    failed_checks: tuple[str, ...]
    skipped: str

    @property
    def ok(self) -> bool:
        """Whether everything was done and everything passed."""
        return not (self.failed_steps or self.failed_checks or self.skipped)


def refresh(settings: Settings, dagster_home: Path) -> RunReport:
    """Extract, build, test and check everything; the run is recorded in the Dagster instance at `dagster_home`."""
    dagster_home.mkdir(parents=True, exist_ok=True)
    with _environment({**settings.environment(), "DAGSTER_HOME": str(dagster_home)}):
        import dagster as dg

        from pipelines.defs.completeness import failed_checks, missing_work
        from pipelines.definitions import defs

        job = defs.resolve_job_def("refresh")
        with dg.DagsterInstance.get() as instance:
            result = job.execute_in_process(instance=instance, raise_on_error=False)
            steps = tuple(event.step_key or "" for event in result.get_step_failure_events())
            missing = missing_work(instance, result.run_id, job)
            return RunReport(result.run_id, steps, tuple(failed_checks(instance, result.run_id)), str(missing))


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
