"""The history a forecast is made from: daily counts per series, and the calendar its customers live by."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from scipy.stats import poisson

from ml.forecast.calendars import EFFECTS, Place, Vector, effects_of

DAYS_AHEAD, WEEKS_AHEAD = 28, 12
# the weeks to come begin up to six days after the last day
CALENDAR_AHEAD = 7 * WEEKS_AHEAD + 6
FEWEST_DAYS, FEWEST_WEEKS = 8 * 7, 26
# a longer stretch nobody covers ends a history: what came before it says too little about what comes after
LONGEST_GAP_DAYS = 14
LARGEST_QUEUES = 4
RECENT_DAYS = 365
# the effects that a place has of its own; updates come everywhere on the same days
PLACE_EFFECTS = EFFECTS.index("patch_days")


@dataclass(frozen=True)
class Series:
    """Tickets opened per day; a day that is not covered is NaN.

    `scope` is `total`, `queue` (the one named), `unknown` (tickets without a queue) or `other` (all smaller queues).
    """

    scope: str
    queue: str | None
    counts: Vector

    @property
    def key(self) -> str:
        """The name of the series, unique within a history whatever queues are called."""
        return f"queue:{self.queue}" if self.scope == "queue" else self.scope


@dataclass(frozen=True)
class History:
    """Counts of the covered days from `first` on, total first, and where the tickets came from.

    `by_place` is tickets per place and day, shape (places, days), None being an unknown place; `effects` what the
    calendar says there, shape (places, days + CALENDAR_AHEAD, effects), for an unknown place by `guess`.
    """

    first: date
    series: tuple[Series, ...]
    places: tuple[Place | None, ...]
    by_place: Vector
    effects: Vector
    guess: Place | None

    @property
    def days(self) -> int:
        """How many days, from the first to the last one covered."""
        return len(self.series[0].counts)

    @property
    def last(self) -> date:
        """The last covered day."""
        return self.first + timedelta(days=self.days - 1)

    @property
    def first_monday(self) -> int:
        """Position of the day on which the first full week begins."""
        return -self.first.weekday() % 7

    @property
    def weeks(self) -> int:
        """How many full weeks, Monday to Sunday."""
        return max(0, (self.days - self.first_monday) // 7)

    def calendar(self, origin: int) -> Vector:
        """Effects as seen after `origin` days, shape (days + CALENDAR_AHEAD, effects): shares of the tickets.

        A place counts as much as the tickets it sent in the year before the origin; nothing later is looked at. The
        guess for an unknown place is dropped where its tickets contradict it.
        """
        weights = np.nansum(self.by_place[:, max(0, origin - RECENT_DAYS) : origin], axis=1)
        if weights.sum() == 0:
            weights = np.ones(len(self.places))
        effects = self.effects
        if self.contradicts_guess(origin):
            effects = effects.copy()
            effects[self.places.index(None), :, :PLACE_EFFECTS] = 0
        return np.tensordot(weights / weights.sum(), effects, axes=1)

    def contradicts_guess(self, origin: int) -> bool:
        """Whether more than a third of the guessed holidays so far brought more tickets than a holiday can."""
        if None not in self.places:
            return False
        place = self.places.index(None)
        holidays = self.effects[place, :origin, EFFECTS.index("holiday")] == 1
        counts = self.by_place[place, :origin]
        contradicted = sum(_is_busy(counts, holidays, int(day)) for day in np.flatnonzero(holidays))
        return contradicted > float(holidays.sum()) / 3


@dataclass(frozen=True)
class Refusal:
    """Why there is no forecast; `days` says how many covered days there are."""

    reason: str
    days: int


def read_history(counts: pl.DataFrame, coverage: pl.DataFrame, home: Place | None) -> History | Refusal:
    """The latest stretch of covered days as a history, or why it is too short for one.

    `counts` has a row for each day, queue and place: `day` (date), `queue`, `country`, `subdivision` (text or null),
    `tickets` (integer). `coverage` has `first_day` and `last_day` (dates, inclusive). `home` is a guess for customers
    whose country is unknown.
    """
    covered = _covered_days(coverage)
    if not covered:
        return Refusal("no day is covered", 0)
    first, last = covered[0], covered[-1]
    known = np.zeros((last - first).days + 1, dtype=bool)
    known[[(day - first).days for day in covered]] = True
    if known.sum() < FEWEST_DAYS:
        return Refusal(f"only {known.sum()} covered days, {FEWEST_DAYS} are needed", int(known.sum()))
    inside = counts.filter(pl.col("day").is_in(pl.Series(covered, dtype=pl.Date).implode()))
    if inside["tickets"].sum() == 0:
        return Refusal("no ticket in the covered days", int(known.sum()))
    rows = inside.with_columns((pl.col("day") - first).dt.total_days().alias("position"))
    places, by_place = _by_place(rows, known)
    effects = np.stack([effects_of(place or home, first, len(known) + CALENDAR_AHEAD) for place in places])
    return History(first, _series(rows, known), places, by_place, effects, home)


def _is_busy(counts: Vector, holidays: np.ndarray, day: int) -> bool:
    """Whether a day's count is above chance (1 %) for two fifths of what its weekday brought in the weeks around."""
    around = [near for n in range(-4, 5) if 0 <= (near := day + 7 * n) < len(counts) and not holidays[near]]
    usual = counts[around][~np.isnan(counts[around])]
    if np.isnan(counts[day]) or not len(usual):
        return False
    return bool(poisson.sf(counts[day] - 1, 0.4 * np.median(usual)) < 0.01)


