"""What the erasure of a person takes and gives over HTTP."""

from datetime import date
from uuid import UUID

from operational.core.payload import Line, Payload, Shown


class ErasureIn(Payload):
    """Look first: a dry run tells what would be done and changes nothing. To do it, repeat the person's name."""

    is_dry_run: bool = True
    confirm: Line | None = None


class ErasureLineOut(Shown):
    """A table: rows erased, rows in which the person was replaced, rows kept, why those stay and until when."""

    table: str
    title_de: str
    title_en: str
    erased: int
    replaced: int
    kept: int
    why_de: str
    why_en: str
    until: date | None


class ErasureOut(Shown):
    """An erasure or, for a dry run, what it would do.

    `refused` is the code of what stands against it. `shared` counts names, addresses and numbers that others have too:
    they are replaced in the own records only. `documents` are review packs handed over with the person in them.
    """

    is_dry_run: bool
    pseudonym: str
    subjects: list[str]
    lines: list[ErasureLineOut]
    shared: int
    documents: list[UUID]
    refused: str | None
