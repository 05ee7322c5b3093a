"""What chance does to a share."""

from math import sqrt

FEW = 10


def wilson(hits: int, n: int) -> tuple[float, float] | None:
    """The 95 % interval of a share, in percent; None without answers.

    E. B. Wilson, Probable inference (1927), with z = 1.96.
    """
    if n == 0:
        return None
    root = sqrt(hits * (n - hits) / n + 0.9604)
    low, high = ((hits + 1.9208 + sign * 1.96 * root) / (n + 3.8416) for sign in (-1, 1))
    return max(0.0, 100 * low), min(100.0, 100 * high)
