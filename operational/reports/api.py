"""The strip above the queue: tickets expected and come."""

from typing import Annotated

from fastapi import APIRouter, Query

from operational.core.kernel import Serving
from operational.core.payload import Words
from operational.core.routes import ServiceRouter
from operational.core.security import require
from operational.reports import service
from operational.reports.schemas import ForecastOut, Grain

router = ServiceRouter(prefix="/api/reports", tags=["reports"])
ROUTERS: tuple[APIRouter, ...] = (router,)


@router.get("/forecast", dependencies=[require("reports.forecast.read")])
async def get_forecast(
    serving: Serving,
    grain: Grain = "day",
    queue: Annotated[Words | None, Query(description="Only this queue's tickets; all tickets when left out")] = None,
    past: Annotated[int, Query(ge=0, le=90, description="How many periods before the forecast to show")] = 14,
    horizon: Annotated[int, Query(ge=1, le=28, description="How many periods ahead; weeks end at 12")] = 14,
) -> ForecastOut:
    """How many tickets are expected a day or week, beside what came and what had been expected then.

    Without a warehouse the answer is 503 `warehouse_unavailable`; without a forecast it is empty and says why.
    """
    return ForecastOut.model_validate(await service.forecast(serving, grain, queue, past, horizon))
