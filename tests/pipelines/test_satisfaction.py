"""Satisfaction and repeat callers in the warehouse, against a computation from the imported files alone."""

from typing import Any

import polars as pl

UTC = "%Y-%m-%dT%H:%M:%SZ"


def local(column: str) -> pl.Expr:
    return pl.col(column).str.to_datetime(UTC, time_zone="UTC").dt.convert_time_zone("Europe/Berlin")


def test_questions_and_answers_by_month(built: Any) -> None:
    rows = pl.read_csv(built.files / "satisfaction.csv", infer_schema=False).with_columns(
        pl.col("score").cast(pl.Int64), month=local("asked_at").dt.strftime("%Y-%m")
    )
    months = rows.group_by("month").agg(
        pl.len(), pl.col("score").count().alias("answered"), (pl.col("score") >= 4).sum().alias("satisfied")
    )
    found = built.house.ask(
        """select to_char(asked_on, 'YYYY-MM'), count(*), count(score), count(*) filter (where is_satisfied)
           from marts.fct_satisfaction group by 1 order by 1"""
    )
    assert found == months.sort("month").rows()
    assert built.house.ask(
        """select count(*) from marts.fct_satisfaction
           where (score is null) <> (is_satisfied is null) or (answered_on is null) <> (score is null)"""
    ) == [(0,)]


def test_the_assignee_is_who_had_the_ticket_when_it_was_resolved(built: Any) -> None:
    events = pl.read_csv(built.files / "ticket_events.csv", infer_schema=False).sort(
        "ticket_ref", pl.col("seq").cast(pl.Int64)
    )
    asked = pl.read_csv(built.files / "satisfaction.csv", infer_schema=False).select("ticket_ref", "asked_at")
    known = events.with_columns(
        # an empty field means unchanged unless it was cleared
        assignee=pl.when(pl.col("cleared").fill_null("").str.contains("assignee_ref"))
        .then(pl.lit(""))
        .otherwise(pl.col("assignee_ref"))
        .forward_fill()
        .over("ticket_ref")
    )
    users = dict(pl.read_csv(built.files / "users.csv", infer_schema=False).select("ref", "name").rows())
    resolved = (
        known.join(asked, on="ticket_ref")
        .filter((pl.col("status") == "resolved") & (pl.col("occurred_at") <= pl.col("asked_at")))
        .group_by("ticket_ref").last()
    )  # fmt: skip
    expected = {ref: users[name] for ref, name in resolved.select("ticket_ref", "assignee").rows()}
    found = built.house.ask(
        """select t.number, u.name from marts.fct_satisfaction s
           join marts.fct_ticket t using (ticket_id) join marts.dim_user u on u.user_id = s.assignee_id"""
    )
    assert len(expected) > 1000
    assert dict(found) == expected


def test_callers_are_counted_by_person_and_quarter(built: Any) -> None:
    tickets = pl.read_csv(built.files / "tickets.csv", infer_schema=False).filter(pl.col("contact_ref").is_not_null())
    opened = local("opened_at").dt
    callers = tickets.group_by(
        "contact_ref", quarter=opened.year().cast(pl.String) + "Q" + opened.quarter().cast(pl.String)
    ).len()
    found = built.house.ask("select year_quarter, tickets, count(*) from serving.desk_callers group by 1, 2")
    expected = callers.group_by("quarter", "len").agg(pl.len().alias("people"))
    assert sorted(found) == sorted(expected.rows())
    assert built.house.ask(
        """select count(*) from (select customer_id, quarter_start, sum(tickets) as t, min(tickets_of_customer) as low,
                  max(tickets_of_customer) as high from serving.desk_callers group by 1, 2) c
           where t <> low or t <> high"""
    ) == [(0,)]
