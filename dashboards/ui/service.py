"""What the overview and the customer's page have in common."""

from dashboards.data.service import About, Question, Service, service
from dashboards.figures.definitions import FIGURES
from dashboards.figures.filters import Filters
from dashboards.ui.frame import Desk
from dashboards.ui.tiles import Tiles

# how many tiles there usually are, for what stands in their place meanwhile
TILES = 13


def ask(desk: Desk, filters: Filters) -> Service:
    """The figures for what the filters say."""
    judged = attainment(desk.about)
    keys = tuple(key for key in FIGURES if not key.startswith("sla_") or key in judged)
    question = Question(
        keys, filters.period.span, filters.period.before, filters.grain, filters.as_of, filters.narrowing
    )
    return service(desk.scope, question)


def attainment(about: About) -> tuple[str, ...]:
    """Figures on the SLA: our own clocks, and what the system before said where it said something."""
    own = ("sla_first_response", "sla_resolution") if about.has_clocks or not about.has_desk_verdicts else ()
    return (*own, *(("sla_desk",) if about.has_desk_verdicts else ()))


def all_tiles(desk: Desk, filters: Filters, answer: Service) -> None:
    """Every figure, as many in a row as there is room for."""
    basis = filters.basis
    keys = (
        "open_now", "opened", "resolved", "backlog", "backlog_age",
        f"response_{basis}_median", "first_resolution_median", f"resolution_{basis}_median",
        *attainment(desk.about), "reopened", "first_contact", "csat",
    )  # fmt: skip
    Tiles(desk, filters, answer).draw(keys)
