"""The filters above a service page."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboards.figures.definitions import EVERY
from dashboards.figures.filters import BASES, UNKNOWN, Filters, Narrowing, read
from dashboards.figures.periods import GRAINS, PRESETS, Span
from dashboards.figures.written import day
from dashboards.texts import Texts
from dashboards.ui.address import choose, keep, pick_day, switch
from dashboards.ui.fold import foldable, plain
from dashboards.ui.frame import Desk


def in_address(desk: Desk) -> Filters:
    """The filters the address stands for."""
    return read(st.query_params.to_dict(), desk.about.choices, tuple(EVERY))


def filters(desk: Desk, *, by_customer: bool) -> Filters:
    """Reads the address, shows the filters and what was not taken.

    With `by_customer` the page is about one customer; until one is chosen only what leads to them is shown.
    """
    texts, choices, found = desk.texts, desk.about.choices, in_address(desk)
    names = {str(one): name for one, name in choices.customers}
    whole = not by_customer or found.narrowing.customer_id is not None
    with foldable(texts, _chosen(texts, found, {} if by_customer else names) if whole else [_period(texts, found)],
                  key="filters_customer" if by_customer else "filters"):  # fmt: skip
        row = st.columns([3, 2.2, 2.2, 2.2, 2.2], gap="small")
        with row[0]:
            choose(
                texts("filters.customer"), "customer", list(names), _text(found.narrowing.customer_id),
                lambda value: names[value],
                everything=texts("filters.choose_customer" if by_customer else "filters.all_customers"),
            )  # fmt: skip
        with row[1]:
            choose(texts("filters.period"), "period", PRESETS, found.preset, lambda name: texts(f"periods.{name}"),
                   others=("as_of", "grain", "from", "to"))  # fmt: skip
        if found.preset == "custom":
            _own_days(desk, found)
        if whole:
            _what_and_how(desk, found, row[2:])
    trouble(desk, found)
    return found


def _what_and_how(desk: Desk, found: Filters, places: Sequence[DeltaGenerator]) -> None:
    """Which tickets, the day of the backlog, and how times and periods are shown."""
    texts, choices = desk.texts, desk.about.choices
    with places[0]:
        _kind(texts, "queue", choices.queue_values, found.narrowing.queue)
    with places[1]:
        _kind(texts, "category", choices.category_values, found.narrowing.category)
    with places[2]:
        pick_day(texts("filters.as_of"), "as_of", found.as_of, choices.covered, texts.language)
    below = st.columns([2.2, 2.6, 6], gap="small", vertical_alignment="bottom")
    with below[0]:
        switch(texts("filters.grain"), "grain", GRAINS, found.grain, lambda name: texts(f"grains.{name}"))
    with below[1]:
        switch(texts("filters.basis"), "basis", BASES, found.basis, lambda name: texts(f"bases.{name}"))
    with below[2]:
        st.caption(describe(desk, found))


def describe(desk: Desk, found: Filters) -> str:
    """The period and what it is compared with, in words."""
    texts, period = desk.texts, found.period
    said = [
        _period(texts, found) if found.preset == "custom"
        else texts("filters.shown", period=_period(texts, found), **_days(desk, period.asked)),
        texts("filters.compared", **_days(desk, period.before)) if period.before
        else texts("filters.partial", **_days(desk, period.span)) if period.is_partial
        else texts("filters.not_compared"),
    ]  # fmt: skip
    if found.narrowing != Narrowing():
        said.append(texts("filters.current"))
    return "  \n".join(said)


def trouble(desk: Desk, found: Filters) -> None:
    """Says which values of the address were not taken."""
    for one in found.trouble:
        name = desk.texts(f"filters.{'period' if one.name in ('from', 'to') else one.name}") \
            if one.name != "behind" else desk.texts("tile.tickets")  # fmt: skip
        st.warning(desk.texts(f"trouble.{one.reason}", name=name, value=plain(one.value)))


def _chosen(texts: Texts, found: Filters, names: dict[str, str]) -> list[str]:
    """What is chosen, in words; what is not narrowed is left out."""
    narrowing = found.narrowing
    kinds = (texts("filters.unknown_value") if one == UNKNOWN else one for one in (narrowing.queue, narrowing.category))
    customer = names.get(str(narrowing.customer_id))
    return [_period(texts, found), *(one for one in (*kinds, customer) if one)]


def _period(texts: Texts, found: Filters) -> str:
    if found.preset != "custom":
        return texts(f"periods.{found.preset}")
    return " – ".join(day(one, texts.language) for one in (found.period.asked.start, found.period.asked.last))


def _kind(texts: Texts, name: str, values: list[str], current: str | None) -> None:
    choose(
        texts(f"filters.{name}"), name, values, current,
        lambda value: texts("filters.unknown_value") if value == UNKNOWN else value,
        everything=texts("filters.all_queues" if name == "queue" else "filters.all_categories"),
    )  # fmt: skip


def _own_days(desk: Desk, found: Filters) -> None:
    """From and to of a period of one's own; both stand in the address."""
    texts, covered = desk.texts, desk.about.choices.covered
    for name, day_ in (("from", found.period.asked.start), ("to", found.period.asked.last)):
        if name not in st.query_params:
            keep(name, day_.isoformat())
    row = st.columns([2, 2, 6], gap="small")
    with row[0]:
        pick_day(texts("filters.from"), "from", found.period.asked.start, covered, texts.language)
    with row[1]:
        pick_day(texts("filters.to"), "to", found.period.asked.last, covered, texts.language)


def _days(desk: Desk, span: Span) -> dict[str, str]:
    return {"first": day(span.start, desk.texts.language), "last": day(span.last, desk.texts.language)}


def _text(value: object) -> str | None:
    return None if value is None else str(value)
