"""What a person is called, and how that is found in and taken out of text; pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# shorter runs of digits are no number of a person
LEAST_DIGITS = 6
# parts of names that are words of everybody
_TITLES = frozenset(
    {"dr", "prof", "dipl", "ing", "mag", "herr", "frau", "von", "van", "der", "den", "zu", "the", "mrs"}
)
_PLAIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})
_SEPARATORS = r"[\s()/.\-]*"


@dataclass(frozen=True)
class Matcher:
    """Finds words in text; `sql` is a PostgreSQL pattern that finds at least as much, None where there is nothing."""

    pattern: re.Pattern[str] | None
    sql: str | None

    def replaced(self, value: Any, by: str) -> Any:
        """The text, or the JSON with all texts in it, with the words replaced."""
        if self.pattern is None:
            return value
        if isinstance(value, str):
            return self.pattern.sub(by, value)
        if isinstance(value, Mapping):
            return {self.replaced(name, by): self.replaced(part, by) for name, part in value.items()}
        if isinstance(value, list):
            return [self.replaced(part, by) for part in value]
        return value


@dataclass(frozen=True)
class Words:
    """Names, e-mail addresses and phone numbers of a person, as they are written in the records."""

    names: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()

    def without(self, other: "Words") -> "Words":
        """Those that are not among `other`, whatever their case."""
        return Words(*(frozenset(w for w in mine if w.casefold() not in {o.casefold() for o in theirs})
                       for mine, theirs in zip(self._parts(), other._parts(), strict=True)))  # fmt: skip

    def __or__(self, other: "Words") -> "Words":
        return Words(*(mine | theirs for mine, theirs in zip(self._parts(), other._parts(), strict=True)))

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(map(len, self._parts()))

    def _parts(self) -> tuple[frozenset[str], ...]:
        return self.names, self.emails, self.phones

    def everywhere(self) -> Matcher:
        """For texts of anybody: whole names of two words or more, addresses and numbers."""
        names = [name for name in _spellings(self.names) if len(_tokens(name)) > 1]
        found = [_name(order) for name in names for order in _orders(name)]
        found += [_email(email) for email in sorted(self.emails)] + _phones(self.phones)
        rough = [_rough(order) for name in names for order in _orders(name)]
        rough += [re.sub(r"[^A-Za-z0-9@]", ".", email) for email in sorted(self.emails)] + _phones(self.phones)
        return _matcher(found, rough)

    def in_own(self) -> Matcher:
        """For what belongs to the person: the same, and parts of the name, written as the name is."""
        whole = self.everywhere().pattern
        found = [] if whole is None else [whole.pattern]
        for name in _spellings(self.names):
            words, tokens = name.split(), _tokens(name)
            # a double name as a whole before its halves
            for part in dict.fromkeys((*sorted(words, key=len, reverse=True), *tokens)):
                if len(part) > 2 and part[0].isupper() and part.strip(".").casefold() not in _TITLES:
                    # "Anna Schmidt" is somebody else
                    is_first = len(words) > 1 and part in (words[0], tokens[0])
                    other = r"(?![ \t]+[A-ZÄÖÜ]\w)" if is_first else ""
                    found.append(rf"(?<!\w){re.escape(part)}(?!\w){other}")
        return _matcher(found, [])


def _spellings(names: Iterable[str]) -> list[str]:
    """The names, and how they are written where there are no umlauts."""
    return sorted({spelling for name in names for spelling in (name, name.translate(_PLAIN))})


def _tokens(name: str) -> list[str]:
    return re.findall(r"\w+", name)


def _orders(name: str) -> Iterable[list[str]]:
    """The parts of a name as they are written, and the last name first."""
    words = name.split()
    return (_tokens(name), _tokens(" ".join((*words[-1:], *words[:-1]))))


def _name(tokens: list[str]) -> str:
    joined = r"[\W_]{1,4}".join(map(re.escape, tokens))
    return rf"(?<!\w)(?i:{joined})(?!\w)"


def _rough(tokens: list[str]) -> str:
    return ".{1,8}".join(re.sub(r"[^A-Za-z0-9]", ".", token) for token in tokens)


def _email(email: str) -> str:
    return rf"(?<![\w.+\-])(?i:{re.escape(email)})(?![\w\-])"


def _phones(phones: Iterable[str]) -> list[str]:
    """Patterns that Python and PostgreSQL both understand.

    +49 89 1234, 0049 (0) 89/1234 and 089 1234 are one number.
    """
    found = set()
    for phone in phones:
        digits = re.sub(r"\D", "", phone.replace("(0)", ""))
        international = phone.strip().startswith("+") or digits.startswith("00")
        digits = digits.removeprefix("00")
        national = digits[2:] if international else digits.removeprefix("0")
        if len(national) < LEAST_DIGITS:
            continue
        joined = _SEPARATORS.join(national)
        found.add(rf"((\+|00)\s?[1-9][0-9]{_SEPARATORS}(\(?0\)?)?{_SEPARATORS}|0){joined}(?![0-9])")
    return sorted(found)


def _matcher(found: list[str], rough: list[str]) -> Matcher:
    pattern = re.compile("|".join(f"(?:{one})" for one in found)) if found else None
    return Matcher(pattern, "|".join(f"({one})" for one in rough) or None)
