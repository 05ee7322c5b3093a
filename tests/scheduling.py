"""Which tests run in one process, and in which order they are handed out."""

from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

TESTS = Path(__file__).parent
# the modules of these folders share something that takes long to make
TOGETHER = ("e2e", "operational/shapes")
# what takes long comes first, so that no process is left alone with one in the end
SLOW_FIRST = ("test_journeys.py", "e2e", "pipelines", "infra", "shapes", "vcio", "dashboards")


class Scheduling(LoadScopeScheduling):
    """A module's tests run in one process, and so do those of a folder in TOGETHER."""

    def _split_scope(self, nodeid: str) -> str:
        folder = next((name for name in TOGETHER if nodeid.startswith(f"tests/{name}/")), None)
        return folder or super()._split_scope(nodeid)


def place(path: Path) -> int:
    """When a test of this file has its turn."""
    folders = path.relative_to(TESTS).parts
    return next((n for n, name in enumerate(SLOW_FIRST) if name in folders), len(SLOW_FIRST))
