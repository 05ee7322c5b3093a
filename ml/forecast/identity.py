"""What a forecast was made from and by; light, so that asking whether one is due does not load the models."""

from pathlib import Path

import polars as pl

from ml.forecast.calendars import Place
from ml.registry import code_version, hash_of

LIBRARIES = ("numpy", "scipy", "statsmodels", "prophet", "holidays")


def version() -> str:
    """The version of the forecast's code and of what it stands on."""
    return code_version(Path(__file__).parent, LIBRARIES)


def input_hash(counts: pl.DataFrame, coverage: pl.DataFrame, home: Place | None) -> str:
    """Hash of what decides whether a new forecast is due: covered days, and tickets per day and place.

    Queues are left out, because tickets move between them all day long; frames as `read_history` takes them.
    """
    place = ["day", "country", "subdivision"]
    tickets = counts.group_by(place).agg(pl.col("tickets").cast(pl.Int64).sum()).sort(place)
    days = coverage.select("first_day", "last_day").sort("first_day", "last_day")
    return hash_of(
        [days.write_csv().encode(), tickets.select(*place, "tickets").write_csv().encode(), repr(home).encode()]
    )
