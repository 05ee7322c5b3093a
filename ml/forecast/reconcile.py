"""Queues that add up to the total: to the cent of a ticket, not about."""

import numpy as np
from numpy.typing import NDArray

from ml.forecast.calendars import Vector

# forecasts are kept in hundredths of a ticket
UNIT = 100
Hundredths = NDArray[np.int64]


def scaled_to(total: Vector, queues: Vector) -> Vector:
    """The queues' forecasts times one factor a period, so that they add up to `total` (top down, by proportion).

    `total` has any shape, `queues` one axis more in front. The total is forecast best and stays as it is; where all
    queues expect nothing, they share it evenly.
    """
    sums = queues.sum(axis=0)
    shares = np.where(sums > 0, queues / np.where(sums > 0, sums, 1), 1 / len(queues))
    return np.asarray(shares * total)


def in_hundredths(total: Vector, queues: Vector) -> tuple[Hundredths, Hundredths]:
    """Both as whole hundredths of a ticket that add up exactly; shapes (horizon,) and (queues, horizon).

    Largest remainders: each queue is rounded down, and the hundredths that are left go to those that lost most.
    """
    wanted = np.rint(total * UNIT).astype(np.int64)
    exact = scaled_to(wanted.astype(np.float64), queues)
    whole = np.floor(exact + 1e-9).astype(np.int64)
    for period in range(len(wanted)):
        left = int(wanted[period] - whole[:, period].sum())
        order = np.argsort(whole[:, period] - exact[:, period], kind="stable")
        whole[order[:left], period] += 1
    return wanted, whole
