"""A desk's history as every reader of a foreign format hands it over."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from operational.imports.records import Rejects
from operational.tickets.contracts import TicketRecord


@dataclass
class History:
    """A history ready to be loaded.

    `reference` maps kinds of records (file names of the import format) to their records, in loading order;
    `tickets` can be walked once, `after_tickets` refers to them. `lines_read` counts data lines of all files,
    refused ones included; `accepted` maps each kind to the lines that were taken.
    """

    system: str
    reference: Mapping[str, list[Mapping[str, Any]]]
    tickets: Iterator[TicketRecord]
    ticket_count: int
    after_tickets: Mapping[str, list[Mapping[str, Any]]]
    rejects: Rejects
    lines_read: int
    accepted: Mapping[str, int]