def _covered_days(coverage: pl.DataFrame) -> list[date]:
    """The days of the last stretch, in order; shorter gaps are left inside."""
    days = {
        first + timedelta(days=n)
        for first, last in coverage.select("first_day", "last_day").rows()
        for n in range((last - first).days + 1)
    }
    stretch: list[date] = []
    for day in sorted(days, reverse=True):
        if stretch and (stretch[-1] - day).days > LONGEST_GAP_DAYS + 1:
            break
        stretch.append(day)
    return stretch[::-1]


def _daily(rows: pl.DataFrame, known: np.ndarray) -> Vector:
    """Tickets per day; days that are not covered are NaN."""
    counts = np.zeros(len(known))
    np.add.at(counts, rows["position"].to_numpy(), rows["tickets"].to_numpy())
    return np.where(known, counts, np.nan)


def _series(rows: pl.DataFrame, known: np.ndarray) -> tuple[Series, ...]:
    recently = pl.when(pl.col("position") >= len(known) - RECENT_DAYS).then(pl.col("tickets")).otherwise(0)
    busy = rows.group_by("queue").agg(recently.sum().cast(pl.Int64).alias("tickets"))
    order = busy.sort("tickets", "queue", descending=[True, False])["queue"].to_list()
    # one queue alone is not worth a name for the rest
    named = order if len(order) <= LARGEST_QUEUES + 1 else order[:LARGEST_QUEUES]
    found = [Series("total", None, _daily(rows, known))]
    for queue in named:
        scope = "unknown" if queue is None else "queue"
        found.append(Series(scope, queue, _daily(rows.filter(pl.col("queue").eq_missing(queue)), known)))
    if len(named) < len(order):
        rest = rows.filter(~pl.col("queue").is_in([q for q in named if q is not None]).fill_null(None in named))
        found.append(Series("other", None, _daily(rest, known)))
    return tuple(found)


def _by_place(rows: pl.DataFrame, known: np.ndarray) -> tuple[tuple[Place | None, ...], Vector]:
    places: dict[Place | None, Vector] = {}
    for (country, subdivision), part in rows.sort("country", "subdivision").group_by(
        "country", "subdivision", maintain_order=True
    ):
        place = None if country is None else (str(country), subdivision)
        places[place] = places.get(place, np.zeros(len(known))) + _daily(part, known)
    return tuple(places), np.stack(list(places.values()))


def describe(history: History) -> dict[str, object]:
    """What a registry row says of the features: effects of the calendar, places with their share of the tickets."""
    tickets = np.nansum(history.by_place[:, -RECENT_DAYS:], axis=1)
    shares = tickets / max(tickets.sum(), 1)
    names = [_name(place) for place in history.places]
    order = np.argsort(-shares, kind="stable")
    believed = history.guess is not None and None in history.places and not history.contradicts_guess(history.days)
    return {
        "calendar": list(EFFECTS),
        "places": {names[i]: round(float(shares[i]), 4) for i in order},
        "guess_for_unknown_places": _name(history.guess) if believed else None,
    }


def _name(place: Place | None) -> str:
    return "unknown" if place is None else "-".join(part for part in place if part)
