"""Filters as they stand in the address: read with a fallback for what makes no sense, and written back."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, cast
from uuid import UUID

from dashboards.figures import periods
from dashboards.figures.periods import DAY, GRAINS, PRESETS, Grain, Period, Span

Basis = Literal["business", "calendar"]
BASES: tuple[Basis, ...] = ("business", "calendar")
# stands for tickets whose queue or category is unknown
UNKNOWN = "~unknown"
DEFAULT_PERIOD = "last_90_days"
_FAR = timedelta(days=10_000)


@dataclass(frozen=True)
class Trouble:
    """A value of the address that was not taken, and why (a key of the texts)."""

    name: str
    value: str
    reason: str


@dataclass(frozen=True)
class Choices:
    """What can be chosen; None among queues and categories is the unknown one."""

    covered: Span
    queues: tuple[str | None, ...] = ()
    categories: tuple[str | None, ...] = ()
    customers: tuple[tuple[UUID, str], ...] = ()

    @property
    def queue_values(self) -> list[str]:
        """Queues as they stand in the address."""
        return [UNKNOWN if name is None else name for name in self.queues]

    @property
    def category_values(self) -> list[str]:
        """Categories as they stand in the address."""
        return [UNKNOWN if name is None else name for name in self.categories]


@dataclass(frozen=True)
class Narrowing:
    """Which tickets are looked at; None is all of them, UNKNOWN those without the value."""

    customer_id: UUID | None = None
    queue: str | None = None
    category: str | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        """As the queries take it."""
        return {
            "customer_id": self.customer_id,
            "by_queue": self.queue is not None,
            "queue": None if self.queue == UNKNOWN else self.queue,
            "by_category": self.category is not None,
            "category": None if self.category == UNKNOWN else self.category,
        }


@dataclass(frozen=True)
class Filters:
    """What a service page shows."""

    preset: str
    period: Period
    grain: Grain
    basis: Basis
    as_of: date
    narrowing: Narrowing
    behind: str | None
    trouble: tuple[Trouble, ...]


class Reader:
    """Reads values of an address, falls back where they make no sense, and remembers where."""

    def __init__(self, address: Mapping[str, str]) -> None:
        self._address = address
        self.trouble: list[Trouble] = []

    def has(self, *names: str) -> bool:
        """Whether any of them stands in the address."""
        return any(self._address.get(name) for name in names)

    def refuse(self, name: str, reason: str) -> None:
        """Remember that a value was not taken."""
        self.trouble.append(Trouble(name, self._address.get(name, ""), reason))

    def one_of(self, name: str, allowed: Collection[str]) -> str | None:
        """A value out of several; None when there is none, or another."""
        value = self._address.get(name)
        if not value:
            return None
        if value not in allowed:
            self.refuse(name, "not_among")
            return None
        return value

    def day(self, name: str) -> date | None:
        """A day like 2026-11-26; None when there is none, or something else."""
        value = self._address.get(name)
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.refuse(name, "no_day")
            return None


def read(address: Mapping[str, str], choices: Choices, figures: Collection[str]) -> Filters:
    """The filters an address stands for; what makes no sense is left out and told."""
    reader = Reader(address)
    name, period = _period(reader, choices.covered)
    customers = {str(one): one for one, _ in choices.customers}
    customer = reader.one_of("customer", customers)
    narrowing = Narrowing(
        customers[customer] if customer else None,
        reader.one_of("queue", choices.queue_values),
        reader.one_of("category", choices.category_values),
    )
    grain = reader.one_of("grain", GRAINS) or periods.usual_grain(period.span)
    basis = reader.one_of("basis", BASES) or BASES[0]
    as_of = reader.day("as_of")
    if as_of and not choices.covered.start <= as_of < choices.covered.end:
        reader.refuse("as_of", "not_covered")
        as_of = None
    return Filters(
        name, period, cast(Grain, grain), cast(Basis, basis), as_of or period.span.last, narrowing,
        reader.one_of("behind", figures), tuple(reader.trouble),
    )  # fmt: skip


def _period(reader: Reader, covered: Span) -> tuple[str, Period]:
    name = reader.one_of("period", PRESETS) or DEFAULT_PERIOD
    if name == "custom":
        first, last = reader.day("from"), reader.day("to")
        if not reader.has("from", "to"):
            # chosen a moment ago: the days are about to be
            return name, periods.period(*periods.preset(DEFAULT_PERIOD, covered), covered)
        if first is None or last is None or last < first:
            reader.refuse("period", "no_span")
            name = DEFAULT_PERIOD
        else:
            # days far away, which no calendar reaches beyond, are cut before anything is computed
            first, last = (min(max(one, covered.start - _FAR), covered.end + _FAR) for one in (first, last))
            asked, before = periods.same_length_before(Span(first, last + DAY))
            return _covered(reader, name, asked, before, covered)
    return _covered(reader, name, *periods.preset(name, covered), covered)


def _covered(reader: Reader, name: str, asked: Span, before: Span, covered: Span) -> tuple[str, Period]:
    found = periods.period(asked, before, covered)
    if found.span.days > 0:
        return name, found
    reader.refuse("period", "not_covered")
    return DEFAULT_PERIOD, periods.period(*periods.preset(DEFAULT_PERIOD, covered), covered)
