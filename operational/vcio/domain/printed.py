"""What a pack's text says: ids and the numbers printed before them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_ID = re.compile(r"\[(E\d{2,3})\]")
_PACK = re.compile(r"psa-pack:([0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12})")
# what may belong to a number: if it stands before the expected text, the number printed is another one
_NUMERIC = re.compile(r"[\d.,+±−-]")


@dataclass(frozen=True)
class Mismatch:
    """An id whose printed number is not what its SQL gives; `printed` is what stands before the id."""

    evidence_id: str
    expected: str
    printed: str


def squeeze(text: str) -> str:
    """Text without any white space: extraction from a PDF adds and drops it."""
    return re.sub(r"\s+", "", text)


def pack_id(text: str) -> str | None:
    """The id the pack prints of itself; None when there is none."""
    match = _PACK.search(squeeze(text))
    return match[1] if match else None


def compare(text: str, expected: Mapping[str, str]) -> list[Mismatch]:
    """Every place where an id follows another number than `expected` says, ids unknown or missing included."""
    found: set[str] = set()
    mismatches = []
    for match in _ID.finditer(text):
        found.add(match[1])
        before = text[: match.start()].rstrip()
        wanted = expected.get(match[1])
        if wanted is None:
            mismatches.append(Mismatch(match[1], "no such number", _tail(before)))
        elif not _ends_with(before, wanted):
            mismatches.append(Mismatch(match[1], wanted, _tail(before)))
    missing = [Mismatch(key, value, "nothing") for key, value in expected.items() if key not in found]
    return mismatches + missing


def _ends_with(before: str, wanted: str) -> bool:
    # extraction may put white space inside a number, but never takes away the space before one
    spaced = r"\s*".join(re.escape(character) for character in squeeze(wanted))
    match = re.search(spaced + r"$", before[-4 * len(wanted) - 8 :])
    if match is None:
        return False
    rest = before[-4 * len(wanted) - 8 :][: match.start()]
    return not _NUMERIC.match(rest[-1:])


def _tail(before: str) -> str:
    match = re.search(r"\S{1,16}$", before)
    return match[0] if match else "nothing"
