"""What a pack counts: which rows (a query file), and what is computed over them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """A number's definition: `select {aggregate} from (rows of query)`, in `unit` (see `domain.numbers`)."""

    key: str
    query: str
    aggregate: str
    unit: str


_ATTAINMENT = "100.0 * count(*) filter (where met) / nullif(count(*), 0)"
_MEDIAN = "percentile_cont(0.5) within group (order by seconds)"

_A_WEEK = "count(*) * 7.0 / (%(end)s::date - %(start)s::date)"
_SHARE = "100.0 * count(*) filter (where is_theirs) / nullif(count(*), 0)"
_ANSWERS, _SATISFIED = "count(score)", "count(*) filter (where is_satisfied)"


def _wilson(side: str) -> str:
    """A bound of the 95 % interval of the satisfied among the answers.

    (k + z²/2 ± z·√(k·(n − k)/n + z²/4)) / (n + z²) with z = 1.96: E. B. Wilson, Probable inference (1927).
    """
    k, n = _SATISFIED, f"nullif({_ANSWERS}, 0)"
    root = f"sqrt({k} * ({n} - {k}) / {n}::numeric + 0.9604)"
    return f"100.0 * ({k} + 1.9208 {side} 1.96 * {root}) / ({n} + 3.8416)"


METRICS = {
    metric.key: metric
    for metric in (
        Metric("opened", "tickets_opened", "count(*)", "count"),
        Metric("resolved", "tickets_resolved", "count(*)", "count"),
        Metric("opened_in_month", "tickets_opened", "count(*)", "count"),
        Metric("resolved_in_month", "tickets_resolved", "count(*)", "count"),
        Metric("opened_of_category", "tickets_opened_of_category", "count(*)", "count"),
        Metric("opened_of_channel", "tickets_opened_of_channel", "count(*)", "count"),
        Metric("reopenings", "reopenings", "count(*)", "count"),
        Metric("without_sla", "tickets_without_sla", "count(*)", "count"),
        Metric("sla_attainment", "sla_verdicts", _ATTAINMENT, "percent"),
        Metric("sla_judged", "sla_verdicts", "count(*)", "count"),
        Metric("sla_met", "sla_verdicts", "count(*) filter (where met)", "count"),
        Metric("sla_breached", "sla_verdicts", "count(*) filter (where not met)", "count"),
        Metric("desk_attainment", "desk_verdicts", _ATTAINMENT, "percent"),
        Metric("desk_judged", "desk_verdicts", "count(*)", "count"),
        Metric("desk_met", "desk_verdicts", "count(*) filter (where met)", "count"),
        Metric("desk_breached", "desk_verdicts", "count(*) filter (where not met)", "count"),
        Metric("first_response", "first_responses", _MEDIAN, "minutes"),
        Metric("backlog", "backlog", "count(*)", "count"),
        Metric("backlog_of_age", "backlog_of_age", "count(*)", "count"),
        Metric("spans_started", "spans_started", "count(*)", "count"),
        Metric("spans_ended", "spans_ended", "count(*)", "count"),
        Metric("with_caller", "tickets_with_caller", "count(*)", "count"),
        Metric("of_caller", "tickets_of_caller", "count(*)", "count"),
        Metric("of_caller_in_category", "tickets_of_caller_in_category", "count(*)", "count"),
        Metric("share_of_caller", "tickets_by_caller", _SHARE, "percent"),
        Metric("csat", "satisfaction_asked", f"100.0 * {_SATISFIED} / nullif({_ANSWERS}, 0)", "percent"),
        Metric("csat_answers", "satisfaction_asked", _ANSWERS, "count"),
        Metric("csat_asked", "satisfaction_asked", "count(*)", "count"),
        Metric("csat_rate", "satisfaction_asked", f"100.0 * {_ANSWERS} / nullif(count(*), 0)", "percent"),
        Metric("csat_low", "satisfaction_asked", _wilson("-"), "percent"),
        Metric("csat_high", "satisfaction_asked", _wilson("+"), "percent"),
        Metric("csat_of_score", "satisfaction_of_score", "count(*)", "count"),
        Metric("forecast_sum", "forecast_periods", "sum(expected_tickets)", "expected"),
        Metric("forecast_expected", "forecast_period", "sum(expected_tickets)", "expected"),
        Metric("forecast_low", "forecast_period", "max(low_80)", "expected"),
        Metric("forecast_high", "forecast_period", "max(high_80)", "expected"),
        Metric("forecast_coverage", "forecast_backtest", "100.0 * max(coverage_80)", "percent"),
        Metric("forecast_judged", "forecast_backtest", "max(intervals_judged)", "count"),
        Metric("forecast_error", "forecast_backtest", "max(rel_mae)", "ratio"),
        Metric("forecast_errors", "forecast_backtest", "max(periods_judged)", "count"),
        Metric("forecast_gain", "forecast_backtest", "max(gain_on_median)", "ratio"),
        Metric("forecast_gain_error", "forecast_backtest", "max(gain_on_median_se)", "ratio"),
        Metric("desk_opened", "desk_tickets_opened", "count(*)", "count"),
        Metric("desk_opened_a_week", "desk_tickets_opened", _A_WEEK, "expected"),
        Metric("desk_share", "desk_tickets_opened", _SHARE, "percent"),
        # no entry at all is unknown, not nothing
        Metric("worked_hours", "time_entries", "sum(minutes) / 60.0", "hours"),
    )
}
