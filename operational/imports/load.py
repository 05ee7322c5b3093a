"""Loads a history through the services' loaders, in transactions that can be repeated."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from psycopg import Connection

from operational.core.bulk import Loader, MergeCount
from operational.core.db import tenant_transaction
from operational.imports.history import History
from operational.tickets.contracts import TicketRecord

TICKETS_PER_TRANSACTION = 2000
RECORDS_PER_TRANSACTION = 20_000
# step, done, total
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class ImportResult:
    """What an import did, in lines of the files: read = written + changed + already_there + rejected."""

    counts: Mapping[str, MergeCount]
    line_kinds: frozenset[str]
    lines_read: int
    rejected: int
    tickets: int

    @property
    def totals(self) -> tuple[int, int, int]:
        """Lines written, changed and already there; what was made from other lines is not counted twice."""
        whole = sum((self.counts[kind] for kind in self.line_kinds if kind in self.counts), MergeCount())
        return whole.inserted, whole.changed, whole.unchanged


def load_history(
    connection: Connection,
    tenant_id: UUID,
    history: History,
    loaders: Mapping[str, Loader],
    progress: Progress = lambda step, done, total: None,
) -> ImportResult:
    """Write a history for one tenant.

    Every transaction writes whole records with ids derived from their source, so an import that was killed ends
    the same when it is started again. `connection` is the app's, outside a transaction.
    """
    counts: dict[str, MergeCount] = defaultdict(MergeCount)

    def write(loader: str, records: Sequence[object]) -> None:
        with tenant_transaction(connection, tenant_id):
            written = loaders[loader](connection, tenant_id, history.system, records)
        for kind, count in written.items():
            counts[kind] += count

    def write_all(kind: str, records: Sequence[object]) -> None:
        for start in range(0, len(records), RECORDS_PER_TRANSACTION):
            part = records[start : start + RECORDS_PER_TRANSACTION]
            write(kind, part)
            progress(kind, start + len(part), len(records))

    for kind, records in history.reference.items():
        write_all(kind, records)
    done = 0
    for tickets in _chunks(history.tickets):
        write("tickets", tickets)
        done += len(tickets)
        progress("tickets", done, history.ticket_count)
    for kind, records in history.after_tickets.items():
        write_all(kind, records)
    return ImportResult(dict(counts), frozenset(history.accepted), history.lines_read, len(history.rejects.lines), done)


def _chunks(tickets: Iterator[TicketRecord]) -> Iterator[list[TicketRecord]]:
    while chunk := list(islice(tickets, TICKETS_PER_TRANSACTION)):
        yield chunk
