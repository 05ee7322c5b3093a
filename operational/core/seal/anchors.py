"""Heads of the chains, written down outside the database: who rewrites the database cannot rewrite these."""

import fcntl
import hashlib
import json
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from operational.core.seal.digest import EPOCH

NO_LINE = "0" * 64
_TAIL_BYTES = 65_536
# of PostgreSQL's bigint
_LAST_POSITION = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Anchor:
    """A tenant's chain at one position; `sealed_at` is UTC as ISO 8601.

    With `accepted` it is a person's word that what had been anchored beyond this position no longer holds, and why.
    """

    tenant_id: UUID
    position: int
    chain: bytes
    sealed_at: str
    accepted: str | None = None

    def __str__(self) -> str:
        return f"position {self.position} (sealed {self.sealed_at})"


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in the files: everything in earlier files, and this many lines of the named one."""

    file: str
    number: int


@dataclass(frozen=True, slots=True)
class Line:
    """An anchor as it stands in a file; `digest` is that of the line, `previous` what it says of the one before."""

    anchor: Anchor
    previous: str
    digest: str
    file: str
    number: int

    @property
    def mark(self) -> Mark:
        """The place of this line."""
        return Mark(self.file, self.number)


class Anchors:
    """Files of a folder, one a month, whose lines are chained; they are only ever added to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def append(self, anchors: Sequence[Anchor]) -> None:
        """Add lines and wait until the disk has them; raises OSError when that fails.

        The folder must be there: one that is made anew where a volume was not mounted would start a second history.
        """
        with self._locked() as folder:
            last = self._last_line()
            month = max(anchor.sealed_at for anchor in anchors)[:7]
            # a clock that was set back does not go back to an older file
            file = self.folder / max(f"anchors-{month}.jsonl", last.file if last else "")
            text = self._text(last.digest if last else NO_LINE, anchors)
            descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                # a line torn by a crash is left alone; the next one does not continue it
                data = (b"" if _ends_with_newline(file) else b"\n") + text
                if os.write(descriptor, data) != len(data):
                    raise OSError(f"{file} took only a part of a line")
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            os.fsync(folder)

    def last_positions(self, tenants: Collection[UUID]) -> dict[UUID, int]:
        """The highest position anchored of each of the tenants, which the newest file that names it holds."""
        found: dict[UUID, int] = {}
        for file in reversed(self._files()):
            here: dict[UUID, int] = {}
            for line in _lines_of(file):
                tenant_id = line.anchor.tenant_id
                if tenant_id not in found:
                    here[tenant_id] = max(here.get(tenant_id, 0), line.anchor.position)
            found.update(here)
            if found.keys() >= set(tenants):
                break
        return found

    def lines(self) -> Iterator[Line]:
        """Every anchor in the order written; what is no whole line of ours is passed over."""
        for file in self._files():
            yield from _lines_of(file)

    def end(self) -> Mark:
        """The place after the last line."""
        files = self._files()
        if not files:
            return Mark("", 0)
        with files[-1].open("rb") as handle:
            return Mark(files[-1].name, sum(1 for _ in handle))

    def _files(self) -> list[Path]:
        if not self.folder.is_dir():
            raise FileNotFoundError(f"the folder of the audit log's anchors, {self.folder}, is not there")
        return sorted(self.folder.glob("anchors-*.jsonl"))

    def _last_line(self) -> Line | None:
        for file in reversed(self._files()):
            if (line := _last_line_of(file)) is not None:
                return line
        return None

    @staticmethod
    def _text(previous: str, anchors: Sequence[Anchor]) -> bytes:
        text = b""
        for anchor in anchors:
            content: dict[str, object] = {
                "tenant": str(anchor.tenant_id),
                "position": anchor.position,
                "chain": anchor.chain.hex(),
                "sealed_at": anchor.sealed_at,
                "previous": previous,
            }
            if anchor.accepted is not None:
                content["accepted"] = anchor.accepted
            line = json.dumps(content, separators=(",", ":")).encode()
            previous = hashlib.sha256(line).hexdigest()
            text += line + b"\n"
        return text

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """Keep other writers out; a sealer that lost its lead may still be writing its last line."""
        descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)


def iso(microseconds: str) -> str:
    """Decimal microseconds since 1970 as UTC in ISO 8601, or as they are when they are no time of a calendar."""
    try:
        return (EPOCH + timedelta(microseconds=int(microseconds))).isoformat()
    except (ValueError, OverflowError):
        return microseconds


def _ends_with_newline(file: Path) -> bool:
    with file.open("rb") as handle:
        if handle.seek(0, os.SEEK_END) == 0:
            return True
        handle.seek(-1, os.SEEK_END)
        return handle.read(1) == b"\n"


def _lines_of(file: Path) -> Iterator[Line]:
    with file.open("rb") as handle:
        for number, raw in enumerate(handle, start=1):
            if (line := _parse(raw, file.name, number)) is not None:
                yield line


def _last_line_of(file: Path) -> Line | None:
    with file.open("rb") as handle:
        start = max(0, handle.seek(0, os.SEEK_END) - _TAIL_BYTES)
        handle.seek(start)
        # the first one may be half of a line, which is none
        for raw in reversed(handle.readlines()):
            if (line := _parse(raw, file.name, 0)) is not None:
                return line
    return None


def _parse(raw: bytes, file: str, number: int) -> Line | None:
    # one that a crash left without its newline gets it from the next; half of a line is none
    data = raw.removesuffix(b"\n")
    try:
        content = json.loads(data)
        position, accepted = content["position"], content.get("accepted")
        if not (isinstance(position, int) and 0 <= position <= _LAST_POSITION and isinstance(accepted, str | None)):
            return None
        anchor = Anchor(
            UUID(content["tenant"]), position, bytes.fromhex(content["chain"]), str(content["sealed_at"]), accepted
        )
        return Line(anchor, str(content["previous"]), hashlib.sha256(data).hexdigest(), file, number)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
