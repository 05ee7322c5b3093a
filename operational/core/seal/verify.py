"""Computes every seal again and holds rows, chains and anchors against each other."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, Table, create_engine, func, select, text

from operational.core.db import OPTIONS
from operational.core.seal.anchors import NO_LINE, Anchor, Anchors, Line, Mark, iso
from operational.core.seal.chains import ChainCheck, Coverage, Say
from operational.core.seal.digest import microseconds
from operational.core.seal.reader import Reader

_LINES = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that cannot be unless somebody did it; `tenant_id` is None where it concerns the anchors' files."""

    tenant_id: UUID | None
    text: str


@dataclass
class Account:
    """What was looked at for one tenant.

    `behind` are sealed rows after the last anchor, `since` is the time of the oldest row that waits to be sealed,
    `accepted` what a person has said about anchors that no longer hold.
    """

    tenant_id: UUID
    sealed: int = 0
    waiting: int = 0
    since: str | None = None
    erased: int = 0
    anchors: int = 0
    behind: int = 0
    accepted: list[str] = field(default_factory=list)


def verify(
    url: str,
    tables: Mapping[str, Table],
    folder: Path,
    report: Callable[[Finding], None],
    *,
    tenant_id: UUID | None = None,
    may_lag: bool = False,
) -> list[Account]:
    """Verify the audit log in one snapshot, as the role of `url` (psa_sealer); `tables` are the audit tables.

    With `may_lag` the folder is a copy that may be older than the database. But for a bit a row, memory does not grow
    with the log. Raises OSError when the folder cannot be read.
    """
    anchors = Anchors(folder)
    # what was anchored before the snapshot must be in it; what is anchored while we look need not
    known = anchors.end()
    with _snapshot(url) as connection:
        return Verifier(Reader(connection, tables), anchors, known, report, may_lag=may_lag).run(tenant_id)


def accept(url: str, folder: Path, tenant_id: UUID, reason: str) -> int:
    """Write down that a tenant's chain holds as it is, whatever was anchored before; returns its last position.

    What verification finds of anchors written until now becomes a note with the reason; other findings stay.
    """
    with _snapshot(url) as connection:
        position, chain = Reader(connection, {}).head(tenant_id)
        now: str = connection.execute(select(microseconds(func.now()))).scalar_one()
    Anchors(folder).append([Anchor(tenant_id, position, chain, iso(now), reason)])
    return position


@contextmanager
def _snapshot(url: str) -> Iterator[Connection]:
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1),
        connect_args={"options": OPTIONS},
        isolation_level="REPEATABLE READ",
    )
    try:
        with engine.begin() as connection:
            connection.execute(text("set transaction read only"))
            yield connection
    finally:
        engine.dispose()


