"""The customers to choose from, where none is chosen yet."""

from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import urlencode

import streamlit as st

from dashboards.data.service import counts
from dashboards.data.warehouse import Row
from dashboards.figures.filters import Filters, Narrowing
from dashboards.figures.written import day, grouped
from dashboards.ui.frame import Desk


def customers(desk: Desk, filters: Filters) -> None:
    """Every customer with the new tickets of the period, the busiest first; each leads to their page."""
    texts, span = desk.texts, filters.period.span
    rows = counts(desk.scope, "by_customer", span, Narrowing())
    with st.container(border=True, key="customers", gap="xsmall"):
        st.header(texts("customer.list"), anchor=False)
        if not rows:
            st.info(texts("customer.list_none"))
            return
        days = {"first": day(span.start, texts.language), "last": day(span.last, texts.language)}
        st.caption(texts("customer.list_note", **days))
        st.html(_table(desk, rows, st.query_params.to_dict()))


def _table(desk: Desk, rows: Sequence[Row], address: Mapping[str, str]) -> str:
    texts = desk.texts
    most = max(row["tickets"] for row in rows) or 1
    lines = "".join(
        f'<tr><th scope="row"><a target="_self" href="{_page(row, address, texts.language)}">'
        f"{escape(row['name'])}</a></th><td>{grouped(row['tickets'], 0, texts.language)}</td>"
        f'<td aria-hidden="true"><i style="width: {100 * row["tickets"] / most:.1f}%"></i></td></tr>'
        for row in rows
    )
    head = f'<th scope="col">{texts("columns.customer")}</th><th scope="col">{texts("figures.opened.label")}</th>'
    return f'<table class="psa-customers"><thead><tr>{head}<td></td></tr></thead><tbody>{lines}</tbody></table>'


def _page(row: Row, address: Mapping[str, str], language: str) -> str:
    """The same page for one customer: the address with what is chosen already."""
    return escape("?" + urlencode({"lang": language, **address, "customer": str(row["customer_id"])}))
