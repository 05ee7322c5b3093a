"""What Linux tells about processes; a zombie counts as gone."""

import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path


def alive(pid: int) -> bool:
    """Whether the process still runs."""
    try:
        # the name may hold spaces and brackets; the state is the first word after it
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except (OSError, IndexError):
        return False


def arguments(pid: int) -> list[str]:
    """The command line of a process, empty when it is gone or not ours to see."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []


def working_in(folder: Path) -> list[int]:
    """Processes whose current directory is `folder` (all of a PostgreSQL server's are in its data)."""
    found = []
    for entry in _processes():
        try:
            inside = os.readlink(entry / "cwd") == str(folder)
        except OSError:
            continue
        if inside and alive(int(entry.name)):
            found.append(int(entry.name))
    return found


def with_environment(name: str, value: str) -> list[int]:
    """Processes that were started with the environment variable, our own ancestry left out."""
    wanted = f"{name}={value}".encode()
    found = []
    for entry in _processes():
        try:
            carries = wanted in (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if carries and alive(int(entry.name)):
            found.append(int(entry.name))
    return sorted(set(found) - _ancestry())


def end(pids: Iterable[int], seconds: float, first: signal.Signals = signal.SIGTERM) -> list[int]:
    """Signal the processes, KILL those alive after `seconds`; what survives even that is returned."""
    for number, patience in ((first, seconds), (signal.SIGKILL, 5.0)):
        pids = [pid for pid in pids if alive(pid)]
        for pid in pids:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue
        wait_gone(pids, patience)
    return [pid for pid in pids if alive(pid)]


def wait_gone(pids: Iterable[int], seconds: float) -> bool:
    """Wait until none of the processes runs; False when the time is over before."""
    pids, deadline = list(pids), time.monotonic() + seconds
    while any(alive(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _processes() -> list[Path]:
    return [entry for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _ancestry() -> set[int]:
    pid, found = os.getpid(), set()
    while pid > 1:
        found.add(pid)
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            break
    return found
