"""Charts of the forecast, with its uncertainty drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import plotly.graph_objects as go

from dashboards.charts.style import HEIGHT, Look, apart, clear, figure, name_above, name_at_end, ticks
from dashboards.figures.periods import Grain
from dashboards.figures.written import bucket_name, grouped


@dataclass(frozen=True)
class Ahead:
    """A forecast period: the middle and its intervals, where there are any."""

    start: date
    expected: float
    low_80: float | None
    high_80: float | None
    low_95: float | None
    high_95: float | None


def fan(look: Look, before: Sequence[tuple[date, int]], ahead: Sequence[Ahead], grain: Grain,
        names: tuple[str, str], height: int = HEIGHT, most: int = 6) -> go.Figure:  # fmt: skip
    """What came, grey, and what is expected with both bands."""
    own = look.colors
    made = figure(look, *_bands(look, ahead), height=height)
    made.add_trace(
        go.Scatter(
            x=[day for day, _ in before], y=[count for _, count in before], mode="lines", name=names[0],
            line={"color": own["soft"], "width": 1.5}, hoverinfo="skip",
        )
    )  # fmt: skip
    made.add_trace(
        go.Scatter(
            x=[one.start for one in ahead], y=[one.expected for one in ahead], mode="lines", name=names[1],
            line={"color": own["accent"], "width": 2.5}, hoverinfo="skip",
        )
    )  # fmt: skip
    said = [(day, f"{names[0]}: <b>{grouped(count, 0, look.language)}</b>", float(count)) for day, count in before]
    said += [(one.start, _said(one, names[1], look.language), one.expected) for one in ahead]
    made.add_trace(_told(said, grain, look))
    days = [day for day, *_ in said]
    ticks(made, days, grain, look.language, most)
    made.update_layout(hovermode="x", margin={"r": 12})
    # where the line of one ends and that of the other begins
    if before:
        name_above(made, before[-1][0], names[0], own["soft"], "right")
    if ahead:
        name_above(made, ahead[0].start, names[1], own["accent"], "left")
        made.add_vline(x=ahead[0].start, line={"color": own["line"], "width": 1, "dash": "dot"}, layer="below")
    return made


def against(look: Look, ahead: Sequence[Ahead], came: Sequence[int], grain: Grain,
            names: tuple[str, str]) -> go.Figure:  # fmt: skip
    """Earlier forecasts with their bands, and what came as points."""
    own = look.colors
    made = figure(look, *_bands(look, ahead))
    days = [one.start for one in ahead]
    made.add_trace(
        go.Scatter(x=days, y=[one.expected for one in ahead], mode="lines", name=names[1], hoverinfo="skip",
                   line={"color": own["accent"], "width": 2})
    )  # fmt: skip
    made.add_trace(
        go.Scatter(x=days, y=list(came), mode="markers", name=names[0], hoverinfo="skip",
                   marker={"color": own["ink"], "size": 6})
    )  # fmt: skip
    said = [
        (one.start, f"{names[0]}: <b>{grouped(count, 0, look.language)}</b><br>" + _said(one, names[1], look.language),
         count)
        for one, count in zip(ahead, came, strict=True)
    ]  # fmt: skip
    made.add_trace(_told([(day, text, float(count)) for day, text, count in said], grain, look))
    ticks(made, days, grain, look.language, 6)
    made.update_layout(hovermode="x")
    top = max(*came, *(one.expected if one.high_95 is None else one.high_95 for one in ahead))
    shifts = apart(ahead[-1].expected, came[-1], top)
    name_at_end(made, ahead[-1].expected, names[1], own["accent"], shift=shifts[0])
    name_at_end(made, came[-1], names[0], own["ink"], shift=shifts[1])
    return made


def _bands(look: Look, ahead: Sequence[Ahead]) -> list[go.Scatter]:
    """The 95 % band below the 80 % band; none where there is no interval."""
    found = []
    for low, high, alpha in (("low_95", "high_95", 0.14), ("low_80", "high_80", 0.24)):
        known = [one for one in ahead if getattr(one, low) is not None]
        days = [one.start for one in known]
        found.append(
            go.Scatter(
                x=days + days[::-1],
                y=[getattr(one, high) for one in known] + [getattr(one, low) for one in reversed(known)],
                fill="toself", fillcolor=clear(look.colors["accent"], alpha), line={"width": 0}, mode="lines",
                hoverinfo="skip",
            )
        )  # fmt: skip
    return found


def _said(one: Ahead, name: str, language: str) -> str:
    text = f"{name}: <b>{grouped(one.expected, 1, language)}</b>"
    for share, low, high in (("80", one.low_80, one.high_80), ("95", one.low_95, one.high_95)):
        if low is not None and high is not None:
            percent = f"{share}\u202f%" if language == "de" else f"{share}%"
            text += f"<br>{percent}: {grouped(low, 0, language)} – {grouped(high, 0, language)}"
    return text


def _told(said: Sequence[tuple[date, str, float]], grain: Grain, look: Look) -> go.Scatter:
    """Points nobody sees that say what there is to say on hover."""
    return go.Scatter(
        x=[day for day, *_ in said], y=[value for *_, value in said], mode="markers",
        marker={"opacity": 0, "size": 1}, name="",
        customdata=[f"<b>{bucket_name(day, grain, look.language)}</b><br>{text}" for day, text, _ in said],
        hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
