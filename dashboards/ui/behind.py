"""The tickets behind a figure: a table whose numbers lead to the desk, the whole of it as a file."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import streamlit as st

from dashboards.data.service import ON_PAGE, Behind, tickets_behind
from dashboards.figures import links
from dashboards.figures.definitions import EVERY
from dashboards.figures.filters import Filters
from dashboards.figures.table import MAY_BE_NOTHING, SECONDS, as_csv, cell, columns, link
from dashboards.figures.written import grouped, instant
from dashboards.ui.address import keep
from dashboards.ui.bar import describe
from dashboards.ui.frame import Desk

_NUMBERS = SECONDS | {"age_days"}
# how high a table gets, in pixels; what does not fit is scrolled
_TABLE = 460


def behind(desk: Desk, filters: Filters) -> None:
    """The dialog with the tickets of the figure the address names, if it names one."""
    if filters.behind is None:
        return
    key = filters.behind
    title = desk.texts("behind.title", label=desk.texts(f"figures.{key}.label"))
    st.dialog(title, width="large", on_dismiss=_forget)(_content)(desk, filters, key, title)


def _forget() -> None:
    keep("behind", None)


def _content(desk: Desk, filters: Filters, key: str, title: str) -> None:
    texts = desk.texts
    st.write(texts(f"figures.{key}.definition"))
    st.caption(describe(desk, filters))
    with st.skeleton(height=_TABLE):
        found = _found(desk, filters, key, ON_PAGE)
    if not found.rows:
        st.info(texts("behind.none"))
        return
    total = grouped(found.total, 0, texts.language)
    shown = grouped(len(found.rows), 0, texts.language)
    st.caption(texts("behind.count", n=total) if total == shown else texts("behind.shown", shown=shown, n=total))
    names = columns(EVERY[key].shown, with_customer=filters.narrowing.customer_id is None)
    tickets(desk, found.rows, names, f"table_{key}", title)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            texts("behind.download"), data=lambda: _file(desk, filters, key, names), file_name=f"{key}.csv",
            mime="text/csv", key=f"file_{key}", on_click="ignore", icon=":material/download:",
        )  # fmt: skip
        address = _at_the_desk(desk, filters, key)
        if address:
            st.link_button(texts("behind.desk"), address, icon=":material/open_in_new:")
        else:
            st.caption(texts("behind.desk_none"))


def _at_the_desk(desk: Desk, filters: Filters, key: str) -> str | None:
    """The same tickets in the desk's list; None where its filters cannot say exactly that."""
    if key == "opened":
        return links.opened(desk.settings.public_url, filters.period.span, filters.narrowing, desk.about.zone)
    return links.unresolved(desk.settings.public_url, filters.narrowing) if key == "open_now" else None


def tickets(desk: Desk, rows: Sequence[dict[str, Any]], names: Sequence[str], key: str, title: str) -> None:
    """A table of tickets with a title for screen readers; times can be sorted, numbers lead to the desk."""
    texts = desk.texts
    people = dict(desk.about.choices.customers)
    table = {name: [cell(name, row, texts, people, desk.about.zone) for row in rows] for name in names}
    for name in MAY_BE_NOTHING & set(names):
        table[name] = [_or_dash(row[name], desk) for row in rows]
    table["number"] = [link(desk.settings.public_url, row) for row in rows]
    day = "DD.MM.YYYY, HH:mm" if texts.language == "de" else "D MMM YYYY, HH:mm"
    settings: dict[str, Any] = {
        name: st.column_config.TextColumn(texts(f"columns.{name}")) if name in MAY_BE_NOTHING
        else st.column_config.DatetimeColumn(texts(f"columns.{name}"), format=day) if name.endswith("_at")
        else st.column_config.NumberColumn(texts(f"columns.{name}"), format="localized")
        if name in _NUMBERS
        else st.column_config.TextColumn(texts(f"columns.{name}") if name != "ticket_id" else "ID")
        for name in names
    }  # fmt: skip
    settings["number"] = st.column_config.LinkColumn(texts("columns.number"), display_text=r"#(.+)$", pinned=True)
    if "subject" in settings:
        settings["subject"] = st.column_config.TextColumn(texts("columns.subject"), width="medium")
    st.dataframe(
        table, column_config=settings, hide_index=True, key=key, height=min(_TABLE, 38 + 35 * len(rows)),
        placeholder=texts.unknown, alt=title,
    )  # fmt: skip


def _or_dash(value: Any, desk: Desk) -> str:
    if value is None:
        return "–"
    return instant(value, desk.about.zone, desk.texts.language) if isinstance(value, datetime) else str(value)


def _found(desk: Desk, filters: Filters, key: str, limit: int | None) -> Behind:
    return tickets_behind(desk.scope, key, filters.period.span, filters.as_of, filters.narrowing, limit)


def _file(desk: Desk, filters: Filters, key: str, names: Sequence[str]) -> bytes:
    people: dict[UUID, str] = dict(desk.about.choices.customers)
    header = [desk.texts(f"columns.{name}") if name != "ticket_id" else "ID" for name in names]
    rows = _found(desk, filters, key, None).rows
    return as_csv(
        header, ([cell(name, row, desk.texts, people, desk.about.zone) for name in names] for row in rows),
        desk.texts.language,
    )  # fmt: skip
