"""The numbers of a pack in the order they are printed, each with an id and the way it came about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from operational.vcio.domain.metrics import METRICS
from operational.vcio.domain.numbers import written

# (query, aggregate, parameters) -> value, rows
Measure = Callable[[str, str, Mapping[str, Any]], tuple[Decimal | None, int]]
FORMULAS: Mapping[str, Callable[[Decimal, Decimal], Decimal | None]] = {
    # relative change of a count in percent: 100 · (now − before) / before
    "change_percent": lambda now, before: None if not before else 100 * (now - before) / before,
    # difference of two percentages in points
    "change_points": lambda now, before: now - before,
}


@dataclass(frozen=True)
class Number:
    """One printed number. Either `query` and `aggregate`, or `formula` over the ids in `inputs`."""

    id: str
    label: str
    value: Decimal | None
    unit: str
    printed: str
    query: str | None = None
    aggregate: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    formula: str | None = None
    inputs: tuple[str, ...] = ()
    row_count: int | None = None


class NumberBook:
    """Measures numbers and numbers them; `language` decides how they are written."""

    def __init__(self, measure: Measure, language: str) -> None:
        self._measure = measure
        self._language = language
        self.numbers: list[Number] = []

    def metric(self, key: str, label: str, **parameters: Any) -> Number:
        """Measure one of METRICS and enter it."""
        metric = METRICS[key]
        value, rows = self._measure(metric.query, metric.aggregate, parameters)
        return self._enter(
            label, value, metric.unit,
            query=metric.query, aggregate=metric.aggregate, parameters=parameters, row_count=rows,
        )  # fmt: skip

    def change(self, label: str, now: Number, before: Number) -> Number:
        """Enter the change between two numbers of one unit: points for percentages, else percent."""
        formula = "change_points" if now.unit == "percent" else "change_percent"
        value = derive(formula, [now.value, before.value])
        return self._enter(label, value, formula, formula=formula, inputs=(now.id, before.id))

    def _enter(self, label: str, value: Decimal | None, unit: str, **how: Any) -> Number:
        number = Number(
            f"E{len(self.numbers) + 1:02d}", label, value, unit, written(value, unit, self._language), **how
        )
        self.numbers.append(number)
        return number


def derive(formula: str, values: list[Decimal | None]) -> Decimal | None:
    """Apply a formula of FORMULAS; unknown in, unknown out."""
    known = [value for value in values if value is not None]
    return FORMULAS[formula](known[0], known[1]) if len(known) == len(values) else None
