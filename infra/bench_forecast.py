"""How well tickets can be forecast: the backtest of a history straight from its files, no services needed."""

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from infra.errors import UserError
from infra.local.home import Home
from ml.forecast.calendars import Place, country_of
from ml.forecast.desk import PUBLISHED, DeskForecast, forecast_desk
from ml.forecast.evaluate import Score
from ml.forecast.intervals import ALL
from ml.forecast.models import MEDIAN, NAIVE
from operational.imports.history import History

DEMO = "demo"
TOTAL, QUEUES = "total", "queues"
SCHEMA = {"day": pl.Date, "queue": pl.String, "country": pl.String, "subdivision": pl.String, "tickets": pl.Int64}


@dataclass(frozen=True)
class Figures:
    """A source's forecast and backtest; `seconds` is what forecasting took, reading the files left out."""

    first: date
    last: date
    tickets: int
    seconds: float
    made: DeskForecast


@dataclass(frozen=True)
class Source:
    """A history as the forecast takes it: frames of counts and coverage, and what is guessed of unknown places."""

    counts: pl.DataFrame
    coverage: pl.DataFrame
    home: Place | None


def read_source(path: Path, *, timezone: str, place: Place | None) -> Source:
    """Read a folder in the import format, or a ServiceNow export.

    `timezone` is the wall clock of an export; `place` stands in for customers whose country is unknown, else the
    time zone's country does. Raises ImportFileError for files that cannot be read.
    """
    from operational.imports.native import read_native
    from operational.imports.servicenow import read_servicenow

    history = read_native(path) if path.is_dir() else read_servicenow(path, timezone=timezone)
    (desk,) = history.after_tickets["desk_source"]
    coverage = pl.DataFrame({"first_day": [desk["covers_from"]], "last_day": [desk["covers_to"]]})
    return Source(_counts(history, ZoneInfo(desk["timezone"])), coverage, place or country_of(desk["timezone"]))


def measure_forecast(source: Source) -> Figures:
    """Forecast and backtest the history."""
    first, last = source.coverage.row(0)
    began = time.perf_counter()
    made = forecast_desk(source.counts, source.coverage, source.home)
    seconds = time.perf_counter() - began
    tickets = source.counts.filter(pl.col("day").is_between(first, last))["tickets"].sum()
    return Figures(first, last, int(tickets), seconds, made)


@contextmanager
def demo_files(home: Home) -> Iterator[Path]:
    """The demo MSP's files: those of the installation, else simulated for the occasion."""
    from operational.demo import generate

    kept = home.path / "demo"
    if (kept / "truth.json").exists():
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="psa-demo-") as folder:
        yesterday = datetime.now(UTC).date() - timedelta(days=1)
        generate(Path(folder), seed=7, customers=40, years=3, until=yesterday)
        yield Path(folder)


def parse_place(text: str | None) -> Place | None:
    """`DE` or `DE-HH`; raises UserError for a country `holidays` does not know."""
    import holidays

    if text is None:
        return None
    country, _, subdivision = text.partition("-")
    known = holidays.list_supported_countries()
    if country not in known or (subdivision and subdivision not in known[country]):
        raise UserError(f"{text} is no place whose holidays are known; write it like DE or DE-HH")
    return country, subdivision or None


def table(figures: Figures, write: Callable[[str], object]) -> None:
    """Print what was measured, per grain for the total and for the queues together."""
    write(f"{figures.first} to {figures.last}, {figures.tickets:,} tickets; forecast in {figures.seconds:.1f} s")
    for run in figures.made.runs:
        if run.refused is not None:
            write(f"per {run.grain}: no forecast, {run.refused}")
    for grain in dict.fromkeys(row.grain for row in figures.made.scores):
        for which in (TOTAL, QUEUES):
            _print_scores(f"per {grain}, {which}", _scores(figures.made, grain, which), write)
        for run in figures.made.runs:
            if run.grain == grain:
                write(f"  {run.series}: {run.model} ({run.reason})")


def _counts(history: History, zone: ZoneInfo) -> pl.DataFrame:
    """Tickets per day of opening, queue as last known and place of the customer."""
    places = {c["ref"]: (c.get("country"), c.get("subdivision")) for c in history.reference.get("customers", [])}
    counted = Counter(
        (
            ticket.opened_at.astimezone(zone).date(),
            ticket.events[-1].queue,
            *places.get(ticket.customer_ref, (None, None)),
        )
        for ticket in history.tickets
    )
    return pl.DataFrame([(*key, tickets) for key, tickets in counted.items()], schema=SCHEMA, orient="row")


def _scores(made: DeskForecast, grain: str, which: str) -> dict[str, list[Score]]:
    """Each model's scores over all periods ahead, of the total or of every queue."""
    found: dict[str, list[Score]] = {}
    for row in made.scores:
        if row.grain == grain and row.score.horizon_group == ALL and (row.scope == TOTAL) == (which == TOTAL):
            found.setdefault(row.score.model, []).append(row.score)
    return found


def _print_scores(title: str, found: dict[str, list[Score]], write: Callable[[str], object]) -> None:
    """One line a model; of several queues the plain mean over those it could forecast."""
    series = max(len(scores) for scores in found.values())
    write(f"\n{title}{f' (mean of {series})' if series > 1 else ''}, noise floor {_mean(found[NAIVE], 'floor'):.3f}")
    write(f"  {'':<17} {'relMAE':>7} {'± se':>6} {'gain on median':>15} {'skill':>6} {'pinball':>8}"
          f" {'80 %':>6} {'95 %':>6} {'n':>6} {'judged':>7} {'origins':>7}")  # fmt: skip
    first = [name for name in (PUBLISHED, MEDIAN) if name in found]
    for name in (*first, *(name for name in found if name not in first)):
        scores = [score for score in found[name] if score.n]
        if not scores:
            write(f"  {name:<17} could not forecast this series")
            continue
        gain = f"{_mean(scores, 'gain_on_median'):+.3f} ± {_mean(scores, 'gain_on_median_se'):.3f}"
        write(
            f"  {name:<17} {_mean(scores, 'rel_mae'):>7.3f} {_mean(scores, 'rel_mae_se'):>6.3f} {gain:>15}"
            f" {_mean(scores, 'skill_captured'):>6.2f} {_mean(scores, 'pinball'):>8.2f}"
            f" {_mean(scores, 'coverage80'):>6.1%} {_mean(scores, 'coverage95'):>6.1%}"
            f" {sum(s.n for s in scores):>6,} {sum(s.judged for s in scores):>7,} {scores[0].origins:>7}"
        )
    if all(score.n for score in found["prophet"]):
        write(f"  {_verdict(found['prophet'])}")


def _verdict(scores: list[Score]) -> str:
    """Whether the median beats Prophet alone, and by how much; both may be within one standard error."""
    gain, error = -_mean(scores, "gain_on_median"), _mean(scores, "gain_on_median_se")
    verb, comparative = ("beats", "lower") if gain > 0 else ("does NOT beat", "higher")
    sure = "more" if abs(gain) > error else "less"
    return f"the median {verb} Prophet alone: relMAE {comparative} by {abs(gain):.3f}, {sure} than one se ({error:.3f})"


def _mean(scores: list[Score], name: str) -> float:
    values = [float(getattr(score, name)) for score in scores]
    return sum(values) / len(values)
