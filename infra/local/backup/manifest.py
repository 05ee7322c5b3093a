"""What a backup says of itself: a JSON file at its end."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from infra.errors import UserError

FORMAT = "psa-backup/1"
NAME = "manifest.json"
# the manifest's own digest; it is the last thing in the file, so that a file cut off has none
SEAL = "manifest.sha256"


@dataclass(frozen=True)
class Manifest:
    """What is in a backup.

    `schemas` are the applied revisions by schema of `psa`, `rows` the counted rows by database and table,
    `next_transaction` is above every transaction id in the rows, `last_batch` the newest batch of the warehouse (0
    before the first), `members` the size in bytes and SHA-256 of each file.
    """

    product_version: str
    created_at: str
    postgres_major: int
    next_transaction: int
    last_batch: int
    schemas: Mapping[str, list[str]]
    rows: Mapping[str, Mapping[str, int]]
    members: Mapping[str, Mapping[str, Any]]
    format: str = FORMAT

    def to_json(self) -> bytes:
        """The manifest as it stands in the file."""
        return json.dumps(asdict(self), indent=2, sort_keys=True).encode()

    @classmethod
    def from_json(cls, content: bytes) -> "Manifest":
        """Read it; raises UserError when it is of a format this version does not know, ValueError when it is none."""
        read = json.loads(content)
        if not isinstance(read, dict) or "format" not in read:
            raise ValueError("no manifest")
        if read["format"] != FORMAT:
            raise UserError(f"this backup has the format {read['format']}; use the version of psa that made it")
        try:
            return cls(**{field.name: read[field.name] for field in fields(cls)})
        except KeyError as error:
            raise ValueError(f"the manifest has no {error}") from None

    @property
    def bytes(self) -> int:
        """Size of all members together, in bytes."""
        return sum(int(member["size"]) for member in self.members.values())
