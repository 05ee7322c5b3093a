"""What an erasure did, or would do: per table how many rows, why some are kept, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from operational.core.personal.declared import Declared
from operational.core.personal.laws import LAWS


@dataclass(frozen=True)
class Line:
    """One table: rows erased, rows in which the person was replaced, and rows kept as they are, with the reason.

    `until` is the last day the newest of the rows that stay has to be kept; None where no term is set.
    """

    table: str
    title_de: str
    title_en: str
    erased: int = 0
    replaced: int = 0
    kept: int = 0
    why_de: str = ""
    why_en: str = ""
    until: date | None = None

    def title(self, language: str) -> str:
        """The table in `de` or `en`."""
        return self.title_de if language == "de" else self.title_en

    def why(self, language: str) -> str:
        """Why something stays, in `de` or `en`; empty where nothing does."""
        return self.why_de if language == "de" else self.why_en


@dataclass(frozen=True)
class Report:
    """An erasure: `refused` is the code of what stands against it, None where nothing does.

    `shared` counts words that others have too (a common name, a company's number): those are replaced in the person's
    own records only. `documents` are ids of review packs that were built and handed over with the person in them.
    """

    pseudonym: str
    subjects: tuple[str, ...]
    lines: tuple[Line, ...]
    shared: int = 0
    documents: tuple[str, ...] = ()
    refused: str | None = None
    erasure_id: str | None = None
    mail_ids: tuple[str, ...] = field(default=(), repr=False)

    def to_keep(self) -> dict[str, Any]:
        """The numbers, as the register keeps them."""
        return {
            line.table: {"erased": line.erased, "replaced": line.replaced, "kept": line.kept} for line in self.lines
        }


def line_of(
    declared: Declared, *, erased: int = 0, replaced: int = 0, kept: int = 0, newest: date | None = None
) -> Line:
    """The line of a table; the law it names is the reason, where something stays."""
    law = declared.law if replaced or kept else None
    return Line(
        str(declared.table), declared.title.de, declared.title.en, erased, replaced, kept,
        law.de if law else "", law.en if law else "", law.until(newest) if law else None,
    )  # fmt: skip


def told(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines that say something."""
    last = max((line.until for line in lines if line.until), default=None)
    reason = LAWS["reference"].en
    # what others point to stays as long as the last of them
    dated = (replace(line, until=last) if line.why_en == reason else line for line in lines)
    return tuple(line for line in dated if line.erased or line.replaced or line.kept)
