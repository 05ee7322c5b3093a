"""The charts the service pages share."""

from collections.abc import Callable, Sequence
from datetime import date

import streamlit as st

from dashboards.charts import service as draw
from dashboards.data.service import Measured, Service
from dashboards.figures.chance import wilson
from dashboards.figures.definitions import AGE_BUCKETS
from dashboards.figures.filters import Filters
from dashboards.figures.periods import buckets, is_whole
from dashboards.figures.written import bucket_code, bucket_name, day, written
from dashboards.ui.chart import chart
from dashboards.ui.frame import Desk

Points = list[tuple[date, float | None]]


class Panels:
    """Draws an answer for a page."""

    def __init__(self, desk: Desk, filters: Filters, answer: Service) -> None:
        self._desk, self._filters, self._answer = desk, filters, answer
        self._texts = desk.texts
        self._days = buckets(filters.period.span, filters.grain)
        self._names = [bucket_name(one, filters.grain, desk.texts.language) for one in self._days]
        self._codes = [bucket_code(one, filters.grain) for one in self._days]
        self._per = desk.texts(f"per.{filters.grain}")

    def grid(self, *panels: Callable[[], None]) -> None:
        """Two beside each other."""
        for at in range(0, len(panels), 2):
            for column, panel in zip(st.columns(2, gap="small"), panels[at : at + 2], strict=False):
                with column:
                    panel()

    def volume(self) -> None:
        """New and resolved tickets."""
        texts, now = self._texts, self._answer.now
        opened, resolved = self._points("opened", zero=True), self._points("resolved", zero=True)
        whole = [is_whole(one, self._filters.grain, self._filters.period.span) for one in self._days]
        title = texts("charts.volume", opened=self._written("opened", now), resolved=self._written("resolved", now))
        made = draw.volume(
            self._desk.look, opened, resolved, whole, self._filters.grain,
            (texts("charts.opened"), texts("charts.resolved")),
        )  # fmt: skip
        part = texts("charts.part")
        names = [name if one else f"{name} {part}" for name, one in zip(self._names, whole, strict=True)]
        chart(texts, "volume", title, texts("charts.volume_note", per=self._per), made, {
            texts("columns.day"): names,
            texts("figures.opened.label"): [value for _, value in opened],
            texts("figures.resolved.label"): [value for _, value in resolved],
        }, starts=[code if one else f"{code} {part}" for code, one in zip(self._codes, whole, strict=True)]
        )  # fmt: skip

    def backlog(self) -> None:
        """Open tickets by day."""
        texts, answer = self._texts, self._answer
        title = texts(
            "charts.backlog", day=day(answer.backlog.day, texts.language),
            open=written(answer.backlog.open_tickets, "count", texts.language),
        )  # fmt: skip
        made = draw.backlog(self._desk.look, answer.line, answer.backlog.day, texts("charts.open"))
        chart(texts, "backlog", title, texts("charts.backlog_note"), made, {
            texts("columns.day"): [day(one, texts.language) for one, _ in answer.line],
            texts("figures.backlog.label"): [value for _, value in answer.line],
        }, starts=[one.isoformat() for one, _ in answer.line])  # fmt: skip

    def ages(self) -> None:
        """The backlog by age."""
        texts, backlog = self._texts, self._answer.backlog
        names = [texts(f"ages.{name}") for name in AGE_BUCKETS]
        made = draw.bars(self._desk.look, names, backlog.ages, len(names) - 1) if backlog.open_tickets else None
        title = texts("charts.ages", day=day(backlog.day, texts.language))
        chart(texts, "ages", title, texts("charts.ages_note"), made, {
            texts("columns.age_days"): names, texts("columns.tickets"): list(backlog.ages),
        })  # fmt: skip

    def times(self, what: str) -> None:
        """Median and 90 % of first responses or resolutions, in minutes or hours."""
        texts, basis = self._texts, self._filters.basis
        median, p90 = self._points(f"{what}_{basis}_median"), self._points(f"{what}_{basis}_p90")
        largest = max((value for _, value in p90 if value is not None), default=0)
        unit, seconds = ("hours", 3600) if largest >= 6000 else ("minutes", 60)
        scaled = [[(one, None if value is None else value / seconds) for one, value in part] for part in (median, p90)]
        names = [texts("charts.median"), texts("charts.p90")]
        series = dict(zip(names, scaled, strict=True))
        made = draw.lines(self._desk.look, series, self._filters.grain) if largest else None
        words = {"per": self._per, "basis": texts(f"kinds.{basis}"), "unit": texts(f"charts.{unit}")}
        chart(texts, what, texts(f"charts.{what}"), texts(f"charts.{what}_note", **words), made, {
            texts("columns.day"): self._names,
            **{f"{name} ({texts(f'charts.{unit}')})": [_rounded(value) for _, value in part]
               for name, part in zip(names, scaled, strict=True)},
            texts("columns.n"): self._counted(f"{what}_{basis}_median"),
        }, starts=self._codes)  # fmt: skip

    def sla(self, keys: Sequence[str]) -> None:
        """Attainment per clock."""
        names = {
            "sla_first_response": "charts.first_response", "sla_resolution": "charts.resolution_clock",
            "sla_desk": "charts.desk",
        }  # fmt: skip
        # the resolution is what is promised most; it is the highlight
        self._shares("sla", {key: self._texts(names[key]) for key in sorted(keys, reverse=True)})

    def reopened(self) -> None:
        """Reopen rate of mature cohorts."""
        self._shares("quality", {"reopened": self._texts("charts.reopened")}, percent=False)

    def satisfaction(self) -> None:
        """Satisfied answers with their interval."""
        texts, series = self._texts, self._answer.series["csat"]
        points = []
        for one in self._days:
            found = series.get(one, Measured(None, 0))
            between = wilson(round((found.value or 0) * found.n / 100), found.n) or (0.0, 100.0)
            points.append((one, found.value, *between))
        made = None
        if any(value is not None for _, value, *_ in points):
            made = draw.with_interval(self._desk.look, points, self._filters.grain, texts("charts.csat_series"))
        chart(texts, "csat", texts("charts.csat"), texts("charts.csat_note", per=self._per), made, {
            texts("columns.day"): self._names,
            texts("figures.csat.label"): [_rounded(value) for _, value, *_ in points],
            texts("columns.low"): [None if value is None else _rounded(low) for _, value, low, _ in points],
            texts("columns.high"): [None if value is None else _rounded(high) for _, value, _, high in points],
            texts("columns.n"): self._counted("csat"),
        }, starts=self._codes)  # fmt: skip

    def _shares(self, key: str, series: dict[str, str], *, percent: bool = True) -> None:
        texts = self._texts
        points = {name: self._points(one) for one, name in series.items()}
        known = any(value is not None for part in points.values() for _, value in part)
        made = draw.lines(self._desk.look, points, self._filters.grain, percent=percent) if known else None
        data: dict[str, Sequence[object]] = {texts("columns.day"): self._names}
        for one, name in series.items():
            data[name] = [_rounded(value) for _, value in points[name]]
            data[f"n ({name})"] = self._counted(one)
        chart(texts, key, texts(f"charts.{key}"), texts(f"charts.{key}_note", per=self._per), made, data,
              starts=self._codes)  # fmt: skip

    def _points(self, key: str, *, zero: bool = False) -> Points:
        found = self._answer.series[key]
        return [(one, found[one].value if one in found else 0.0 if zero else None) for one in self._days]

    def _counted(self, key: str) -> list[int]:
        found = self._answer.series[key]
        return [found[one].n if one in found else 0 for one in self._days]

    def _written(self, key: str, values: dict[str, Measured]) -> str:
        return written(values[key].value, "count", self._texts.language)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
