"""Widgets whose value stands in the address: the address is the truth, a widget shows it and writes it."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import streamlit as st

from dashboards.figures.periods import Span


def choose(
    label: str, name: str, options: Sequence[str], current: str | None, words: Callable[[str], str], *,
    everything: str | None = None, others: Sequence[str] = (), bare: bool = False,
) -> None:  # fmt: skip
    """A choice of one; `everything` is the word for no choice. Choosing forgets the filters named in `others`;
    a `bare` choice has its label for screen readers only.
    """
    values = ([""] if everything is not None else []) + list(options)
    key = f"choice_{name}"
    st.session_state[key] = current if current in values else values[0] if values else None
    st.selectbox(
        label, values, key=key, format_func=lambda value: words(value) if value else everything or "",
        label_visibility="collapsed" if bare else "visible",
        on_change=_keep, args=(name, key, tuple(others)),
    )  # fmt: skip


def switch(
    label: str, name: str, options: Sequence[str], current: str, words: Callable[[str], str], *,
    others: Sequence[str] = (),
) -> None:  # fmt: skip
    """A choice of few, all in view."""
    key = f"switch_{name}"
    st.session_state[key] = current
    st.segmented_control(
        label, list(options), key=key, format_func=words, required=True, on_change=_keep,
        args=(name, key, tuple(others)),
    )  # fmt: skip


def pick_day(label: str, name: str, current: date, within: Span, language: str) -> None:
    """A day."""
    key = f"day_{name}"
    st.session_state[key] = min(max(current, within.start), within.last)
    st.date_input(
        label, min_value=within.start, max_value=within.last, key=key,
        format="DD.MM.YYYY" if language == "de" else "DD/MM/YYYY", on_change=_keep, args=(name, key, ()),
    )  # fmt: skip


def keep(name: str, value: str | None, *others: str) -> None:
    """Write a filter into the address, or take it out; the filters named in `others` go."""
    for gone in (name, *others):
        if gone in st.query_params:
            del st.query_params[gone]
    if value:
        st.query_params[name] = value


def _keep(name: str, key: str, others: Sequence[str]) -> None:
    value: Any = st.session_state.get(key)
    keep(name, value.isoformat() if isinstance(value, date) else value, *others)
