"""The figures of the service pages: which rows (a query file), and what is computed over them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Unit = Literal["count", "percent", "duration", "days"]
Better = Literal["more", "less", "neither"]


@dataclass(frozen=True)
class Figure:
    """A figure: `value` and `n` are SQL over the rows of `query`, which fall on the day in column `day`.

    `shown` are the columns that say most about a ticket behind it, besides those every ticket has.
    """

    key: str
    query: str
    day: str
    value: str
    unit: Unit
    better: Better
    n: str = "count(*)"
    parameters: Mapping[str, str] = field(default_factory=dict)
    shown: tuple[str, ...] = ()


def _share(condition: str, of: str = "count(*)") -> str:
    return f"100.0 * count(*) filter (where {condition}) / nullif({of}, 0)"


def _quantile(share: str, column: str) -> str:
    return f"percentile_cont({share}) within group (order by {column})"


def _times(key: str, query: str, day: str, column: str, end: str) -> tuple[Figure, Figure]:
    n = f"count({column})"
    return (
        Figure(f"{key}_median", query, day, _quantile("0.5", column), "duration", "less", n, shown=(end, column)),
        Figure(f"{key}_p90", query, day, _quantile("0.9", column), "duration", "less", n, shown=(end, column)),
    )


def _clock(name: str) -> Figure:
    return Figure(
        f"sla_{name}", "sla_verdicts", "judged_on", _share("verdict = 'met'"), "percent", "more",
        parameters={"clock": name}, shown=("judged_at", "verdict", "target_seconds", "consumed_seconds"),
    )  # fmt: skip


# figures over days of a period; the backlog, which is one of an instant, is beside them
FIGURES = {
    figure.key: figure
    for figure in (
        Figure("opened", "tickets_opened", "opened_on", "count(*)", "count", "neither"),
        Figure("resolved", "tickets_resolved", "resolved_on", "count(*)", "count", "neither", shown=("resolved_at",)),
        *_times("response_business", "first_responses", "opened_on", "first_response_business_seconds",
                "first_response_at"),
        *_times("response_calendar", "first_responses", "opened_on", "first_response_seconds", "first_response_at"),
        *_times("resolution_business", "tickets_resolved", "resolved_on", "resolution_business_seconds",
                "resolved_at"),
        *_times("resolution_calendar", "tickets_resolved", "resolved_on", "resolution_seconds", "resolved_at"),
        *_times("first_resolution", "first_resolutions", "resolved_on", "seconds_since_opened", "resolved_at"),
        _clock("first_response"),
        _clock("resolution"),
        Figure("sla_desk", "desk_verdicts", "resolved_on", _share("desk_sla_met"), "percent", "more",
               shown=("resolved_at", "desk_sla_met")),
        Figure("reopened", "mature_resolutions", "resolved_on", _share("is_reopened_in_14_days"), "percent", "less",
               shown=("resolved_at", "reopened_at", "is_reopened_in_14_days")),
        Figure("first_contact", "first_contacts", "resolved_on", _share("is_first_contact"), "percent", "more",
               shown=("resolved_at", "is_first_contact")),
        Figure("csat", "satisfaction", "asked_on", _share("is_satisfied", "count(score)"), "percent", "more",
               "count(score)", shown=("asked_at", "answered_at", "score")),
        Figure("csat_rate", "satisfaction", "asked_on", "100.0 * count(score) / nullif(count(*), 0)", "percent",
               "more", shown=("asked_at", "answered_at", "score")),
    )
}  # fmt: skip

# of the instant the warehouse was read, whatever the period
OPEN_NOW = Figure("open_now", "open_now", "", "count(*)", "count", "less")
BACKLOG = Figure("backlog", "backlog", "", "count(*)", "count", "less", shown=("age_days",))
BACKLOG_AGE = Figure("backlog_age", "backlog", "", _quantile("0.5", "age_days"), "days", "less", shown=("age_days",))
AGE_BUCKETS = {
    "0_1": "count(*) filter (where age_days <= 1)",
    "2_7": "count(*) filter (where age_days between 2 and 7)",
    "8_30": "count(*) filter (where age_days between 8 and 30)",
    "over_30": "count(*) filter (where age_days > 30)",
}
BACKLOG_VALUES = (BACKLOG.value, BACKLOG_AGE.value, _quantile("0.9", "age_days"), *AGE_BUCKETS.values())
# after so many days it is known whether a ticket came back
MATURE_DAYS = 14
EVERY = FIGURES | {figure.key: figure for figure in (OPEN_NOW, BACKLOG, BACKLOG_AGE)}


def by_rows(keys: tuple[str, ...]) -> dict[tuple[str, str], list[Figure]]:
    """Figures that are computed over the same rows, together."""
    groups: dict[tuple[str, str], list[Figure]] = {}
    for figure in map(FIGURES.__getitem__, keys):
        groups.setdefault((figure.query, figure.parameters.get("clock", "")), []).append(figure)
    return groups
