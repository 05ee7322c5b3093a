"""The parts of the forecast's page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import streamlit as st

from dashboards.charts import forecast as draw
from dashboards.charts.forecast import Ahead
from dashboards.data.forecast import LEADS, Forecast, Known, Series, actuals, forecast, known
from dashboards.data.warehouse import Row
from dashboards.figures.filters import Reader, Trouble
from dashboards.figures.forecast import against_prophet, inside
from dashboards.figures.periods import Grain
from dashboards.figures.written import bucket_code, bucket_name, day, grouped, written
from dashboards.texts import Texts
from dashboards.ui.address import choose, switch
from dashboards.ui.chart import chart, localized
from dashboards.ui.fold import foldable, plain
from dashboards.ui.frame import Desk

GRAINS: tuple[Grain, ...] = ("day", "week")
MODELS = (
    "auto_ets", "count_regression", "damped_ets", "median", "mstl", "prophet", "published", "seasonal_naive",
    "weekday_mean",
)  # fmt: skip


@dataclass(frozen=True)
class Chosen:
    """What the page shows; no series where there is no forecast."""

    grain: Grain
    series: Series | None
    lead: int


def choose_forecast(desk: Desk) -> Chosen:
    """Reads the address and shows the filters."""
    texts = desk.texts
    reader = Reader(st.query_params.to_dict())
    # the service pages know months as well; here they are weeks
    grain = cast(Grain, reader.one_of("step", GRAINS) or "day")
    series = {one.key: one for one in known(desk.scope, grain).series}
    key = reader.one_of("series", series) or next(iter(series), None)
    leads = [str(lead) for lead in LEADS[grain]]
    lead = reader.one_of("lead", leads) or leads[0]
    chosen = [*([name_of(texts, series[key])] if key else []), texts(f"per.{grain}"),
              lead_name(texts, grain, int(lead))]  # fmt: skip
    with foldable(texts, chosen):
        columns = st.columns([3, 2, 3, 3], gap="small")
        with columns[0]:
            if series:
                choose(texts("filters.series"), "series", list(series), key, lambda one: name_of(texts, series[one]))
        with columns[1]:
            switch(texts("filters.grain"), "step", GRAINS, grain, lambda name: texts(f"grains.{name}"),
                   others=("lead",))  # fmt: skip
        with columns[2]:
            choose(texts("filters.lead"), "lead", leads, lead, lambda one: lead_name(texts, grain, int(one)))
    _trouble(texts, reader.trouble)
    return Chosen(grain, series[key] if key else None, int(lead))


def name_of(texts: Texts, series: Series) -> str:
    """A series in words."""
    return series.queue if series.queue is not None else texts(f"forecast.series.{series.scope}")


def lead_name(texts: Texts, grain: Grain, lead: int) -> str:
    """How far ahead, in words."""
    return texts(f"forecast.leads_one.{grain}") if lead == 1 else texts(f"forecast.leads.{grain}", n=lead)


def model_name(texts: Texts, model: str) -> str:
    """A method in words; one that has none yet keeps its own name."""
    return texts(f"forecast.models_named.{model}") if model in MODELS else model


def refused(desk: Desk, there: Known) -> None:
    """Why there is no forecast."""
    reasons = [row["refused_because"] for row in there.runs if row["refused_because"]]
    if reasons:
        st.info(desk.texts("forecast.refused", reason=reasons[0]))
    else:
        st.info(desk.texts("forecast.refused_none"))


def ahead(desk: Desk, chosen: Chosen, found: Forecast) -> None:
    """What is to come."""
    texts, language = desk.texts, desk.texts.language
    run = found.run
    if run:
        st.caption(texts(
            "forecast.learned", first=day(run["learned_first_day"], language),
            last=day(run["learned_last_day"], language), batch=run["batch"], model=model_name(texts, run["model"]),
        ))  # fmt: skip
    expected = sum(row["expected_tickets"] for row in found.ahead)
    title = texts(
        "charts.forecast", expected=grouped(expected, 0, language), horizon=texts(f"forecast.horizon.{chosen.grain}")
    )
    made = draw.fan(
        desk.look, [(row["period_start"], row["tickets"]) for row in found.before], periods(found.ahead), chosen.grain,
        (texts("charts.actual"), texts("charts.expected")), 340,
    )  # fmt: skip
    note = texts("charts.forecast_note", per=texts(f"per.{chosen.grain}"))
    if all(row["low_80"] is None for row in found.ahead):
        note += " " + texts("forecast.no_interval")
    chart(texts, "forecast", title, note, made, _columns(texts, found.ahead, chosen.grain),
          starts=_codes(found.ahead, chosen.grain))  # fmt: skip
    st.caption(texts("forecast.explain") + " " + texts("forecast.sum"))


def queues(desk: Desk, chosen: Chosen, there: Known) -> None:
    """The same for each queue, smaller."""
    texts, language = desk.texts, desk.texts.language
    parts = [one for one in there.series if one.scope != "total"]
    if not parts:
        return
    st.header(texts("forecast.queues"), anchor=False)
    st.caption(texts("forecast.queues_note"))
    width = 2 if len(parts) in (2, 4) else 3
    for at in range(0, len(parts), width):
        for column, one in zip(st.columns(width, gap="small"), parts[at : at + width], strict=False):
            found = forecast(desk.scope, chosen.grain, one)
            expected = grouped(sum(row["expected_tickets"] for row in found.ahead), 0, language)
            made = draw.fan(
                desk.look, [(row["period_start"], row["tickets"]) for row in found.before], periods(found.ahead),
                chosen.grain, (texts("charts.actual"), texts("charts.expected")), 210, 4,
            )  # fmt: skip
            with column:
                chart(
                    texts, f"queue_{one.key}",
                    texts("forecast.queue_expected", name=plain(name_of(texts, one)), value=expected),
                    texts("charts.forecast_note", per=texts(f"per.{chosen.grain}")), made,
                    _columns(texts, found.ahead, chosen.grain), below=True, starts=_codes(found.ahead, chosen.grain),
                )  # fmt: skip


def past(desk: Desk, chosen: Chosen) -> None:
    """Earlier forecasts against what came."""
    texts, language = desk.texts, desk.texts.language
    assert chosen.series is not None
    st.header(texts("forecast.past"), anchor=False)
    rows = actuals(desk.scope, chosen.grain, chosen.series.key, chosen.lead)
    lead = lead_name(texts, chosen.grain, chosen.lead)
    if not rows:
        st.info(texts("forecast.past_none", lead=lead))
        return
    (hits80, n), (hits95, _) = inside(rows, "80"), inside(rows, "95")
    came = [row["actual_tickets"] for row in rows]
    made = draw.against(
        desk.look, periods(rows), came, chosen.grain, (texts("charts.actual"), texts("charts.expected"))
    )
    data = {**_columns(texts, rows, chosen.grain), texts("columns.actual"): came}
    chart(texts, "actuals", texts("charts.actuals"), texts("charts.actuals_note", lead=lead), made, data,
          below=True, starts=_codes(rows, chosen.grain))  # fmt: skip
    if n:
        numbers = {"hits80": hits80, "hits95": hits95, "n": n}
        st.caption(texts("forecast.past_covered", **{k: grouped(v, 0, language) for k, v in numbers.items()}))


def quality(desk: Desk, found: Forecast) -> None:
    """Scores of the backtest with n, the comparison with Prophet, and all models."""
    texts, run = desk.texts, found.run
    st.header(texts("forecast.quality"), anchor=False)
    st.caption(texts("forecast.quality_note"))
    if run:
        _scores(texts, run)
    duel = against_prophet(found.backtests)
    if duel is None:
        st.write(texts("forecast.prophet_unknown"))
    else:
        decimals = {
            name: grouped(getattr(duel, field), 3, texts.language)
            for name, field in (("median", "median"), ("prophet", "prophet"), ("gap", "gap"), ("se", "error"))
        }
        st.write(texts(f"forecast.prophet_{duel.verdict}", n=grouped(duel.n, 0, texts.language), **decimals))
    with st.expander(texts("forecast.models"), icon=":material/table:"):
        st.caption(texts("forecast.models_note"))
        _methods(texts, sorted(found.backtests, key=_how_far))


def _methods(texts: Texts, rows: Sequence[Row]) -> None:
    data: dict[str, Sequence[Any]] = {
        texts("forecast.model"): [model_name(texts, row["model"]) for row in rows],
        texts("forecast.horizon_group"): [
            texts("forecast.all") if row["horizon_group"] == "all" else row["horizon_group"].replace("-", "–")
            for row in rows
        ],
        texts("forecast.relative"): [_decimals(row["rel_mae"]) for row in rows],
        texts("forecast.skill"): [_decimals(row["skill_captured"]) for row in rows],
        texts("forecast.coverage80"): [_decimals(row["coverage_80"]) for row in rows],
        texts("forecast.coverage95"): [_decimals(row["coverage_95"]) for row in rows],
        texts("forecast.periods_judged"): [row["periods_judged"] for row in rows],
        texts("forecast.intervals_judged"): [row["intervals_judged"] for row in rows],
    }
    st.dataframe(
        data, column_config=localized(data), hide_index=True, key="backtests", placeholder=texts.unknown,
        alt=texts("forecast.models"),
    )  # fmt: skip


def _how_far(row: Row) -> tuple[bool, int]:
    """The nearest first, all of them together last."""
    group: str = row["horizon_group"]
    return group == "all", 0 if group == "all" else int(group.partition("-")[0])


def _scores(texts: Texts, run: Row) -> None:
    language = texts.language

    def share(value: float | None) -> str:
        return written(None if value is None else 100 * value, "percent", language)

    def number(value: float | None) -> str:
        return texts.unknown if value is None else grouped(value, 2, language)

    errors, bands = (texts.unknown if run[name] is None else grouped(run[name], 0, language)
                     for name in ("errors_judged", "intervals_judged"))  # fmt: skip
    between = texts("forecast.interval", low=number(run["rel_mae_low"]), high=number(run["rel_mae_high"]))
    tiles = (
        ("skill", number(run["skill_captured"]), errors, ""),
        ("relative", number(run["rel_mae"]), errors, between),
        ("coverage80", share(run["coverage_80"]), bands, ""),
        ("coverage95", share(run["coverage_95"]), bands, ""),
    )
    with st.container(key="scores"):
        for name, value, n, more in tiles:
            with st.container(border=True, height="stretch", key=f"tile_{name}", gap=None):
                st.metric(texts(f"forecast.{name}"), value, help=texts(f"forecast.{name}_help"))
                st.caption("  \n".join(one for one in (texts("tile.n", n=n), more) if one))


def periods(rows: Sequence[Row]) -> list[Ahead]:
    """Rows as charts take them."""
    names = ("period_start", "expected_tickets", "low_80", "high_80", "low_95", "high_95")
    return [Ahead(*(row[name] for name in names)) for row in rows]


def _codes(rows: Sequence[Row], grain: Grain) -> list[str]:
    return [bucket_code(row["period_start"], grain) for row in rows]


def _columns(texts: Texts, rows: Sequence[Row], grain: Grain) -> dict[str, list[Any]]:
    named = ("low_80", "high_80", "low_95", "high_95")
    return {
        texts("columns.day"): [bucket_name(row["period_start"], grain, texts.language) for row in rows],
        texts("columns.expected"): [round(row["expected_tickets"], 2) for row in rows],
        **{texts(f"columns.{name}"): [row[name] for row in rows] for name in named},
    }


def _trouble(texts: Texts, trouble: Sequence[Trouble]) -> None:
    for one in trouble:
        name = texts("filters.grain" if one.name == "step" else f"filters.{one.name}")
        st.warning(texts(f"trouble.{one.reason}", name=name, value=plain(one.value)))


def _decimals(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
