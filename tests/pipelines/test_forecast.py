"""Forecasts in the warehouse: from the marts, added once a batch, seen by their tenant, held against what came."""

import json
from datetime import date, timedelta
from typing import Any

import polars as pl
import psycopg
import pytest

from infra.bench_forecast import read_source
from ml.forecast import backtest
from ml.forecast.features import History, read_history
from ml.forecast.identity import input_hash, version
from pipelines.definitions import defs
from pipelines.defs.models import forecast_rules
from pipelines.forecast import checks, run, store
from pipelines.warehouse.fingerprint import fingerprints
from pipelines.warehouse.project import manifest

LAST = date(2026, 6, 30)


def expected_days(files: Any) -> pl.DataFrame:
    """Tickets per local day and last known queue, from the imported files alone."""
    day = (
        pl.col("opened_at").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC").dt.convert_time_zone("Europe/Berlin")
    )
    events = pl.read_csv(files / "ticket_events.csv", infer_schema=False)
    queues = (
        events.filter(pl.col("queue").is_not_null()).sort("ticket_ref", pl.col("seq").cast(pl.Int64))
        .group_by("ticket_ref").agg(pl.col("queue").last())
    )  # fmt: skip
    tickets = pl.read_csv(files / "tickets.csv", infer_schema=False)
    return (
        tickets.join(queues, left_on="ref", right_on="ticket_ref", how="left")
        .group_by(day.dt.date().alias("day"), "queue").len()
    )  # fmt: skip


def forecast_again(house: Any) -> list[run.TenantResult]:
    return list(run.forecast_tenants(house.warehouse))


def next_batch(house: Any, last_day: date) -> None:
    """Pretend another batch was read and the marts were built from it, with history until `last_day`."""
    with psycopg.connect(house.warehouse) as warehouse:
        warehouse.execute(
            """insert into extract.batch select batch + 1, snapshot_at, floor_before, floor_after, incarnation, 0, 1
               from extract.batch order by batch desc limit 1"""
        )
        warehouse.execute(
            "update marts.fct_coverage set batch = (select max(batch) from extract.batch), last_day = %s", (last_day,)
        )


def test_the_series_are_those_of_the_marts_and_of_the_files(built: Any) -> None:
    with psycopg.connect(built.house.warehouse) as warehouse:
        tenant = next(one for one in store.tenants(warehouse) if one.slug == "main")
        history = read_history(*store.read_input(warehouse, tenant), None)
    assert isinstance(history, History)
    assert (history.first, history.last) == (date(2025, 7, 1), LAST)
    days = expected_days(built.files)
    calendar = pl.DataFrame({"day": [history.first + timedelta(days=n) for n in range(history.days)]})
    assert len(history.series) > 3
    for one in history.series:
        mine = days if one.scope == "total" else days.filter(pl.col("queue") == one.queue)
        counts = calendar.join(mine.group_by("day").agg(pl.col("len").sum()), on="day", how="left").fill_null(0)
        assert counts.sort("day")["len"].to_list() == one.counts.tolist(), one.key


def test_the_forecast_was_made_from_what_the_files_alone_say(built: Any) -> None:
    source = read_source(built.files, timezone="Europe/Berlin", place=None)
    digest = input_hash(source.counts, source.coverage, source.home)
    assert built.house.ask(
        f"select distinct input_hash, code_version from models.forecast_run where tenant_id = '{built.house.tenant}'"
    ) == [(digest, version())]


def test_days_and_weeks_follow_the_coverage_and_queues_add_up(built: Any) -> None:
    rows = built.house.ask(
        """select grain, series, count(*), min(period_start), max(period_start) from serving.desk_forecasts
           where is_newest group by grain, series"""
    )
    spans = {"day": (28, date(2026, 7, 1), date(2026, 7, 28)), "week": (12, date(2026, 6, 29), date(2026, 9, 14))}
    assert len(rows) >= 8
    assert all(tuple(span) == spans[str(grain)] for grain, _, *span in rows)
    sums = built.house.ask(
        """select sum(expected_tickets) filter (where scope = 'total'),
                  sum(expected_tickets) filter (where scope <> 'total')
           from serving.desk_forecasts group by grain, period_start"""
    )
    assert len(sums) == 40
    assert all(total == queues > 0 for total, queues in sums)


