"""What stands where figures will, while they are computed for the first time."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboards.texts import Texts


@contextmanager
def waiting(texts: Texts, page: str, *, tiles: int = 0) -> Iterator[None]:
    """Boxes in the figures' places until they are there: tiles, then charts.

    On a page that stands already there are none: what it shows stays until it is replaced.
    """
    place = st.empty()
    if st.session_state.get("stands") != page:
        boxes = '<div class="psa-chart"></div>' * 2
        if tiles:
            boxes = '<div class="psa-tiles">' + '<div class="psa-tile"></div>' * tiles + f"</div>{boxes}"
        place.html(f'<div class="psa-wait" role="status"><span>{texts("waiting")}</span>{boxes}</div>')
    try:
        yield
    finally:
        place.empty()
    st.session_state["stands"] = page
