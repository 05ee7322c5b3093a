"""Holds one tenant's chain against its rows, and its batches against their anchors; reads nothing by itself."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from operational.core.seal.anchors import iso
from operational.core.seal.digest import AuditRow, Link, chain, content_digest, genesis, row_digest

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Seal:
    """A row of core.audit_seal."""

    link: Link
    content_digest: bytes
    chain: bytes

    def __str__(self) -> str:
        link = self.link
        return f"{link.service} row {link.row_id} (position {link.position}, sealed {iso(link.sealed_at)})"


class ChainCheck:
    """Takes a tenant's seals in the order of their positions; says what does not fit, each fault once."""

    def __init__(self, tenant_id: UUID, say: Say) -> None:
        self.sealed = 0
        self.erased = 0
        self._say = say
        self._position = 0
        # what the next link may follow: where a chain value was changed, the one it should have been as well
        self._before: tuple[bytes, ...] = (genesis(tenant_id),)

    def take(self, seal: Seal, row: AuditRow | None) -> None:
        """The next seal, and the row it speaks of where there is one."""
        self.sealed += 1
        if self._follows(seal):
            self._hold_against(seal, row)
        else:
            self._say(f"the seal of {seal} was changed, moved or put in")
        if row is not None and row.erased_at is not None:
            self.erased += 1

    def _follows(self, seal: Seal) -> bool:
        first, last = self._position + 1, seal.link.position - 1
        self._position = seal.link.position
        if first <= last:
            self._say(f"positions {first} to {last} are missing; what follows was sealed {iso(seal.link.sealed_at)}")
            self._before = (seal.chain,)
            return True
        expected = tuple(chain(before, seal.link) for before in self._before)
        self._before = tuple(dict.fromkeys((seal.chain, *expected[:1])))
        return seal.chain in expected

    def _hold_against(self, seal: Seal, row: AuditRow | None) -> None:
        if row is None:
            self._say(f"{seal} was deleted")
            return
        erased = row.erased_at is not None
        content = seal.content_digest if erased else content_digest(row)
        if row_digest(row, content) != seal.link.row_digest:
            self._say(f"{seal} was changed")
        elif content != seal.content_digest:
            self._say(f"the seal of {seal} was changed")
        elif erased and (row.before, row.after, row.salt) != (None, None, None):
            self._say(f"{seal} was erased and says something again")
        elif not erased and row.row_txid != seal.link.row_txid:
            self._say(f"{seal} was written again")


class Coverage:
    """Which batches of a chain have an anchor; a bit for each position is all that is kept."""

    def __init__(self, say: Say, *, accepted_to: int, may_lag: bool) -> None:
        self._say = say
        self._accepted_to = accepted_to
        self._may_lag = may_lag
        self._bits = bytearray()
        self._position = 0
        self._sealed_at: str | None = None
        # the last anchored batch's end, and the last end of a batch behind it that has no anchor
        self._covered = 0
        self._bare: int | None = None

    def anchored(self, position: int) -> None:
        """There is an anchor at this position of the chain."""
        byte = position >> 3
        if byte >= len(self._bits):
            self._bits.extend(bytes(byte + 1 - len(self._bits)))
        self._bits[byte] |= 1 << (position & 7)

    def take(self, link: Link) -> None:
        """The next link of the chain; those of one batch were sealed at the same instant."""
        if self._sealed_at not in (None, link.sealed_at):
            self._end_batch()
        self._position, self._sealed_at = link.position, link.sealed_at

    def finish(self) -> int:
        """Rows behind the last anchor that nothing is wrong with.

        Between the commit of a batch and its anchor a sealer may end, so the last batch may be without one.
        """
        if self._is_anchored(self._position):
            self._complain()
            return 0
        behind = self._position - self._covered
        if self._may_lag:
            return behind
        if self._bare is not None:
            behind = self._position - self._bare
            self._complain()
        return behind

    def _end_batch(self) -> None:
        if self._is_anchored(self._position):
            self._complain()
            self._covered = self._position
        else:
            self._bare = self._position

    def _is_anchored(self, position: int) -> bool:
        byte = position >> 3
        known = byte < len(self._bits) and bool(self._bits[byte] & 1 << (position & 7))
        return known or position <= self._accepted_to

    def _complain(self) -> None:
        if self._bare is not None:
            self._say(f"positions {self._covered + 1} to {self._bare} were sealed and have no anchor")
            self._bare = None
