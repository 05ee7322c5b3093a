"""The forecast over HTTP: the warehouse's numbers, one tenant's only, and a plain word where there are none."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest

pytestmark = pytest.mark.anyio
FORECAST = "/api/reports/forecast"
LAST = date(2026, 6, 30)
VALUES = ("expected", "low_80", "high_80", "low_95", "high_95")
COLUMNS = "expected_tickets, low_80, high_80, low_95, high_95"


def plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(float(value) if isinstance(value, Decimal) else value for value in row)


def days_ahead(house: Any, series: str, grain: str = "day") -> dict[str, tuple[Any, ...]]:
    rows = house.ask(
        f"""select period_start::text, {COLUMNS}, lead, batch, model from serving.desk_forecasts
            where is_newest and grain = '{grain}' and series = '{series}' and tenant_id = '{house.tenant}'"""
    )
    return {row[0]: plain(row[1:]) for row in rows}


def shown(period: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(period[name] for name in (*VALUES, "lead", "batch", "model"))


def add_earlier(house: Any, batch: int, back: int) -> None:
    """The newest forecast once more, as if made `back` days earlier, and not quite the same."""
    with psycopg.connect(house.warehouse) as warehouse:
        warehouse.execute(
            """insert into extract.batch select %s, snapshot_at, floor_before, floor_after, incarnation, 0, 1
               from extract.batch where batch = 1""",
            (batch,),
        )
        for table, change in (
            ("forecast_run", "jsonb_build_object('batch', %s::int)"),
            (
                "forecast",
                "jsonb_build_object('batch', %s::int, 'period_start', period_start - {0}, 'mean', mean + {0})",
            ),
        ):
            warehouse.execute(
                f"""insert into models.{table} select (jsonb_populate_record(f, {change.format(back)})).*
                    from models.{table} f where grain = 'day' and tenant_id = %s and batch > 0""",
                (batch, house.tenant),
            )


async def test_the_days_to_come_are_those_of_the_newest_forecast(reports: Any) -> None:
    technician = await reports.caller("technician")
    answer = (await technician.get(FORECAST, horizon=28)).json()
    assert (answer["status"], answer["explanation"], answer["queue"]) == ("available", None, None)
    coming = [period for period in answer["periods"] if not period["is_past"]]
    assert {period["first_day"]: shown(period) for period in coming} == days_ahead(reports.house, "total")
    assert [period["first_day"] for period in coming] == [str(LAST + timedelta(days=n)) for n in range(1, 29)]
    assert all(period["first_day"] == period["last_day"] and period["actual"] is None for period in coming)
    assert len((await technician.get(FORECAST)).json()["periods"]) == 28


async def test_a_queue_has_its_own_numbers_and_is_named(reports: Any) -> None:
    technician = await reports.caller("technician")
    queues = (await technician.get(FORECAST)).json()["queues"]
    named = reports.house.ask("select distinct queue from serving.desk_forecasts where scope = 'queue' order by 1")
    assert [(queue,) for queue in queues] == named != []
    answer = (await technician.get(FORECAST, queue=queues[0], past=0, horizon=28)).json()
    assert answer["run"]["series"] == f"queue:{queues[0]}"
    expected = days_ahead(reports.house, f"queue:{queues[0]}")
    assert {period["first_day"]: shown(period) for period in answer["periods"]} == expected


async def test_weeks_run_from_monday_to_sunday(reports: Any) -> None:
    manager = await reports.caller("manager")
    answer = (await manager.get(FORECAST, grain="week", past=3, horizon=28)).json()
    assert {p["first_day"]: shown(p) for p in answer["periods"][3:]} == days_ahead(reports.house, "total", "week")
    for before, after in zip(answer["periods"], answer["periods"][1:], strict=False):
        first, last = date.fromisoformat(after["first_day"]), date.fromisoformat(after["last_day"])
        assert (first.isoweekday(), last - first) == (1, timedelta(days=6))
        assert first - date.fromisoformat(before["last_day"]) == timedelta(days=1)
    # the last week of June had begun
    assert (answer["run"]["as_of"], answer["periods"][2]["last_day"]) == ("2026-06-30", "2026-06-28")
    assert [period["actual"] for period in answer["periods"][:3]] == [
        reports.house.ask(
            f"""select count(*) from serving.desk_tickets where tenant_id = '{reports.house.tenant}'
                and opened_on between '{period["first_day"]}' and '{period["last_day"]}'"""
        )[0][0]
        for period in answer["periods"][:3]
    ]


async def test_the_run_is_the_registers(reports: Any) -> None:
    analyst = await reports.caller("analyst")
    run = (await analyst.get(FORECAST)).json()["run"]
    [row] = reports.house.ask(
        """select batch, series, learned_last_day::text, model, chosen_because, rel_mae, skill_captured, coverage_80,
                  coverage_95, code_version
           from serving.desk_forecast_runs
           where is_newest and grain = 'day' and series = 'total' and model is not null"""
    )
    assert run.pop("id") == f"{row[0]}/day/total"
    names = ("batch", "series", "as_of", "model", "chosen_because", "relative_error", "skill_captured", "coverage_80")
    assert run == dict(zip((*names, "coverage_95", "code_version"), row, strict=True))
    assert run["as_of"] == str(LAST)


async def test_today_is_the_tenants_day(reports: Any) -> None:
    technician = await reports.caller("technician")
    for hours in range(0, 24, 8):
        reports.clock.now = datetime(2026, 7, 3, 22, 30, tzinfo=ZoneInfo("UTC")) + timedelta(hours=hours)
        token = await reports.log_in("technician0@example.test")
        technician.tokens = token.json()
        expected = reports.clock.now.astimezone(ZoneInfo("Europe/Berlin")).date()
        assert (await technician.get(FORECAST)).json()["today"] == str(expected)


async def test_what_came_is_counted_like_the_warehouse_counts_it(reports: Any) -> None:
    """Earlier forecasts are added by hand; then the view that holds them against what came must say the same."""
    house = reports.house
    for batch, back in ((-1, 9), (-2, 12)):
        add_earlier(house, batch, back)
    technician = await reports.caller("technician")
    queue = (await technician.get(FORECAST)).json()["queues"][0]
    for asked, series in ({}, "total"), ({"queue": queue}, f"queue:{queue}"):
        answer = (await technician.get(FORECAST, past=20, **asked)).json()
        past = [period for period in answer["periods"] if period["is_past"]]
        beside = house.ask(
            f"""select distinct on (period_start) period_start::text, {COLUMNS}, lead, batch, model, actual_tickets
                from serving.desk_forecast_actuals
                where grain = 'day' and series = '{series}' and period_start <= '{LAST}'
                order by period_start, lead"""
        )
        assert [period["first_day"] for period in past] == [str(LAST - timedelta(days=n)) for n in range(19, -1, -1)]
        assert [(p["first_day"], *shown(p), p["actual"]) for p in past if p["lead"]] == [plain(row) for row in beside]
        assert {period["batch"] for period in past} == {None, -1, -2}
        assert past[0]["expected"] is None
        assert past[0]["actual"] is not None


async def test_a_day_before_the_history_is_unknown_not_zero(reports: Any) -> None:
    house = reports.house
    with psycopg.connect(house.warehouse) as warehouse:
        warehouse.execute("update marts.fct_coverage set first_day = %s", (LAST - timedelta(days=4),))
    technician = await reports.caller("technician")
    periods = (await technician.get(FORECAST, past=6)).json()["periods"]
    assert [period["actual"] is None for period in periods[:6]] == [True, False, False, False, False, False]
    weeks = (await technician.get(FORECAST, grain="week", past=2)).json()["periods"]
    assert [week["actual"] for week in weeks[:2]] == [None, None]


async def test_an_unknown_queue_is_told_so_and_counted(reports: Any) -> None:
    technician = await reports.caller("technician")
    answer = (await technician.get(FORECAST, queue="no such queue", past=3)).json()
    assert (answer["status"], answer["run"]) == ("queue_not_forecast", None)
    assert "no forecast of its own" in answer["explanation"]
    assert [period["actual"] for period in answer["periods"]] == [0, 0, 0]
    assert answer["queues"]


async def test_another_tenant_sees_its_own_refusal_and_none_of_these_numbers(reports: Any) -> None:
    stranger = await reports.caller("technician", tenant=reports.house.other_tenant)
    answer = (await stranger.get(FORECAST)).json()
    assert (answer["status"], answer["explanation"]) == ("refused", "no day is covered")
    assert (answer["periods"], answer["queues"], answer["run"]) == ([], [], None)


async def test_tenants_take_turns_on_the_same_connections(reports: Any) -> None:
    ours = await reports.caller("technician")
    theirs = await reports.caller("technician", tenant=reports.house.other_tenant)
    for _ in range(3):
        assert (await ours.get(FORECAST)).json()["status"] == "available"
        assert (await theirs.get(FORECAST)).json()["status"] == "refused"


async def test_bounds_are_kept(reports: Any) -> None:
    technician = await reports.caller("technician")
    for asked in ({"past": 91}, {"past": -1}, {"horizon": 0}, {"horizon": 29}, {"grain": "month"}, {"queue": "\x00"}):
        answer = await technician.get(FORECAST, **asked)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter"), asked