class Verifier:
    """One verification; what was anchored up to the mark `known` must be in the database."""

    def __init__(
        self,
        reader: Reader,
        anchors: Anchors,
        known: Mark,
        report: Callable[[Finding], None],
        *,
        may_lag: bool = False,
    ) -> None:
        self._reader = reader
        self._anchors = anchors
        self._known = known
        self._report = report
        self._may_lag = may_lag
        self._acceptances: dict[UUID, Line] = {}

    def run(self, tenant_id: UUID | None = None) -> list[Account]:
        """Look at every tenant there is a trace of, or at one; reports what it finds."""
        anchored = self._read_lines()
        tenants = anchored | self._reader.tenants() if tenant_id is None else {tenant_id}
        frontiers = self._reader.frontiers()
        return [self._tenant(tenant, frontiers) for tenant in sorted(tenants, key=str)]

    def _read_lines(self) -> set[UUID]:
        """Hold the lines of the anchors' files against each other; returns the tenants they name."""
        tenants: set[UUID] = set()
        previous = NO_LINE
        for line in self._anchors.lines():
            if line.previous != previous:
                self._report(Finding(None, f"{line.file} line {line.number}: a line before it is missing or changed"))
            previous = line.digest
            tenants.add(line.anchor.tenant_id)
            if line.anchor.accepted is not None:
                self._acceptances[line.anchor.tenant_id] = line
        return tenants

    def _tenant(self, tenant_id: UUID, frontiers: Mapping[str, int]) -> Account:
        account = Account(tenant_id)

        def say(what: str) -> None:
            self._report(Finding(tenant_id, what))

        acceptance = self._acceptances.get(tenant_id)
        accepted_to = acceptance.anchor.position if acceptance else 0
        coverage = Coverage(say, accepted_to=accepted_to, may_lag=self._may_lag)
        self._hold_anchors(account, coverage, say)
        check = ChainCheck(tenant_id, say)
        for page in self._reader.seals(tenant_id):
            for seal, row in page:
                check.take(seal, row)
                coverage.take(seal.link)
        account.sealed, account.erased, account.behind = check.sealed, check.erased, coverage.finish()
        self._find_unsealed(account, frontiers, say)
        for service, row_id, erased_at in self._reader.erased_without_a_record(tenant_id):
            say(f"{service} row {row_id} was emptied, it says {iso(erased_at)}, and no record of an erasure names it")
        return account

    def _hold_anchors(self, account: Account, coverage: Coverage, say: Say) -> None:
        """Every anchor must name the chain as it is at its position."""
        head, _ = self._reader.head(account.tenant_id)
        acceptance = self._acceptances.get(account.tenant_id)
        cut, rewritten, excused = _Broken(), _Broken(), _Broken()
        lines = (line for line in self._anchors.lines() if line.anchor.tenant_id == account.tenant_id)
        for chunk in _chunks(lines):
            stored = self._reader.chains_at(account.tenant_id, {line.anchor.position for line in chunk})
            for line in chunk:
                if stored.get(line.anchor.position) == line.anchor.chain:
                    account.anchors += 1
                    coverage.anchored(line.anchor.position)
                elif acceptance is not None and line.mark < acceptance.mark:
                    excused.add(line.anchor)
                elif line.anchor.position <= head:
                    rewritten.add(line.anchor)
                elif line.mark <= self._known:
                    cut.add(line.anchor)
        if cut.last is not None:
            say(f"the chain ends at position {head}, but {cut.last} was anchored: its tail was cut{cut.others()}")
        if rewritten.first is not None:
            first = rewritten.first
            say(f"the chain up to {first} is not the one that was anchored: it was rewritten{rewritten.others()}")
        if acceptance is not None:
            said = acceptance.anchor
            account.accepted.append(
                f"{said.accepted} (accepted {said.sealed_at} at position {said.position}; "
                f"anchors that no longer hold: {excused.count})"
            )

    def _find_unsealed(self, account: Account, frontiers: Mapping[str, int], say: Say) -> None:
        """Rows without a seal wait for one, unless their transaction is older than one that was sealed.

        Rows of all services are sealed in the order of their transactions, and none before all older ones have ended.
        """
        reached, unborn = max(frontiers.values(), default=0), self._reader.next_transaction()
        for service, row_id, occurred_at, txid in self._reader.unsealed(account.tenant_id):
            # a service that was never sealed in this life of the database waits as a whole
            if service in frontiers and txid < reached:
                say(f"{service} row {row_id} of {iso(occurred_at)} has no seal and claims a place before sealed rows")
            elif service in frontiers and txid >= unborn:
                say(f"{service} row {row_id} of {iso(occurred_at)} claims a transaction there has not been yet")
            else:
                account.waiting += 1
                # in ISO 8601 the earlier instant is the smaller text
                account.since = min(account.since or iso(occurred_at), iso(occurred_at))


@dataclass
class _Broken:
    """Anchors that do not hold: how many, and those of the lowest and the highest position."""

    count: int = 0
    first: Anchor | None = None
    last: Anchor | None = None

    def add(self, anchor: Anchor) -> None:
        self.count += 1
        if self.first is None or anchor.position < self.first.position:
            self.first = anchor
        if self.last is None or anchor.position > self.last.position:
            self.last = anchor

    def others(self) -> str:
        return f" ({self.count - 1} more anchors do not hold)" if self.count > 1 else ""


def _chunks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    left = iter(lines)
    while chunk := list(islice(left, _LINES)):
        yield chunk
