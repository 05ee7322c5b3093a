"""The parts of the customer's page that no other page has."""

from datetime import date
from typing import Any
from uuid import UUID

import streamlit as st

from dashboards.charts import service as draw
from dashboards.data.service import ON_PAGE, counts, customer, tickets_behind
from dashboards.figures import links
from dashboards.figures.filters import Filters
from dashboards.figures.written import day, grouped, written
from dashboards.ui.behind import tickets
from dashboards.ui.chart import chart
from dashboards.ui.frame import Desk

MOST_BARS = 12
MOST_PEOPLE = 8
_DESK = "desk"
_SECTORS = (
    "clinic", "craft", "law", "logistics", "municipality", "school",
)  # fmt: skip


def card(desk: Desk, customer_id: UUID, on: date) -> None:
    """Who the customer is, in two lines, and the way to their page at the desk."""
    texts, language = desk.texts, desk.texts.language
    found = customer(desk.scope, customer_id, on)
    if found is None:
        return
    place = ", ".join(one for one in (found["city"], found["country"]) if one)
    seats = found["seats"]
    first = [
        texts(f"customer.sectors.{found['sector']}") if found["sector"] in _SECTORS else found["sector"], place,
        texts("customer.seats_unknown") if seats is None
        else texts("customer.seats", n=grouped(seats, 0, language)),
        texts("customer.people", n=grouped(found["people"], 0, language)),
        texts("customer.since", day=day(found["customer_since"], language)),
        texts("customer.until", day=day(found["customer_until"], language)) if found["customer_until"] else None,
    ]  # fmt: skip
    contracts = (
        texts("customer.contracts", day=day(on, language), names=found["contracts"]) if found["contracts"]
        else texts("customer.no_contracts", day=day(on, language))
    )  # fmt: skip
    with st.container(horizontal=True, horizontal_alignment="distribute", key="card"):
        st.text(" · ".join(one for one in first if one) + "\n" + contracts, width="content")
        st.link_button(
            texts("customer.desk"), links.customer(desk.settings.public_url, customer_id), type="tertiary",
            icon=":material/open_in_new:",
        )  # fmt: skip


def categories(desk: Desk, filters: Filters) -> None:
    """New tickets by category."""
    texts = desk.texts
    rows = counts(desk.scope, "by_category", filters.period.span, filters.narrowing)
    names = [row["category"] or texts.unknown for row in rows]
    values = [row["tickets"] for row in rows]
    made = draw.bars(desk.look, names[:MOST_BARS], values[:MOST_BARS]) if rows else None
    chart(texts, "categories", texts("charts.categories"), texts("charts.categories_note"), made,
          {texts("columns.category"): names, texts("columns.tickets"): values})  # fmt: skip


def people(desk: Desk, filters: Filters) -> None:
    """Who reported how many of the new tickets; each leads to these tickets at the desk."""
    texts, language = desk.texts, desk.texts.language
    rows = counts(desk.scope, "by_caller", filters.period.span, filters.narrowing)
    total = sum(row["tickets"] for row in rows)
    with st.container(border=True, key="callers", height="stretch"):
        st.header(texts("customer.callers"), anchor=False)
        st.caption(texts("customer.callers_note"))
        if not rows:
            st.info(texts("charts.empty"))
            return
        shown = rows[:MOST_PEOPLE]
        st.dataframe(
            {
                texts("columns.name"): [row["name"] or texts("values.nobody") for row in shown],
                texts("columns.role"): [row["role"] for row in shown],
                texts("columns.tickets"): [row["tickets"] for row in shown],
                texts("columns.share"): [written(100 * row["tickets"] / total, "percent", language) for row in shown],
                texts("columns.leading"): [row["category"] for row in shown],
                _DESK: [_address(desk, filters, row) for row in shown],
            },
            column_config={
                _DESK: st.column_config.LinkColumn(texts("columns.desk"), display_text=texts("behind.open"))
            },
            hide_index=True, key="callers_table", placeholder=texts.unknown, alt=texts("customer.callers"),
        )  # fmt: skip
        rest = rows[MOST_PEOPLE:]
        if rest:
            tickets_ = grouped(sum(row["tickets"] for row in rest), 0, language)
            st.caption(texts("customer.callers_more", n=len(rest), tickets=tickets_))


def still_open(desk: Desk, filters: Filters) -> None:
    """The tickets open at the end of the chosen day, the oldest first."""
    texts = desk.texts
    with st.container(border=True, key="open"):
        title = texts("customer.open", day=day(filters.as_of, texts.language))
        st.header(title, anchor=False)
        found = tickets_behind(desk.scope, "backlog", filters.period.span, filters.as_of, filters.narrowing, ON_PAGE)
        if not found.rows:
            st.info(texts("customer.open_none"))
            return
        st.caption(texts("customer.open_note"))
        names = ["number", "subject", "priority", "age_days", "opened_at", "queue", "category", "status_category"]
        tickets(desk, found.rows, names, "table_open", title)


def _address(desk: Desk, filters: Filters, row: dict[str, Any]) -> str:
    """The caller's tickets at the desk; nothing where nobody is known."""
    if row["contact_id"] is None:
        return ""
    address = links.opened(
        desk.settings.public_url, filters.period.span, filters.narrowing, desk.about.zone, row["contact_id"]
    )
    return address or ""
