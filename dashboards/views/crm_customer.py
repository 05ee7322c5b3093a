"""One customer: the desk's figures for them, who reports, what it is about, what is open; or the list of all."""

from functools import partial

from dashboards.ui.bar import filters, in_address
from dashboards.ui.behind import behind
from dashboards.ui.customer import card, categories, people, still_open
from dashboards.ui.customers import customers
from dashboards.ui.fold import plain
from dashboards.ui.frame import Desk, head, show
from dashboards.ui.panels import Panels
from dashboards.ui.service import TILES, all_tiles, ask, attainment
from dashboards.ui.wait import waiting


def page(desk: Desk) -> None:
    """The page."""
    names = dict(desk.about.choices.customers)
    chosen = in_address(desk)
    customer_id = chosen.narrowing.customer_id
    head(desk, plain(names[customer_id]) if customer_id else desk.texts("titles.customer"))
    if customer_id:
        card(desk, customer_id, chosen.period.span.last)
    filters(desk, by_customer=True)
    if customer_id is None:
        customers(desk, chosen)
        return
    with waiting(desk.texts, "customer", tiles=TILES):
        answer = ask(desk, chosen)
    all_tiles(desk, chosen, answer)
    panels = Panels(desk, chosen, answer)
    panels.grid(
        panels.volume,
        panels.backlog,
        partial(categories, desk, chosen),
        partial(people, desk, chosen),
        partial(panels.sla, attainment(desk.about)),
        panels.satisfaction,
        partial(panels.times, "response"),
        partial(panels.times, "resolution"),
    )
    still_open(desk, chosen)
    behind(desk, chosen)


show(page, "customer")
