"""A server started in a folder of its own, stopped and killed by its process group."""

import os
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from infra.errors import UserError
from infra.local import procfs
from infra.local.programs import find_program


class Server(ABC):
    """One server; subclasses say with which command it runs and when it is ready."""

    name = "server"
    # Debian's package that brings it, and a file of it
    package = ""
    program = ""
    start_seconds = 60.0

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def found(cls) -> str | None:
        """The program's path; None where it is not installed."""
        return find_program(cls.program)

    @abstractmethod
    def command(self) -> Sequence[str]:
        """The command line."""

    def environment(self) -> Mapping[str, str]:
        """What the server reads from the environment beside what is there."""
        return {}

    @abstractmethod
    def ready(self) -> bool:
        """Whether it does its work."""

    @property
    def log(self) -> Path:
        """Where its output goes."""
        return self.folder / f"{self.name}.log"

    def start(self) -> None:
        """Start and wait until it is ready; raises UserError, with the end of its log, when it does not come up."""
        if self.found() is None:
            raise UserError(f"{self.program} is not installed; run: sudo apt-get install {self.package}")
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self.command(),
                env={**os.environ, **self.environment()},
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                cwd=self.folder,
                start_new_session=True,
            )
        deadline = time.monotonic() + self.start_seconds
        while not self.ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                end = self.log.read_text(errors="replace")[-2000:]
                raise UserError(f"{self.name} does not start; the end of its log:\n{end}")
            time.sleep(0.05)

    @property
    def running(self) -> bool:
        """Whether the process has not ended."""
        return self._process is not None and self._process.poll() is None

    def stop(self, seconds: float = 30) -> None:
        """End it in order, and by force after `seconds`."""
        if self._process is None:
            return
        if self.running:
            self._process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
        self.kill()

    def kill(self) -> None:
        """End it and all it started at once."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        procfs.wait_gone([self._process.pid], 10)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
