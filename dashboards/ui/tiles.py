"""Tiles: a figure with its definition, n, the period before, and a way to its tickets."""

from datetime import timedelta
from typing import Literal

import streamlit as st

from dashboards.data.service import Measured, Service
from dashboards.figures.chance import FEW, wilson
from dashboards.figures.definitions import EVERY, MATURE_DAYS, Better
from dashboards.figures.filters import Filters
from dashboards.figures.written import change, day, grouped, instant, written
from dashboards.ui.address import keep
from dashboards.ui.frame import Desk

Color = Literal["green", "red", "gray"]
Arrow = Literal["up", "down", "off"]
_COHORTS = ("reopened", "first_contact")


class Tiles:
    """Draws the figures of an answer."""

    def __init__(self, desk: Desk, filters: Filters, answer: Service) -> None:
        self._desk, self._filters, self._answer = desk, filters, answer
        self._texts, self._language = desk.texts, desk.texts.language

    def draw(self, keys: tuple[str, ...]) -> None:
        """Tiles; look.css lays them out, because only the browser knows how wide it is."""
        with st.container(key="tiles"):
            for key in keys:
                self._tile(key)

    def _tile(self, key: str) -> None:
        texts, figure = self._texts, EVERY[key]
        now, before = self._measured(key)
        changed = change(now.value, before.value, figure.unit, self._language) if before else None
        name = f"tile_changed_{key}" if changed else f"tile_{key}"
        with st.container(border=True, key=name, height="stretch", gap=None):
            st.metric(
                texts(f"figures.{key}.label"), written(now.value, figure.unit, self._language), changed,
                delta_color=_color(changed, figure.better), delta_arrow=_arrow(changed),
                help=f"{texts(f'figures.{key}.definition')}\n\n{self._when(key)}",
            )  # fmt: skip
            st.caption("  \n".join([*self._counted(key, now, before), *self._notes(key, now)]))
            st.button(
                texts("tile.tickets"), key=f"behind_{key}", type="tertiary", icon=":material/list:",
                help=texts("tile.show"), on_click=keep, args=("behind", key),
            )  # fmt: skip

    def _measured(self, key: str) -> tuple[Measured, Measured | None]:
        answer = self._answer
        if key == "open_now":
            return answer.open_now, None
        if not key.startswith("backlog"):
            return answer.now[key], answer.before.get(key)
        found = [
            None if one is None
            else Measured(one.open_tickets if key == "backlog" else one.age_median, one.open_tickets)
            for one in (answer.backlog, answer.backlog_before)
        ]  # fmt: skip
        assert found[0] is not None
        return found[0], found[1]

    def _when(self, key: str) -> str:
        """The period, or the day, and what it is compared with."""
        texts, period = self._texts, self._filters.period
        if key == "open_now":
            return self._read_at()
        if key.startswith("backlog"):
            days = [one.day for one in (self._answer.backlog, self._answer.backlog_before) if one]
            return " ↔ ".join(texts("tile.on", day=day(one, self._language)) for one in days)
        return " ".join(
            texts(name, first=day(span.start, self._language), last=day(span.last, self._language))
            for name, span in (("tile.period", period.span), ("tile.before_period", period.before))
            if span
        )

    def _counted(self, key: str, now: Measured, before: Measured | None) -> list[str]:
        """n, and the period before with its own."""
        texts, is_count = self._texts, EVERY[key].unit == "count"
        said = [] if is_count else [texts("tile.n", n=grouped(now.n, 0, self._language))]
        if before is not None:
            value = written(before.value, EVERY[key].unit, self._language)
            said.append(
                texts("tile.before", value=value) if is_count
                else texts("tile.before_n", value=value, n=grouped(before.n, 0, self._language))
            )  # fmt: skip
        return [" · ".join(said)] if said else []

    def _notes(self, key: str, now: Measured) -> list[str]:
        """What else must be said beside a figure."""
        texts, answer = self._texts, self._answer
        notes = [self._read_at()] if key == "open_now" else []
        if key.startswith("backlog"):
            notes.append(texts("tile.on", day=day(answer.backlog.day, self._language)))
        if key == "backlog_age" and answer.backlog.age_p90 is not None:
            notes.append(texts("tile.age_p90", value=written(answer.backlog.age_p90, "days", self._language)))
        if key.endswith("_median"):
            p90 = answer.now[key.replace("median", "p90")].value
            notes.append(texts(f"kinds.{'business' if '_business_' in key else 'calendar'}"))
            if p90 is not None:
                notes.append(texts("tile.p90", value=written(p90, "duration", self._language)))
        if key == "csat":
            notes += self._interval(now)
        if key in _COHORTS:
            last = self._desk.about.choices.covered.last - timedelta(days=MATURE_DAYS)
            ripe = min(last, self._filters.period.span.last)
            notes.append(
                texts("tile.mature", day=day(ripe, self._language)) if ripe >= self._filters.period.span.start
                else texts("tile.none_mature")
            )  # fmt: skip
        if EVERY[key].unit == "percent" and 0 < now.n < FEW:
            notes.append(texts("tile.few", n=now.n))
        return notes

    def _read_at(self) -> str:
        about = self._desk.about
        return self._texts("tile.read_at", at=instant(about.read_at, about.zone, self._language))

    def _interval(self, now: Measured) -> list[str]:
        between = wilson(round((now.value or 0) * now.n / 100), now.n)
        rate = written(self._answer.now["csat_rate"].value, "percent", self._language)
        said = [self._texts("tile.rate", value=rate)]
        if between:
            low, high = (written(bound, "percent", self._language) for bound in between)
            said.insert(0, self._texts("tile.interval", low=low, high=high))
        return said


def _arrow(changed: str | None) -> Arrow:
    return "up" if changed and changed[0] == "+" else "down" if changed and changed[0] == "\u2212" else "off"


def _color(changed: str | None, better: Better) -> Color:
    """Good and bad have a colour and an arrow; where neither is meant, grey."""
    arrow = _arrow(changed)
    if arrow == "off" or better == "neither":
        return "gray"
    return "green" if (arrow == "up") == (better == "more") else "red"
