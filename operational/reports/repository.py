"""All SQL of the reports: the queries are files, over the views of `serving`."""

from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from operational.core.warehouse import Snapshot

QUERIES = Path(__file__).parent / "queries"
DAYS = {"day": 1, "week": 7}


@cache
def _query(name: str) -> str:
    return (QUERIES / f"{name}.sql").read_text(encoding="utf-8")


async def local_date(snapshot: Snapshot, moment: datetime) -> date | None:
    """The tenant's calendar day at a moment; None where the warehouse does not know the tenant."""
    rows = await snapshot.rows(
        "select (%(moment)s::timestamptz at time zone timezone)::date as day from tenants", {"moment": moment}
    )
    return rows[0]["day"] if rows else None


async def forecast_runs(snapshot: Snapshot, grain: str) -> list[dict[str, Any]]:
    """The newest run of every series, the total first; a refusal stands under the total."""
    return await snapshot.rows(_query("forecast_runs"), {"grain": grain})


async def forecast_coming(snapshot: Snapshot, grain: str, series: str, horizon: int) -> list[dict[str, Any]]:
    """The newest forecast of a series, period by period."""
    parameters = {"grain": grain, "days": DAYS[grain], "series": series, "horizon": horizon}
    return await snapshot.rows(_query("forecast_coming"), parameters)


async def forecast_past(
    snapshot: Snapshot, grain: str, queue: str | None, series: str, made_for: date, past: int
) -> list[dict[str, Any]]:
    """The periods before `made_for`: what came, and what had been forecast for them last."""
    parameters = {
        "grain": grain, "days": DAYS[grain], "queue": queue, "series": series, "made_for": made_for, "past": past,
    }  # fmt: skip
    return await snapshot.rows(_query("forecast_past"), parameters)
