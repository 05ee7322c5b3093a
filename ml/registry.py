"""What is kept of every model: from which data and code it came, what it looks at, and how good it is."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cache
from importlib.metadata import version
from math import isnan
from pathlib import Path
from typing import Any

CONFIDENCE = 1.96  # standard errors on each side of an estimate: 95 %


@dataclass(frozen=True)
class Estimate:
    """A measured value with its 95 % interval; bounds are None where one origin gives no spread."""

    value: float
    low: float | None
    high: float | None
    n: int

    @classmethod
    def of(cls, value: float, error: float, n: int) -> "Estimate | None":
        """From a standard error; None for a value that is unknown."""
        if isnan(value):
            return None
        if isnan(error):
            return cls(round(value, 4), None, None, n)
        return cls(round(value, 4), round(value - CONFIDENCE * error, 4), round(value + CONFIDENCE * error, 4), n)


@dataclass(frozen=True)
class RegistryRow:
    """One model of one series, or the refusal to make one (`refused` is the reason and the rest is unknown).

    `code_version` tells the library's code and what it stands on, `data_hash` the series it learned from; `approver`
    is who let it be used: the rule that chose it, or a person.
    """

    series: str
    scope: str
    queue: str | None
    grain: str
    code_version: str
    refused: str | None = None
    model: str | None = None
    reason: str | None = None
    approver: str | None = None
    data_hash: str | None = None
    learned_first: date | None = None
    learned_last: date | None = None
    made_for_first: date | None = None
    made_for_last: date | None = None
    features: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Estimate | None] = field(default_factory=dict)

    def metrics_as_plain(self) -> dict[str, dict[str, Any] | None]:
        """The metrics as JSON can hold them."""
        return {name: asdict(estimate) if estimate else None for name, estimate in self.metrics.items()}


def hash_of(parts: Iterable[bytes]) -> str:
    """SHA-256 over the parts in order, as hexadecimal digits."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


@cache
def code_version(package: Path, libraries: Sequence[str]) -> str:
    """Short hash of a package's Python files and the releases of the libraries it stands on.

    Raises PackageNotFoundError for a library that is not installed.
    """
    files = [part for path in sorted(package.glob("*.py")) for part in (path.name.encode(), path.read_bytes())]
    releases = [f"{library}=={version(library)}".encode() for library in libraries]
    return f"{package.name}-{hash_of([*files, *releases])[:12]}"
