"""The figures of the service pages, all from one snapshot."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import streamlit as st

from dashboards.data.warehouse import Row, Scope, Serving, snapshot
from dashboards.figures.definitions import BACKLOG_VALUES, EVERY, OPEN_NOW, Figure, by_rows
from dashboards.figures.filters import Choices, Narrowing
from dashboards.figures.periods import DAY, Grain, Span

# a table on a page holds this many tickets, a file all of them
ON_PAGE = 1000
_KEPT_SECONDS = 6 * 3600


@dataclass(frozen=True)
class Measured:
    """A figure's value, None when unknown, and over how many it was counted."""

    value: float | None
    n: int


@dataclass(frozen=True)
class About:
    """The provider, what its data cover and what can be chosen."""

    provider: str
    zone: str
    batch: int
    read_at: datetime
    has_clocks: bool
    has_desk_verdicts: bool
    choices: Choices


@dataclass(frozen=True)
class Question:
    """What is asked of the service figures: which of them, over which days and tickets."""

    keys: tuple[str, ...]
    span: Span
    before: Span | None
    grain: Grain
    as_of: date
    narrowing: Narrowing


@dataclass(frozen=True)
class Backlog:
    """What was open at the end of a day: how many, their age in days, and how many of which age."""

    day: date
    open_tickets: int
    age_median: float | None
    age_p90: float | None
    ages: tuple[int, ...]


@dataclass(frozen=True)
class Service:
    """The answer: figures now and in the period before, over time, and the backlog with its line."""

    now: dict[str, Measured]
    before: dict[str, Measured]
    series: dict[str, dict[date, Measured]]
    open_now: Measured
    backlog: Backlog
    backlog_before: Backlog | None
    line: tuple[tuple[date, int], ...]


@dataclass(frozen=True)
class Behind:
    """Rows a figure was counted over, and how many there are in all."""

    rows: list[Row]
    total: int


def of_now(scope: Scope) -> Scope:
    """The scope with the batch the warehouse was built from, None when it is empty for this tenant. Never kept."""
    with snapshot(scope) as serving:
        row = serving.row("batch", {}) or {"batch": None, "generation": ""}
    return replace(scope, batch=row["batch"], generation=row["generation"])


@st.cache_data(ttl=_KEPT_SECONDS, max_entries=200, show_spinner=False)
def about(scope: Scope) -> About | None:
    """Provider, coverage and choices; None while nothing is covered."""
    with snapshot(scope) as serving:
        row = serving.row("coverage", {})
        if row is None or row["first_day"] is None or row["last_day"] is None or row["last_day"] < row["first_day"]:
            return None
        choices = Choices(
            Span(row["first_day"], row["last_day"] + DAY),
            tuple(one["value"] for one in serving.rows("queues", {})),
            tuple(one["value"] for one in serving.rows("categories", {})),
            tuple((one["customer_id"], one["name"]) for one in serving.rows("customers", {})),
        )
    return About(
        row["name"], row["timezone"], row["batch"], row["read_at"], row["has_clocks"], row["has_desk_verdicts"], choices
    )  # fmt: skip


@st.cache_data(ttl=_KEPT_SECONDS, max_entries=500, show_spinner=False)
def service(scope: Scope, question: Question) -> Service:
    """The figures asked for."""
    with snapshot(scope) as serving:
        now: dict[str, Measured] = {}
        before: dict[str, Measured] = {}
        series: dict[str, dict[date, Measured]] = {}
        for figures in by_rows(question.keys).values():
            _measure(serving, figures, question, now, before)
            series |= _series(serving, figures, question)
        narrowing = question.narrowing.parameters
        line = serving.rows("backlog_line", {**narrowing, "start": question.span.start, "end": question.span.end})
        earlier = question.as_of - DAY * question.span.days
        return Service(
            now, before, series, _open_now(serving, narrowing), _backlog(serving, question.as_of, narrowing),
            _backlog(serving, earlier, narrowing) if question.before and earlier >= question.before.start else None,
            tuple((row["day"], row["open_tickets"]) for row in line),
        )  # fmt: skip


