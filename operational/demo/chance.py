"""Chance that can be repeated: one independent stream for every part of the simulation."""

from collections.abc import Sequence
from math import exp, log
from statistics import NormalDist
from typing import TypeVar

import numpy as np

PARTS = (
    "firm", "customers", "contracts", "events", "demand", "plans", "texts", "queue", "time", "satisfaction",
    "messages", "duplicates", "offenders", "champions", "churn", "farewells", "thinning",
)  # fmt: skip
_BLOCK = 8192
_NORMAL = NormalDist()
T = TypeVar("T")


def stream(seed: int, part: str) -> np.random.Generator:
    """The generator of one part; drawing more in one part changes nothing in the others."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(PARTS.index(part),)))


class Dice:
    """Single draws from a generator, taken from it in blocks because single calls are slow."""

    def __init__(self, seed: int, part: str) -> None:
        self.generator = stream(seed, part)
        self._block: list[float] = []

    def uniform(self) -> float:
        """A number in [0, 1)."""
        if not self._block:
            self._block = self.generator.random(_BLOCK).tolist()
        return self._block.pop()

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.uniform() < probability

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self.uniform() * (high - low + 1))

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, each as likely as the other."""
        return options[int(self.uniform() * len(options))]

    def weighted(self, weights: Sequence[float]) -> int:
        """A position, as likely as its weight."""
        point = self.uniform() * sum(weights)
        for position, weight in enumerate(weights):
            point -= weight
            if point < 0:
                return position
        return len(weights) - 1

    def normal(self) -> float:
        """A number of the standard normal distribution."""
        return _NORMAL.inv_cdf(max(self.uniform(), 1e-9))

    def exponential(self) -> float:
        """A waiting time with the mean 1."""
        return -log(1 - self.uniform())

    def lognormal(self, median: float, sigma: float) -> float:
        """A positive number, skewed to the right."""
        return median * exp(sigma * self.normal())

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """The options in another order."""
        return [options[i] for i in self.generator.permutation(len(options)).tolist()]
