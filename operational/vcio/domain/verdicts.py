"""What may be said of two models."""

from decimal import Decimal
from typing import Literal

Verdict = Literal["better", "even", "worse", "unknown"]


def against_median(gain: Decimal | None, error: Decimal | None) -> Verdict:
    """How the median did against a single model that gained `gain` on it, with that gain's standard error.

    `better` or `worse` only beyond one standard error, which is what the choice of a model goes by as well.
    """
    if gain is None or error is None:
        return "unknown"
    if abs(gain) <= error:
        return "even"
    return "better" if gain < 0 else "worse"