@st.cache_data(ttl=_KEPT_SECONDS, max_entries=300, show_spinner=False)
def counts(scope: Scope, query: str, span: Span, narrowing: Narrowing) -> list[Row]:
    """New tickets by something, such as their category."""
    with snapshot(scope) as serving:
        return serving.rows(query, {**narrowing.parameters, "start": span.start, "end": span.end})


@st.cache_data(ttl=_KEPT_SECONDS, max_entries=300, show_spinner=False)
def customer(scope: Scope, customer_id: UUID, day: date) -> Row | None:
    """One customer, with the contracts that ran on a day."""
    with snapshot(scope) as serving:
        return serving.row("customer", {"customer_id": customer_id, "day": day})


@st.cache_data(ttl=_KEPT_SECONDS, max_entries=30, show_spinner=False)
def tickets_behind(
    scope: Scope, key: str, span: Span, as_of: date, narrowing: Narrowing, limit: int | None = ON_PAGE
) -> Behind:
    """The rows a figure was counted over, the first `limit` of them, and how many there are."""
    figure = EVERY[key]
    parameters = {**narrowing.parameters, **figure.parameters, "start": span.start, "end": span.end, "day": as_of}
    with snapshot(scope) as serving:
        rows = serving.rows(figure.query, parameters, limit)
        total = len(rows)
        if limit is not None and total >= limit:
            total = serving.aggregate(figure.query, "true", ["count(*)"], parameters)[0][1]
    return Behind(rows, total)


def _values(figures: list[Figure]) -> list[str]:
    return [part for figure in figures for part in (figure.value, figure.n)]


def _measured(figures: list[Figure], row: tuple[Any, ...]) -> dict[str, Measured]:
    return {
        figure.key: Measured(None if row[2 * place + 1] is None else float(row[2 * place + 1]), row[2 * place + 2])
        for place, figure in enumerate(figures)
    }


def _nothing(figures: list[Figure]) -> dict[str, Measured]:
    """No row at all: a count is 0, everything else is unknown."""
    return {figure.key: Measured(0.0 if figure.unit == "count" else None, 0) for figure in figures}


def _measure(
    serving: Serving, figures: list[Figure], question: Question, now: dict[str, Measured], before: dict[str, Measured]
) -> None:
    first = figures[0]
    split, start = question.span.start, (question.before or question.span).start
    rows = serving.aggregate(
        first.query, f"{first.day} >= %(split)s", _values(figures),
        {**question.narrowing.parameters, **first.parameters, "start": start, "split": split,
         "end": question.span.end},
    )  # fmt: skip
    found = {row[0]: _measured(figures, row) for row in rows}
    now |= found.get(True) or _nothing(figures)
    if question.before:
        before |= found.get(False) or _nothing(figures)


def _series(serving: Serving, figures: list[Figure], question: Question) -> dict[str, dict[date, Measured]]:
    first = figures[0]
    rows = serving.aggregate(
        first.query, f"date_trunc(%(grain)s, {first.day})::date", _values(figures),
        {**question.narrowing.parameters, **first.parameters, "start": question.span.start,
         "end": question.span.end, "grain": question.grain},
    )  # fmt: skip
    found = {row[0]: _measured(figures, row) for row in rows}
    return {figure.key: {day: values[figure.key] for day, values in found.items()} for figure in figures}


def _open_now(serving: Serving, narrowing: dict[str, Any]) -> Measured:
    rows = serving.aggregate(OPEN_NOW.query, "true", [OPEN_NOW.value], narrowing)
    count = rows[0][1] if rows else 0
    return Measured(float(count), count)


def _backlog(serving: Serving, day: date, narrowing: dict[str, Any]) -> Backlog:
    rows = serving.aggregate("backlog", "true", BACKLOG_VALUES, {**narrowing, "day": day})
    if not rows:
        return Backlog(day, 0, None, None, (0, 0, 0, 0))
    _, count, median, p90, *ages = rows[0]
    return Backlog(day, count, median, p90, tuple(ages))
