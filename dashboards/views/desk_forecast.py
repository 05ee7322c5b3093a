"""Tickets to come, how sure that is, and how good earlier forecasts were."""

from dashboards.data.forecast import forecast, known
from dashboards.ui.forecast import ahead, choose_forecast, past, quality, queues, refused
from dashboards.ui.frame import Desk, head, show
from dashboards.ui.wait import waiting


def page(desk: Desk) -> None:
    """The page."""
    head(desk, desk.texts("titles.forecast"))
    chosen = choose_forecast(desk)
    there = known(desk.scope, chosen.grain)
    if chosen.series is None:
        refused(desk, there)
        return
    with waiting(desk.texts, "forecast"):
        found = forecast(desk.scope, chosen.grain, chosen.series)
    ahead(desk, chosen, found)
    if chosen.series.scope == "total":
        queues(desk, chosen, there)
    past(desk, chosen)
    quality(desk, found)


show(page, "forecast")
