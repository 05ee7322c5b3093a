"""Reading foreign files line by line, so that one broken line costs one record."""

import csv
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import IO

from operational.imports.errors import ImportFileError


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that was not imported, and why."""

    file: str
    line: int
    reason: str
    text: str


class InvalidValueError(ValueError):
    """A field that breaks the format; the text becomes the reason in the rejects file."""


@dataclass
class Rejects:
    """The lines of one import that were refused."""

    lines: list[Rejected] = field(default_factory=list)

    def add(self, file: str, line: int, reason: str, text: str) -> None:
        """Keep a refused line."""
        self.lines.append(Rejected(file, line, reason, text))

    def write(self, path: Path) -> None:
        """Write the refused lines as CSV, whole or not at all; without any, an older file is removed."""
        if not self.lines:
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(path.name + ".part")
        with temporary.open("w", encoding="utf-8", errors="backslashreplace", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow(("file", "line", "reason", "text"))
            writer.writerows((r.file, r.line, r.reason, r.text) for r in self.lines)
        temporary.replace(path)


@dataclass(frozen=True, slots=True)
class Line:
    """A parsed line: its number in the file (the header is 1), its fields by column, its text as it stood."""

    number: int
    fields: dict[str, str]
    text: str


def read_lines(path: Path, columns: list[str], rejects: Rejects) -> Iterator[Line]:
    """The well-formed lines of a CSV file (gzip when the name ends in .gz); refused ones go to `rejects`.

    Raises ImportFileError when the file is missing, empty, damaged, or lacks one of `columns`.
    """
    try:
        with _open(path) as handle:
            yield from _parse(path, handle, columns, rejects)
    except FileNotFoundError:
        raise ImportFileError(f"{path} does not exist; give the path of the export") from None
    except IsADirectoryError:
        raise ImportFileError(f"{path} is a folder; give the path of the exported file") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ImportFileError(f"{path} is not a complete gzip file ({error}); export or copy it again") from None


def _open(path: Path) -> IO[bytes]:
    return BufferedReader(gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def _parse(path: Path, handle: IO[bytes], columns: list[str], rejects: Rejects) -> Iterator[Line]:
    header_line = handle.readline()
    header = next(csv.reader([header_line.decode("utf-8-sig", "replace").rstrip("\r\n")]), [])
    missing = [name for name in columns if name not in header]
    if missing:
        raise ImportFileError(f"{path} lacks the column {', '.join(missing)}; its first line must name them")
    for number, raw in enumerate(handle, start=2):
        try:
            text = raw.decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError as error:
            rejects.add(path.name, number, f"encoding: {error.reason} at byte {error.start}", _shown(raw))
            continue
        if not text:
            rejects.add(path.name, number, "fields: the line is empty", "")
            continue
        if "\x00" in text:
            rejects.add(path.name, number, "encoding: the line contains a NUL character", _shown(raw))
            continue
        try:
            # without a quote the commas are all there is
            values = next(csv.reader([text], strict=True)) if '"' in text or "\r" in text else text.split(",")
        except csv.Error as error:
            rejects.add(path.name, number, f"fields: {error}", text)
            continue
        if len(values) != len(header):
            rejects.add(path.name, number, f"fields: {len(values)} instead of {len(header)}", text)
            continue
        yield Line(number, dict(zip(header, values, strict=True)), text)


def _shown(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace").rstrip("\r\n").replace("\x00", "\\x00")
