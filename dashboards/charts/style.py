"""What all charts have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

import plotly.graph_objects as go

from dashboards.figures.periods import Grain
from dashboards.figures.written import MONTHS, Language
from dashboards.theme import Mode, colors, tokens

HEIGHT = 280
# no tools over the picture, nothing fetched, nothing that scrolls away
CONFIG = {"displayModeBar": False, "displaylogo": False, "scrollZoom": False, "doubleClick": False}


@dataclass(frozen=True)
class Look:
    """For whom a chart is drawn: language and theme."""

    language: Language
    mode: Mode

    @property
    def colors(self) -> dict[str, str]:
        """The theme's colours."""
        return colors(self.mode)

    @property
    def series(self) -> list[str]:
        """Okabe and Ito's colours in their order; the first is the theme's accent, the one highlight."""
        return [self.colors["accent"], *tokens()["series"]]


def clear(color: str, alpha: float) -> str:
    """A colour one can see through."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"


def figure(look: Look, *traces: Any, height: int = HEIGHT) -> go.Figure:
    """An empty chart in our look with its traces."""
    own = look.colors
    axis = {
        "color": own["soft"], "linecolor": own["line"], "gridcolor": own["line"], "zerolinecolor": own["line"],
        "fixedrange": True, "automargin": True, "tickfont": {"size": 12},
    }  # fmt: skip
    made = go.Figure(list(traces))
    made.update_layout(
        height=height,
        margin={"l": 4, "r": 64, "t": 8, "b": 4},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": "Inter, system-ui, sans-serif", "size": 12, "color": own["ink"]},
        separators=",." if look.language == "de" else ".,",
        showlegend=False,
        hovermode="x unified",
        hoverlabel={"bgcolor": own["surface"], "bordercolor": own["line"], "font": {"color": own["ink"]}},
        xaxis={**axis, "showgrid": False},
        yaxis={**axis, "rangemode": "tozero", "nticks": 6},
        dragmode=False,
    )
    return made


def name_above(made: go.Figure, at: date, text: str, color: str, anchor: Literal["left", "right"]) -> None:
    """Words above the plot at a day, where nothing else is drawn."""
    made.add_annotation(
        x=at, y=1, yref="paper", text=text, showarrow=False, xanchor=anchor, yanchor="bottom",
        font={"color": color, "size": 12},
    )  # fmt: skip
    made.update_layout(margin={"t": 22})


def name_at_end(made: go.Figure, y: float | None, text: str, color: str, *, shift: int = 0) -> None:
    """A series' name at the right edge, where its line ends."""
    if y is not None:
        made.add_annotation(
            x=1, xref="paper", y=y, text=text, showarrow=False, xanchor="left", xshift=4, yshift=shift,
            font={"color": color, "size": 12},
        )  # fmt: skip


def last_known(points: Sequence[tuple[date, float | None]]) -> float | None:
    """Where a line ends."""
    return next((value for _, value in reversed(points) if value is not None), None)


def apart(first: float | None, second: float | None, top: float) -> tuple[int, int]:
    """Shifts in pixels that keep two names from lying on each other where their lines end close together.

    `top` is the largest value of the axis.
    """
    if first is None or second is None or abs(first - second) > 0.1 * top:
        return 0, 0
    return (8, -8) if first >= second else (-8, 8)


def ticks(made: go.Figure, days: Sequence[date], grain: Grain, language: str, most: int = 7) -> None:
    """Names of days, weeks or months below the axis, in two lines: so many fit on a phone too."""
    if not days:
        return
    # "KW 35" is wider than the other names
    step = max(1, -(-len(days) // min(most, 5 if grain == "week" else most)))
    shown = [day for place, day in enumerate(days) if place % step == 0]
    # half a step of room on both sides, for bars
    room = {"day": timedelta(hours=12), "week": timedelta(days=3.5), "month": timedelta(days=15)}[grain]
    first, last = (datetime.combine(day, time()) for day in (days[0], days[-1]))
    made.update_xaxes(
        range=[first - room, last + room],
        tickangle=0, ticklabelstandoff=4, type="date", tickmode="array", tickvals=shown,
        ticktext=[_short(day, grain, language) for day in shown],
    )  # fmt: skip


def _short(day: date, grain: Grain, language: str) -> str:
    month = MONTHS[language][day.month - 1]
    if grain == "month":
        return f"{month}<br>{day.year}"
    if grain == "week":
        year, number, _ = day.isocalendar()
        return f"KW {number}<br>{year}" if language == "de" else f"W{number}<br>{year}"
    return f"{day.day}.<br>{month}" if language == "de" else f"{day.day}<br>{month}"
