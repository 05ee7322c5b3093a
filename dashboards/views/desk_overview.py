"""How the desk is doing: volume, backlog, times, targets, quality."""

from functools import partial

from dashboards.ui.bar import filters
from dashboards.ui.behind import behind
from dashboards.ui.frame import Desk, head, show
from dashboards.ui.panels import Panels
from dashboards.ui.service import TILES, all_tiles, ask, attainment
from dashboards.ui.wait import waiting


def page(desk: Desk) -> None:
    """The page."""
    head(desk, desk.texts("titles.overview"))
    chosen = filters(desk, by_customer=False)
    with waiting(desk.texts, "overview", tiles=TILES):
        answer = ask(desk, chosen)
    all_tiles(desk, chosen, answer)
    panels = Panels(desk, chosen, answer)
    panels.grid(
        panels.volume,
        panels.backlog,
        partial(panels.times, "response"),
        partial(panels.times, "resolution"),
        partial(panels.sla, attainment(desk.about)),
        panels.satisfaction,
        panels.reopened,
        panels.ages,
    )
    behind(desk, chosen)


show(page, "overview")
