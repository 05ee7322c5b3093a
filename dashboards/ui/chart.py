"""A chart with its title, its note and, one click away, its data."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from dashboards.charts.style import CONFIG
from dashboards.figures.table import as_csv
from dashboards.texts import Texts


def chart(
    texts: Texts, key: str, title: str, note: str, made: go.Figure | None, data: Mapping[str, Sequence[Any]], *,
    below: bool = False, starts: Sequence[str] | None = None,
) -> None:  # fmt: skip
    """Title (the finding or the question), the picture, and its data in a table that can be taken along.

    A chart `below` belongs to a heading above it. `starts` stand in the file in place of the first column, which is
    written for readers.
    """
    with st.container(border=True, key=f"chart_{key}", height="stretch", gap="xsmall"):
        (st.subheader if below else st.header)(title, anchor=False)
        st.caption(note)
        said = f"{title if title.endswith('?') else f'{title}.'} {note}"
        if made is None:
            st.info(texts("charts.empty"))
            return
        st.plotly_chart(made, theme=None, config=CONFIG, key=f"plot_{key}", alt=said)
        with st.expander(texts("charts.data"), icon=":material/table:"):
            st.dataframe(
                dict(data), column_config=localized(data), hide_index=True, key=f"data_{key}",
                placeholder=texts.unknown, alt=said,
            )  # fmt: skip
            first, *others = data.values()
            rows = list(zip(starts or first, *others, strict=True))
            st.download_button(
                texts("charts.download"), data=lambda: as_csv(list(data), rows, texts.language),
                file_name=f"{key}.csv", mime="text/csv", key=f"download_{key}", on_click="ignore",
                icon=":material/download:",
            )  # fmt: skip


def localized(data: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Columns of numbers, written as the reader's browser does."""
    return {
        name: st.column_config.NumberColumn(format="localized")
        for name, values in data.items()
        if any(isinstance(value, int | float) for value in values)
    }
