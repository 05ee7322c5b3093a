"""The whole refresh on a small demo desk: built right, built the same twice, and caught when something is wrong."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import polars as pl
import psycopg
import pytest

from pipelines.warehouse.fingerprint import fingerprints
from pipelines.warehouse.project import manifest


def raw_counts(house: Any) -> dict[str, int]:
    with psycopg.connect(house.warehouse) as warehouse:
        tables = warehouse.execute("select tablename from pg_tables where schemaname = 'raw'").fetchall()
        return {name: warehouse.execute(f"select count(*) from raw.{name}").fetchone()[0] for (name,) in tables}  # type: ignore[index]


READ = "select (select count(*) from serving.desk_tickets), (select count(*) from serving.desk_callers)"


@contextmanager
def reading(house: Any) -> Iterator[list[object]]:
    """Reads `serving` again and again, as a page does, and keeps what it got."""
    answers: list[object] = []
    is_over = Event()

    def read() -> None:
        with psycopg.connect(house.serving, autocommit=True) as serving:
            serving.execute("select set_config('app.tenant_id', %s, false)", (str(house.tenant),))
            while not is_over.wait(0.05):
                try:
                    answers.append(serving.execute(READ).fetchone())
                except psycopg.Error as error:
                    answers.append(str(error))

    reader = Thread(target=read)
    reader.start()
    try:
        yield answers
    finally:
        is_over.set()
        reader.join()


def test_everything_planned_was_done_and_passed(built: Any) -> None:
    assert built.report.ok
    assert built.report.assets > 60
    assert built.report.checks > 120


@pytest.mark.untraced
def test_a_second_run_adds_no_raw_row_and_leaves_every_mart_as_it_was(built_copy: Any, tmp_path: Path) -> None:
    before, raw_before = fingerprints(built_copy.warehouse), raw_counts(built_copy)
    forecasts = fingerprints(built_copy.warehouse, "models")
    with reading(built_copy) as answers:
        report = built_copy.refresh(tmp_path)
    assert report.problems == ()
    # whoever reads meanwhile misses no view and no row
    assert len(answers) > 20
    assert len(set(answers)) == 1, set(answers)
    assert report.batch == ("nothing new since the last batch",)
    assert raw_counts(built_copy) == raw_before
    assert fingerprints(built_copy.warehouse) == before
    assert fingerprints(built_copy.warehouse, "models") == forecasts
    assert len(before) > 10


def test_a_fingerprint_tells_the_smallest_difference(built_copy: Any) -> None:
    before = fingerprints(built_copy.warehouse)
    with psycopg.connect(built_copy.warehouse) as warehouse:
        warehouse.execute("update marts.fct_ticket set reopen_count = reopen_count + 1 where number = 'T0000001'")
    after = fingerprints(built_copy.warehouse)
    assert [name for name in before if before[name] != after[name]] == ["fct_ticket"]


@pytest.mark.untraced
def test_what_was_changed_by_hand_or_breaks_a_rule_is_named(built_copy: Any, tmp_path: Path) -> None:
    with psycopg.connect(built_copy.warehouse) as warehouse:
        warehouse.execute("update raw.crm__customer set name = 'doctored' where name is not null")
    with psycopg.connect(built_copy.owner) as owner:
        owner.execute("update tickets.ticket set resolved_at = opened_at - interval '1 day' where number = 'T0000002'")
    report = built_copy.refresh(tmp_path)
    assert any("raw/crm__customer:equals_operational" in problem for problem in report.problems), report.problems


def test_a_broken_row_fails_great_expectations(built_copy: Any, tmp_path: Path) -> None:
    with psycopg.connect(built_copy.owner) as owner:
        owner.execute("update tickets.ticket set resolved_at = opened_at - interval '1 day' where number = 'T0000002'")
    report = built_copy.refresh(tmp_path)
    assert [p for p in report.problems if "resolved_after_opened" in p] == [
        "check marts/fct_ticket:resolved_after_opened failed"
    ]


def test_the_marts_equal_an_independent_computation_from_the_files(built: Any) -> None:
    tickets = pl.read_csv(built.files / "tickets.csv", infer_schema=False)
    events = pl.read_csv(built.files / "ticket_events.csv", infer_schema=False)
    entries = pl.read_csv(built.files / "time_entries.csv", infer_schema=False)
    opened = pl.col("opened_at").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC")
    months = (
        tickets.with_columns(opened.dt.convert_time_zone("Europe/Berlin").dt.strftime("%Y-%m").alias("month"))
        .group_by("month").len().sort("month").rows()
    )  # fmt: skip
    assert (
        built.house.ask("select to_char(opened_on, 'YYYY-MM'), count(*) from marts.fct_ticket group by 1 order by 1")
        == months
    )
    first_replies = (
        events.filter((pl.col("kind") == "reply") & (pl.col("actor_kind") == "staff") & (pl.col("public") == "true"))
        ["ticket_ref"].n_unique()
    )  # fmt: skip
    minutes = entries["minutes"].cast(pl.Int64).sum()
    assert built.house.ask(
        """select count(first_response_at), (select sum(minutes)::bigint from marts.fct_time_entry),
                  (select count(*) from marts.fct_ticket_event) from marts.fct_ticket"""
    ) == [(first_replies, minutes, len(events))]


def test_backlog_of_a_day_counted_from_the_events_alone(built: Any) -> None:
    day, midnight = "2026-03-31", "2026-03-31T22:00:00Z"
    events = pl.read_csv(built.files / "ticket_events.csv", infer_schema=False)
    open_tickets = (
        events.filter((pl.col("occurred_at") < midnight) & pl.col("status").is_not_null())
        .sort("ticket_ref", pl.col("seq").cast(pl.Int64)).group_by("ticket_ref").last()
        .filter(~pl.col("status").is_in(["resolved", "closed"]))
    )  # fmt: skip
    counted = built.house.ask(f"select sum(open_tickets)::bigint from marts.fct_backlog_day where day = '{day}'")
    assert counted == [(len(open_tickets),)]


def test_readers_see_their_tenant_only_and_nothing_without_one(built: Any) -> None:
    house = built.house
    with psycopg.connect(house.home.url("analyst", house.warehouse_name)) as analyst:
        count = "select count(*) from serving.desk_tickets"
        assert analyst.execute(count).fetchone() == (0,)
        analyst.execute("select set_config('app.tenant_id', %s, false)", (str(house.other_tenant),))
        assert analyst.execute(count).fetchone() == (0,)
        analyst.execute("select set_config('app.tenant_id', %s, false)", (str(house.tenant),))
        assert analyst.execute(count).fetchone()[0] > 1000  # type: ignore[index]
        analyst.commit()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            analyst.execute("select count(*) from raw.tickets__ticket")


def test_every_serving_view_runs_with_the_rights_of_its_reader(built: Any) -> None:
    rows = built.house.ask(
        """select c.relname, coalesce('security_invoker=true' = any(c.reloptions), false)
           from pg_class c join pg_namespace n on n.oid = c.relnamespace
           where n.nspname = 'serving' and c.relkind = 'v'"""
    )
    assert len(rows) > 10
    assert [name for name, invoker in rows if not invoker] == []


def test_every_table_view_and_column_of_marts_and_serving_has_a_comment(built: Any) -> None:
    rows = built.house.ask(
        """select c.oid::regclass::text, obj_description(c.oid, 'pg_class'), a.attname, col_description(c.oid, a.attnum)
           from pg_class c join pg_namespace n on n.oid = c.relnamespace
           join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
           where n.nspname in ('marts', 'serving') and c.relkind in ('r', 'p', 'v', 'm')"""
    )
    assert len({relation for relation, *_ in rows}) > 20
    assert {relation for relation, comment, *_ in rows if not comment} == set()
    assert [f"{relation}.{column}" for relation, _, column, comment in rows if not comment] == []
    # a description of a column that is not there would be lost without a word
    nodes = json.loads(manifest().read_text(encoding="utf-8"))["nodes"].values()
    described = {f"{n['schema']}.{n['name']}.{column}" for n in nodes for column in n.get("columns", {})}
    real = {f"{relation}.{column}" for relation, _, column, _ in rows}
    assert {name for name in described if name.startswith(("marts.", "serving."))} == real


def test_the_coverage_is_a_fact(built: Any) -> None:
    assert built.house.ask("select source_system, first_day::text, last_day::text, batch from marts.fct_coverage") == [
        ("demo", "2025-07-01", "2026-06-30", 1)
    ]


def test_the_verdicts_follow_from_what_was_consumed(built: Any) -> None:
    """A budget used up at closing time is breached by whoever comes later, though nothing more was consumed."""
    rows = built.house.ask(
        """select verdict, count(*), count(*) filter (where consumed_seconds > target_seconds),
                  count(*) filter (where consumed_seconds < target_seconds)
           from marts.fct_sla_clock where state = 'stopped' and sla_clock_id not in
               (select clock_id from raw.tickets__sla_clock_change)
           group by verdict order by verdict"""
    )
    found = {verdict: rest for verdict, *rest in rows}
    assert found["met"][0] > 1000
    assert found["met"][1] == 0
    assert found["breached"][0] > 20
    assert found["breached"][2] == 0
