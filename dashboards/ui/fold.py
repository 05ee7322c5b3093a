"""Filters, all in view on a wide screen; on a phone they fold up under a line that says what is chosen."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import streamlit as st

from dashboards.texts import Texts


@contextmanager
def foldable(texts: Texts, chosen: Sequence[str], *, key: str = "filters") -> Iterator[None]:
    """The room for filters; the fold shows and hides what follows it here (see look.css), on narrow screens only."""
    with st.container(key=key):
        label = texts("filters.fold", chosen=plain(" · ".join(chosen)))
        # a new label makes a new fold, which is as open as the one before
        st.session_state["fold"] = bool(st.session_state.get("fold"))
        with st.expander(label, key="fold", on_change="rerun"):
            st.write(texts("filters.fold_hint"))
        yield


def plain(text: str) -> str:
    """Text in which nothing is read as Markdown."""
    return re.sub(r"([\\`*_\[\]<>$:~|!#])", r"\\\1", text)