def test_a_tenant_without_a_history_is_refused_in_its_register(built: Any) -> None:
    rows = built.house.ask(
        f"""select grain, series, refused, model, batch, metrics from models.forecast_run
            where tenant_id = '{built.house.other_tenant}' order by grain"""
    )
    assert rows == [(grain, "total", "no day is covered", None, 1, {}) for grain in ("day", "week")]
    assert built.house.ask(f"select count(*) from models.forecast where tenant_id = '{built.house.other_tenant}'") == [
        (0,)
    ]


def test_the_register_names_model_data_code_and_metrics(built: Any) -> None:
    rows = built.house.ask(
        """select model, chosen_because, refused_because, length(data_hash), code_version, rel_mae, rel_mae_low,
                  coverage_80, features -> 'median_of' from serving.desk_forecast_runs where model is not null"""
    )
    assert len(rows) >= 8
    for model, reason, refused, digits, code, rel_mae, low, covered, members in rows:
        assert model
        assert reason
        assert refused is None
        assert digits == 64
        assert str(code).startswith("forecast-")
        assert 0 < low < rel_mae < 1.5  # type: ignore[operator]
        assert covered is None or 0 < covered <= 1  # type: ignore[operator]
        assert "prophet" in members  # type: ignore[operator]


def test_the_same_batch_again_adds_nothing_even_with_other_code(
    built_copy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fingerprints(built_copy.warehouse, "models")
    assert len(before) == 3
    assert [result.made for result in forecast_again(built_copy)] == [None, None]
    monkeypatch.setattr(run, "version", lambda: "forecast-of-tomorrow")
    assert [result.made for result in forecast_again(built_copy)] == [None, None]
    assert fingerprints(built_copy.warehouse, "models") == before


def test_a_later_batch_adds_a_forecast_where_days_were_added_and_keeps_the_old(
    built_copy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backtest, "MOST_ORIGINS", 8)
    before = built_copy.ask("select * from models.forecast order by series, grain, period_start")
    next_batch(built_copy, LAST)
    assert [result.made for result in forecast_again(built_copy)] == [None, None]
    next_batch(built_copy, LAST - timedelta(days=3))
    made = {result.slug: result.made for result in forecast_again(built_copy)}
    assert made["main"] is not None
    assert made["other"] is None
    assert (
        built_copy.ask("select * from models.forecast where batch = 1 order by series, grain, period_start") == before
    )
    assert built_copy.ask("select batch, bool_and(is_newest) from serving.desk_forecasts group by 1 order by 1") == [
        (1, False), (3, True)
    ]  # fmt: skip
    # three days on, what came can be held against it
    next_batch(built_copy, LAST)
    rows = built_copy.ask(
        """select period_start, lead, scope, coalesce(queue, ''), actual_tickets,
                  error_tickets = actual_tickets - expected_tickets,
                  is_inside_80 = (actual_tickets between low_80 and high_80), batch
           from serving.desk_forecast_actuals where grain = 'day' and actual_tickets is not null"""
    )
    came = built_copy.ask(
        "select opened_on, queue, count(*) from marts.fct_ticket where opened_on > '2026-06-27' group by 1, 2"
    )
    assert {(day, lead) for day, lead, *_ in rows} == {(LAST - timedelta(days=3 - n), n) for n in (1, 2, 3)}
    for day, _, scope, queue, actual, error, inside, batch in rows:
        assert actual == sum(n for d, q, n in came if d == day and scope in ("total", "queue") and queue in ("", q))  # type: ignore[misc]
        assert error
        assert inside in (True, None)
        assert batch == 3
    unknown = built_copy.ask(
        """select count(*) from serving.desk_forecast_actuals
           where period_start > '2026-06-30' and actual_tickets is not null"""
    )
    assert unknown == [(0,)]


def test_forecasts_cannot_be_changed_or_removed_and_are_seen_by_their_tenant(built: Any) -> None:
    house = built.house
    with psycopg.connect(house.warehouse) as owner:
        for table in ("forecast_backtest", "forecast", "forecast_run"):
            assert owner.execute(f"update models.{table} set batch = batch").rowcount == 0
            assert owner.execute(f"delete from models.{table}").rowcount == 0
    views = ("desk_forecasts", "desk_forecast_runs", "desk_forecast_backtests", "desk_forecast_actuals")
    with psycopg.connect(house.home.url("analyst", house.warehouse_name)) as analyst:
        for view in views:
            assert analyst.execute(f"select count(*) from serving.{view}").fetchone() == (0,)
        analyst.execute("select set_config('app.tenant_id', %s, false)", (str(house.other_tenant),))
        assert analyst.execute("select count(*) from serving.desk_forecasts").fetchone() == (0,)
        assert analyst.execute("select count(*) from serving.desk_forecast_runs").fetchone() == (2,)
        analyst.execute("select set_config('app.tenant_id', %s, false)", (str(house.tenant),))
        for view in views:
            assert analyst.execute(f"select count(*) from serving.{view}").fetchone()[0] > 0  # type: ignore[index]
    forced = house.ask(
        """select relname, relrowsecurity and relforcerowsecurity,
                  (select array_agg(polname::text order by polname) from pg_policy where polrelid = c.oid)
           from pg_class c where relnamespace = 'models'::regnamespace and relkind = 'r'"""
    )
    policies = ["builder", "builder_adds", "tenant_isolation"]
    assert sorted(forced) == [(table, True, policies) for table in ("forecast", "forecast_backtest", "forecast_run")]


def test_views_as_of_a_batch_see_no_later_forecast() -> None:
    nodes = json.loads(manifest().read_text(encoding="utf-8"))["nodes"].values()
    readers = [node for node in nodes if any(name.startswith("source.psa.forecasts") for name in _parents(node))]
    assert len(readers) == 4
    for node in readers:
        assert node["raw_code"].count("source('forecasts'") == node["raw_code"].count("up_to_batch()"), node["name"]


def _parents(node: dict[str, Any]) -> list[str]:
    return list(node.get("depends_on", {}).get("nodes", []))


def test_the_refresh_plans_the_forecast_and_its_checks() -> None:
    job = defs.resolve_job_def("refresh")
    assets = {key.to_user_string() for key in job.asset_layer.executable_asset_keys}
    assert {"models/forecast_run", "models/forecast", "models/forecast_backtest"} <= assets
    planned = {
        key.name for key in job.asset_layer.asset_graph.asset_check_keys if key.asset_key.path == ["models", "forecast"]
    }
    assert {key.name for key in forecast_rules.check_keys} | {"lower_95_is_not_above_lower_80"} <= planned


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        (
            "update models.forecast set mean = mean + 0.01 where lead = 5 and scope = 'total'",
            "queues_add_up_to_the_total",
        ),
        ("delete from models.forecast where lead = 28 and scope = 'total'", "every_run_has_all_its_periods"),
        ("update marts.fct_coverage set last_day = last_day + 1", "forecasts_begin_where_the_coverage_ends"),
        ("update marts.dim_tenant set tenant_id = gen_random_uuid()", "every_tenant_is_forecast_or_refused"),
    ],
)
def test_what_breaks_a_rule_is_found(built_copy: Any, broken: str, rule: str) -> None:
    assert [checks.rows_that_break(built_copy.warehouse, name) for name in checks.CHECKS] == [0, 0, 0, 0]
    with psycopg.connect(built_copy.superuser.replace(built_copy.psa, built_copy.warehouse_name)) as superuser:
        superuser.execute(broken)  # type: ignore[arg-type]
    assert checks.rows_that_break(built_copy.warehouse, rule) > 0
