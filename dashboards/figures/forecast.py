"""What backtests say, in words a manager can trust."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Verdict = Literal["better", "even", "worse"]


@dataclass(frozen=True)
class AgainstProphet:
    """Whether the median beats Prophet: only a difference beyond its standard error counts."""

    verdict: Verdict
    median: float
    prophet: float
    gap: float
    error: float
    n: int


def against_prophet(backtests: Iterable[Mapping[str, Any]]) -> AgainstProphet | None:
    """From a series' scores over all horizons; None where one of them could not forecast."""
    scores = {row["model"]: row for row in backtests if row["horizon_group"] == "all"}
    median, prophet = scores.get("median"), scores.get("prophet")
    if median is None or prophet is None:
        return None
    # over the periods both forecast: what Prophet gains on the median
    gain, error = prophet["gain_on_median"], prophet["gain_on_median_se"]
    if None in (gain, error, median["rel_mae"], prophet["rel_mae"]):
        return None
    verdict: Verdict = "even" if abs(gain) <= error else "worse" if gain > 0 else "better"
    return AgainstProphet(
        verdict, median["rel_mae"], prophet["rel_mae"], abs(gain), error, prophet["periods_judged"]
    )  # fmt: skip


def inside(rows: Iterable[Mapping[str, Any]], share: Literal["80", "95"]) -> tuple[int, int]:
    """How many of the forecasts with an interval held what came, and how many there are."""
    known = [row[f"is_inside_{share}"] for row in rows if row[f"is_inside_{share}"] is not None]
    return sum(known), len(known)
