"""What the whole desk expects in the weeks to come, and how much of it is the customer's to place it by."""

from datetime import date, timedelta
from typing import Any

from operational.vcio.domain.book import Number
from operational.vcio.domain.texts import written_day
from operational.vcio.domain.verdicts import against_median
from operational.vcio.repository import ForecastRun
from operational.vcio.service.sections.base import Page, shown

GRAIN, WEEK = "week", timedelta(days=7)
PUBLISHED, MEDIAN, SINGLE = "published", "median", "prophet"
# with less history a week's interval rests on too few errors
SURE_FROM = timedelta(days=730)


class Forecast(Page):
    """The desk's forecast by week as it stood at the pack's batch: there is none for a single customer.

    Its numbers name the forecast's own batch: one that is made for the pack's batch after the pack changes none.
    """

    def build(self) -> dict[str, Any]:
        """The tables; only `missing`, a sentence, where there is no forecast or it is not about the coming quarter."""
        is_known, run = self._serving.forecast_run(GRAIN, self._subject.coverage.batch)
        if run is None:
            return {"missing": self._t["forecast_refused" if is_known else "forecast_none"]}
        if run.made_for_first >= self._subject.period.quarter.next.end:
            return {"missing": self._t["forecast_later"]}
        where = {"forecast_batch": run.batch, "grain": GRAIN, "series": "total"}
        expected = self._book.metric("forecast_sum", self._t["forecast_sum"], **where)
        return {
            "missing": "", **self._days(run), "sum": shown(expected), **self._share(), **self._before(run, expected),
            "weeks": self._weeks(run, where), "queues": self._queues(run), "quality": self._quality(run, where),
        }  # fmt: skip

    def _days(self, run: ForecastRun) -> dict[str, Any]:
        language, period = self._subject.language, self._subject.period
        days = {
            "first": run.made_for_first, "last": run.made_for_last, "known": run.learned_last,
            "share_first": period.start, "share_last": period.last_day,
        }  # fmt: skip
        return {name: written_day(day, language) for name, day in days.items()} | {
            "batch": run.batch,
            "has_begun": run.made_for_first <= run.learned_last,
        }

    def _share(self) -> dict[str, Any]:
        where = self._where(self._subject.period)
        return {
            "share": shown(self._book.metric("desk_share", self._t["forecast_share"], **where)),
            "desk": shown(self._book.metric("desk_opened", self._t["forecast_desk"], **where)),
        }

    def _before(self, run: ForecastRun, expected: Number) -> dict[str, Any]:
        """As many weeks before, where the data cover them."""
        t, span = self._t, run.made_for_last - run.made_for_first + timedelta(days=1)
        start = run.made_for_first - span
        if start < max(self._subject.coverage.first_day, run.learned_first):
            return {"before": None, "change": None, "level": None}
        where = {"customer_id": self._subject.customer_id, "start": start, "end": run.made_for_first}
        before = self._book.metric("desk_opened", t["forecast_before"], **where)
        change = self._book.change(f"{t['change']}: {t['forecast_before']}", expected, before)
        level = self._book.metric("desk_opened_a_week", t["forecast_level"], **where)
        return {"before": shown(before), "change": shown(change), "level": shown(level)}

    def _weeks(self, run: ForecastRun, where: dict[str, Any]) -> list[dict[str, Any]]:
        count = ((run.made_for_last - run.made_for_first).days + 1) // WEEK.days
        return [self._week(run.made_for_first + n * WEEK, where) for n in range(count)]

    def _week(self, monday: date, where: dict[str, Any]) -> dict[str, Any]:
        t = self._t
        name = str(t["forecast_week"]).format(w=monday.isocalendar().week, d=monday.day, m=monday.month, y=monday.year)
        expected, low, high = (
            self._book.metric(f"forecast_{part}", f"{name}: {t[f'forecast_{part}']}", **where, period_start=monday)
            for part in ("expected", "low", "high")
        )
        return {
            "name": name, "expected": shown(expected), "low": shown(low), "high": shown(high),
            "has_interval": low.value is not None and high.value is not None,
        }  # fmt: skip

    def _queues(self, run: ForecastRun) -> list[dict[str, Any]]:
        t, parts = self._t, []
        found = self._serving.forecast_queues(GRAIN, run.batch)
        # the only part is the whole
        for series, scope, queue in found if len(found) > 1 else ():
            name = queue or t["forecast_scopes"][scope]
            where = {"forecast_batch": run.batch, "grain": GRAIN, "series": series}
            number = self._book.metric("forecast_sum", f"{t['forecast_sum']}: {name}", **where)
            parts.append({"name": name, "number": shown(number)})
        return parts

    def _quality(self, run: ForecastRun, where: dict[str, Any]) -> dict[str, Any]:
        t, book = self._t, self._book
        measured = {
            key: book.metric(f"forecast_{key}", t[f"forecast_{key}"], **where, model=PUBLISHED)
            for key in ("coverage", "judged", "error", "errors")
        } | {
            name: book.metric("forecast_error", str(t["forecast_error_of"]).format(model=t["forecast_models"][name]),
                              **where, model=name)
            for name in (MEDIAN, SINGLE)
        }  # fmt: skip
        gain = book.metric("forecast_gain", t["forecast_gain"], **where, model=SINGLE)
        error = book.metric("forecast_gain_error", t["forecast_gain_error"], **where, model=SINGLE)
        return {
            **{name: shown(number) for name, number in measured.items()},
            "gain": shown(gain), "gain_error": shown(error),
            "verdict": t[f"forecast_median_{against_median(gain.value, error.value)}"],
            "model": "" if run.model == MEDIAN else str(t["forecast_model"]).format(model=run.model),
            "unsure": run.learned_last - run.learned_first < SURE_FROM,
        }  # fmt: skip
