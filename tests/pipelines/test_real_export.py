"""A real desk's export all the way: warehouse and pack against an independent computation from the file."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from operational.vcio.domain.periods import Quarter
from operational.vcio.service.build import Request, build_pack
from operational.vcio.service.verify import printed_text, registered_pack, verify_pack
from pipelines.warehouse.fingerprint import fingerprints
from tests.pipelines.test_refresh import raw_counts
from tests.real_export import EXPORT, expected_customers, expected_tickets, updates


@pytest.fixture(scope="module")
def export(shared_data: Path) -> Path:
    return shared_data / EXPORT


@pytest.fixture(scope="module")
def desk(real_desk: Any) -> Any:
    """A house with the real desk in its warehouse."""
    return real_desk.house


def test_the_mart_has_every_ticket_as_the_file_says(desk: Any, export: Path) -> None:
    ours = desk.ask(
        """select t.number, to_char(opened_on, 'YYYY-MM'), priority, events, reopen_count, desk_sla_met, c.name
           from marts.fct_ticket t join marts.dim_customer c using (customer_id) order by t.number collate "C\""""
    )
    expected = expected_tickets(export).join(expected_customers(export), on="number", how="left").sort("number")
    assert ours == expected.rows()
    assert len(ours) == 19_280
    assert desk.ask("select count(*) from marts.fct_ticket_event") == [(112_399,)]


def test_what_the_file_does_not_know_stays_unknown(desk: Any) -> None:
    assert desk.ask(
        """select count(first_response_at), count(first_response_seconds), count(staff_replies), count(worked_minutes),
                  count(subject), count(*) filter (where has_sla) from marts.fct_ticket"""
    ) == [(0, 0, 0, 0, 0, 0)]
    assert desk.ask("select first_day::text, last_day::text from marts.fct_coverage") == [("2016-02-29", "2016-05-08")]


@pytest.mark.parametrize("day", ["2016-03-27", "2016-03-31", "2016-05-08"])
def test_backlog_at_a_days_end(desk: Any, export: Path, day: str) -> None:
    """Opened by then, and either without an update yet or last seen in a state that is not an end."""
    midnight = pl.lit(day).str.to_datetime("%Y-%m-%d") + pl.duration(days=1)
    lines = updates(export)
    opened = lines.group_by("number").agg(pl.col("opened_at").last()).filter(pl.col("opened_at") < midnight)
    last = (
        lines.filter(pl.col("sys_updated_at") < midnight).group_by("number").agg(pl.col("incident_state").last())
    )  # fmt: skip
    open_then = opened.join(last, on="number", how="left").filter(
        ~pl.col("incident_state").fill_null("unknown").is_in(["Resolved", "Closed"])
    )
    assert desk.ask(f"select sum(open_tickets)::bigint from marts.fct_backlog_day where day = '{day}'") == [
        (len(open_then),)
    ]


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_partial_quarters_pack_verifies(desk: Any, export: Path, tmp_path: Path, language: str) -> None:
    tickets = expected_tickets(export).join(expected_customers(export), on="number")
    opened = updates(export).group_by("number").agg(pl.col("opened_at").last())
    in_quarter = tickets.join(opened, on="number").filter(pl.col("opened_at") >= pl.datetime(2016, 4, 1))
    name, count = in_quarter.group_by("customer").len().sort("len", "customer", descending=True).row(0)
    request = Request(desk.tenant, name, Quarter(2016, 2), language)
    pack = build_pack(request, desk.app, desk.serving, tmp_path)
    registered = registered_pack(pack.path, desk.app, desk.tenant)
    found = verify_pack(pack.path, registered, desk.serving, desk.tenant, "serving")
    assert (found.mismatches, found.is_original) == ([], True)
    opened_number = next(number for number in registered[1] if number.query == "tickets_opened")
    assert (opened_number.evidence_id, opened_number.value) == ("E01", count)
    text = " ".join(printed_text(pack.path).split())
    partial, verdict, unknown, no_change = {
        "de": ("Teilquartal: Daten nur für 01.04.2016 bis 08.05.2016", "übernommen aus dem bisherigen Ticketsystem",
               "unbekannt", "Kein Vergleich: Das Quartal ist nicht vollständig erfasst."),
        "en": ("Partial quarter: data only for 2016-04-01 to 2016-05-08", "taken over from the previous ticket system",
               "unknown", "No comparison: the quarter is not fully covered."),
    }[language]  # fmt: skip
    assert partial in text
    assert verdict in text
    assert no_change in text
    assert unknown in text


@pytest.mark.untraced
def test_a_second_run_changes_nothing(desk: Any, tmp_path: Path) -> None:
    rows, marts = raw_counts(desk), fingerprints(desk.warehouse)
    # the packs' register is the only thing that is new
    report = desk.refresh(tmp_path)
    assert report.problems == ()
    assert {line.split()[2] for line in report.batch} <= {"vcio.pack", "vcio.pack_number", "since"}
    after = raw_counts(desk)
    assert {name: n for name, n in after.items() if not name.startswith("vcio__pack")} == {
        name: n for name, n in rows.items() if not name.startswith("vcio__pack")
    }
    changed = [name for name, value in fingerprints(desk.warehouse).items() if value != marts[name]]
    # the coverage names the batch it was read with
    assert changed in ([], ["fct_coverage"])
