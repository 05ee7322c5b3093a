"""The command line as a person uses it, on homes of its own."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PSA = Path(sys.executable).with_name("psa")


@dataclass(frozen=True)
class Psa:
    """`psa` with one home; `extra` are environment variables."""

    home: Path
    extra: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, *words: object, **extra: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(PSA), *map(str, words)],
            env=self.environment(**extra), cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip

    def environment(self, **extra: str) -> dict[str, str]:
        # what a supervised process of this test run's own home carries must not reach another one's
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PSA_")}
        kept = {name: os.environ[name] for name in ("PSA_POSTGRES",) if name in os.environ}
        return {**clean, **kept, "PSA_HOME": str(self.home), **self.extra, **extra}

    def ok(self, *words: object) -> str:
        done = self(*words)
        assert done.returncode == 0, f"psa {' '.join(map(str, words))}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def refused(self, *words: object, **extra: str) -> str:
        """The one line a command that cannot be done ends with."""
        done = self(*words, **extra)
        assert done.returncode == 1, f"{done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        lines = [line for line in done.stderr.splitlines() if line.startswith("psa: ")]
        assert len(lines) == 1, done.stderr
        return lines[0].removeprefix("psa: ")


@pytest.fixture(scope="module")
def module_folder() -> Iterator[Path]:
    """A temporary folder of the module that the database server's own user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="psa-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def psa(module_folder: Path) -> Iterator[Psa]:
    """A home of the module's own; whatever runs there is stopped in the end."""
    command = Psa(module_folder / "home")
    yield command
    command.ok("down")
