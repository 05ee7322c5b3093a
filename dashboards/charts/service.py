"""Charts of the service pages."""

from collections.abc import Mapping, Sequence
from datetime import date

import plotly.graph_objects as go

from dashboards.charts.style import Look, apart, clear, figure, last_known, name_above, name_at_end, ticks
from dashboards.figures.periods import Grain
from dashboards.figures.written import grouped

Points = Sequence[tuple[date, float | None]]
_HEADS: dict[str, dict[Grain, str]] = {
    "de": {"day": "%{x|%d.%m.%Y}", "week": "KW %{x|%-V, ab %d.%m.%Y}", "month": "%{x|%m/%Y}"},
    "en": {"day": "%{x|%-d %b %Y}", "week": "W%{x|%-V, from %-d %b %Y}", "month": "%{x|%b %Y}"},
}


def volume(look: Look, opened: Points, resolved: Points, whole: Sequence[bool], grain: Grain,
           names: tuple[str, str]) -> go.Figure:  # fmt: skip
    """New tickets as bars, resolved ones as a line; parts of a bucket are pale."""
    own = look.colors
    days = [day for day, _ in opened]
    bars = go.Bar(
        x=days, y=[value for _, value in opened], name=names[0], hovertemplate="%{y:,.0f}",
        marker={"color": [own["accent"] if one else clear(own["accent"], 0.4) for one in whole], "line": {"width": 0}},
    )  # fmt: skip
    line = go.Scatter(
        x=days, y=[value for _, value in resolved], name=names[1], mode="lines", hovertemplate="%{y:,.0f}",
        line={"color": own["soft"], "width": 2},
    )  # fmt: skip
    made = figure(look, bars, line)
    made.update_layout(bargap=0.25)
    _hover(made, grain, look)
    ticks(made, days, grain, look.language)
    ends = (last_known(opened), last_known(resolved))
    for end, name, color, shift in zip(ends, names, (own["accent"], own["soft"]),
                                       apart(*ends, _top(opened, resolved)), strict=True):  # fmt: skip
        name_at_end(made, end, name, color, shift=shift)
    return made


def backlog(look: Look, line: Points, as_of: date, name: str) -> go.Figure:
    """Open tickets by day, with the chosen day marked."""
    own = look.colors
    days = [day for day, _ in line]
    values = dict(line)
    made = figure(
        look,
        go.Scatter(
            x=days, y=list(values.values()), name=name, mode="lines", hovertemplate="%{y:,.0f}",
            line={"color": own["accent"], "width": 2, "shape": "hv"}, fill="tozeroy",
            fillcolor=clear(own["accent"], 0.12),
        ),
    )  # fmt: skip
    made.update_layout(margin={"r": 12})
    _hover(made, "day", look)
    ticks(made, days, "day", look.language)
    value = values.get(as_of)
    if value is not None:
        made.add_trace(
            go.Scatter(x=[as_of], y=[value], mode="markers", marker={"color": own["accent"], "size": 9},
                       hoverinfo="skip")
        )  # fmt: skip
        name_above(
            made, as_of, f"<b>{grouped(value, 0, look.language)}</b> {name}", own["accent"],
            "right" if as_of > days[len(days) // 2] else "left",
        )  # fmt: skip
        made.add_vline(x=as_of, line={"color": own["accent"], "width": 1, "dash": "dot"}, layer="below")
    return made


def bars(look: Look, names: Sequence[str], values: Sequence[int], highlight: int = 0) -> go.Figure:
    """Lying bars with their number at the end; one is highlighted, the rest is grey."""
    own = look.colors
    made = figure(
        look,
        go.Bar(
            x=list(values), y=list(names), orientation="h", hoverinfo="skip", cliponaxis=False,
            text=[grouped(value, 0, look.language) for value in values], textposition="outside",
            marker={"color": [own["accent"] if at == highlight else own["rest"] for at in range(len(names))]},
        ),
        height=max(160, 32 + 28 * len(names)),
    )  # fmt: skip
    made.update_layout(hovermode=False, bargap=0.3)
    made.update_xaxes(visible=False, rangemode="tozero")
    made.update_yaxes(autorange="reversed", showgrid=False, type="category", color=own["ink"], dtick=1)
    return made


def lines(look: Look, series: Mapping[str, Points], grain: Grain, *, places: int = 1, percent: bool = False,
          grey_last: bool = True) -> go.Figure:  # fmt: skip
    """Named lines; the first is the highlight. Percentages are drawn from 0 to 100."""
    own = look.colors
    made = figure(look)
    ends = [last_known(points) for points in series.values()]
    top = 104 if percent else _top(*series.values())
    shifts = apart(ends[0], ends[1], top) if len(ends) == 2 else (0,) * len(ends)
    for place, (name, points) in enumerate(series.items()):
        color = own["accent"] if place == 0 else own["soft"] if grey_last else look.series[place]
        days = [day for day, _ in points]
        made.add_trace(
            go.Scatter(
                x=days, y=[value for _, value in points], name=name, mode="lines+markers",
                hovertemplate=f"%{{y:,.{places}f}}", connectgaps=False,
                line={"color": color, "width": 2, "dash": "solid" if place == 0 else "dot"}, marker={"size": 4},
            )
        )  # fmt: skip
        if len(series) > 1:
            name_at_end(made, ends[place], name, color, shift=shifts[place])
    days = [day for day, _ in next(iter(series.values()))]
    _hover(made, grain, look)
    ticks(made, days, grain, look.language)
    if percent:
        made.update_yaxes(range=[0, 104], dtick=25)
    if len(series) == 1:
        made.update_layout(margin={"r": 12})
    return made


def with_interval(look: Look, points: Sequence[tuple[date, float | None, float, float]], grain: Grain,
                  name: str) -> go.Figure:  # fmt: skip
    """Shares with their 95 % interval as whiskers, from 0 to 100."""
    own = look.colors
    known = [(day, value, low, high) for day, value, low, high in points if value is not None]
    made = figure(
        look,
        go.Scatter(
            x=[day for day, *_ in known], y=[value for _, value, *_ in known], name=name, mode="markers",
            hovertemplate="%{y:,.1f}", marker={"color": own["accent"], "size": 7},
            error_y={
                "type": "data", "symmetric": False, "color": own["rest"], "thickness": 1.5, "width": 3,
                "array": [high - value for _, value, _, high in known],
                "arrayminus": [value - low for _, value, low, _ in known],
            },
        ),
    )  # fmt: skip
    days = [day for day, *_ in points]
    _hover(made, grain, look)
    ticks(made, days, grain, look.language)
    made.update_yaxes(range=[0, 104], dtick=25)
    made.update_layout(margin={"r": 12})
    return made


def _top(*series: Points) -> float:
    return max((value for points in series for _, value in points if value is not None), default=0)


def _hover(made: go.Figure, grain: Grain, look: Look) -> None:
    """Day, week or month at the head of what shows on hover."""
    made.update_xaxes(unifiedhovertitle={"text": f"<b>{_HEADS[look.language][grain]}</b>"})
