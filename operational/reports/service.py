"""The forecast of tickets as the desk sees it: what came, what was expected, what is to come."""

from typing import Any

from operational.core.warehouse import NotBuilt, Snapshot
from operational.reports import repository

NONE_YET = "there is no forecast yet; each refresh of the warehouse that brings a new day makes one"
OF_THE_REST = "this queue has no forecast of its own: it is unknown, or so small that it is forecast with the others"


async def forecast(snapshot: Snapshot, grain: str, queue: str | None, past: int, horizon: int) -> dict[str, Any]:
    """The newest forecast of the total or of a queue; where there is none, the answer says why."""
    answer: dict[str, Any] = {
        "status": "none_yet", "explanation": NONE_YET, "grain": grain, "queue": queue, "today": None, "queues": [],
        "run": None, "periods": [],
    }  # fmt: skip
    try:
        answer["today"] = await repository.local_date(snapshot, snapshot.now)
        runs = await repository.forecast_runs(snapshot, grain)
    except NotBuilt as missing:
        return answer | {"explanation": missing.detail}
    if not runs:
        return answer
    if runs[0]["refused_because"] is not None:
        return answer | {"status": "refused", "explanation": runs[0]["refused_because"]}
    by_queue = {run["queue"]: run for run in runs if run["scope"] in ("total", "queue")}
    series = "total" if queue is None else f"queue:{queue}"
    # what a queue without a forecast received is still told, up to the day the others know
    run = by_queue.get(queue, by_queue[None])
    before = await repository.forecast_past(snapshot, grain, queue, series, run["made_for_first_day"], past)
    answer |= {
        "queues": [name for name in by_queue if name is not None],
        "periods": [period | {"is_past": True} for period in before],
    }
    if queue not in by_queue:
        return answer | {"status": "queue_not_forecast", "explanation": OF_THE_REST}
    coming = await repository.forecast_coming(snapshot, grain, series, horizon)
    answer["periods"] += [period | {"is_past": False, "actual": None} for period in coming]
    run_id = f"{run['batch']}/{grain}/{run['series']}"
    return answer | {"status": "available", "explanation": None, "run": run | {"id": run_id}}
