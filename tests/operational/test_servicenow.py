"""A ServiceNow export becomes tickets and events, broken lines become rejects."""

import csv
import gzip
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from operational.imports.errors import ImportFileError
from operational.imports.load import TICKETS_PER_TRANSACTION
from operational.imports.servicenow import COLUMNS, read_servicenow
from tests.real_export import EXPORT, expected_tickets

ZONE = "Europe/Berlin"
LINE = {
    "number": "INC1", "incident_state": "New", "sys_mod_count": "0", "made_sla": "true", "caller_id": "Caller 1",
    "opened_at": "29/2/2016 01:16", "sys_updated_by": "Updated by 1", "sys_updated_at": "29/2/2016 01:23",
    "contact_type": "Phone", "location": "Location 1", "category": "Category 1", "subcategory": "?",
    "impact": "2 - Medium", "urgency": "2 - Medium", "priority": "3 - Moderate", "assignment_group": "Group 1",
    "assigned_to": "?",
}  # fmt: skip


def write(path: Path, *changes: dict[str, str], extra: bytes = b"") -> Path:
    with path.open("w", newline="") as handle:
        writer = csv.DictWriter(handle, COLUMNS, restval="?", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows({**LINE, **change} for change in changes)
    with path.open("ab") as handle:
        handle.write(extra)
    return path


def update(state: str, time: str, count: int, **more: str) -> dict[str, str]:
    return {"incident_state": state, "sys_updated_at": f"29/2/2016 {time}", "sys_mod_count": str(count), **more}


LIFE = (
    update("New", "01:23", 0),
    update("Active", "08:00", 1, assigned_to="Resolver 1"),
    update("Awaiting User Info", "09:00", 2, assigned_to="?"),
    update("Resolved", "10:00", 3, location="?"),
    update("Active", "11:00", 4, location="Location 2"),
    update("Resolved", "12:00", 5, location="?"),
    update("Closed", "13:00", 6, made_sla="false", location="?"),
)


def read(path: Path, zone: str = ZONE) -> Any:
    return read_servicenow(path, timezone=zone)


def test_a_ticket_ends_as_its_events_say(house: Any, tmp_path: Path) -> None:
    house.load(read(write(tmp_path / "export.csv", *reversed(LIFE))))
    ticket = house.query(
        """select t.number, c.name, t.status, t.priority, t.reopen_count, t.desk_sla_met, t.first_response_at,
                  t.opened_at at time zone 'UTC', t.resolved_at at time zone 'Europe/Berlin', t.assignee_id
           from tickets.ticket t join crm.customer c on c.id = t.customer_id"""
    )
    assert [str(value) for value in ticket[0]] == [
        "INC1", "Location 2", "closed", "p3", "1", "False", "None",
        "2016-02-29 00:16:00", "2016-02-29 12:00:00", "None",
    ]  # fmt: skip
    events = house.query("select seq, status_category, changed, is_reopening from tickets.ticket_event order by seq")
    assert [row[:2] for row in events] == list(
        enumerate(("new", "open", "paused", "resolved", "open", "resolved", "closed"), start=1)
    )
    assert events[2][2] == ["status", "assignee_ref"]
    assert [row[0] for row in events if row[3]] == [5]


def test_importing_again_changes_nothing_and_a_longer_export_adds(house: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "export.csv", *LIFE[:3])
    assert house.load(read(path)).totals == (3, 0, 0)
    before = house.query(
        "select id, row_txid::text from tickets.ticket union all select id, row_txid::text from crm.contact"
    )
    assert house.load(read(path)).totals == (0, 0, 3)
    after = house.query(
        "select id, row_txid::text from tickets.ticket union all select id, row_txid::text from crm.contact"
    )
    assert before == after
    write(path, *LIFE)
    assert house.load(read(path)).totals == (4, 0, 3)
    assert house.query("select status from tickets.ticket") == [("closed",)]


def test_an_import_leaves_a_ticket_alone_that_somebody_has_worked_on(house: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "export.csv", *LIFE[:3])
    house.load(read(path))
    house.query("update tickets.ticket set subject = 'mine', status = 'open', version = 1 returning id")
    assert house.load(read(write(path, *LIFE))).totals == (0, 0, len(LIFE))
    assert house.query("select subject, status from tickets.ticket") == [("mine", "open")]
    # another event would take the number of one that was written here
    assert house.query("select count(*), max(seq) from tickets.ticket_event") == [(3, 3)]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"incident_state": "-100"}, "incident_state: '-100' is none of"),
        ({"opened_at": "2016-02-29"}, "opened_at: '2016-02-29' is no time like"),
        ({"sys_updated_at": "31/2/2016 10:00"}, "sys_updated_at: '31/2/2016 10:00' is no time"),
        ({"sys_mod_count": "x"}, "sys_mod_count: 'x' is not a number"),
        ({"priority": "9"}, "priority: '9' is none of"),
        ({"number": "?"}, "number: missing"),
        ({}, "number: the same update of this incident stands on an earlier line"),
    ],
)
def test_a_broken_line_is_refused_with_line_and_reason(tmp_path: Path, change: dict[str, str], reason: str) -> None:
    history = read(write(tmp_path / "export.csv", LIFE[0], {**LIFE[0], **change}))
    assert [(r.line, r.reason[: len(reason)]) for r in history.rejects.lines] == [(3, reason)]
    assert history.lines_read == 2


def test_broken_bytes_and_fields_cost_one_line_each(house: Any, tmp_path: Path) -> None:
    extra = b'INC2,"open quote\r\nINC3,too few\r\nINC4,\xff\r\nINC5,\x00\r\n\r\n'
    history = read(write(tmp_path / "export.csv", *LIFE, extra=extra))
    result = house.load(history)
    assert [r.reason.split(":")[0] for r in history.rejects.lines] == [
        "fields",
        "fields",
        "encoding",
        "encoding",
        "fields",
    ]
    assert [r.line for r in history.rejects.lines] == [9, 10, 11, 12, 13]
    assert result.lines_read == sum(result.totals) + result.rejected == 12
    history.rejects.write(tmp_path / "rejects.csv")
    assert len((tmp_path / "rejects.csv").read_text().splitlines()) == 6


def test_what_cannot_be_read_at_all_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match="does not exist; give the path"):
        read(tmp_path / "nothing.csv")
    with pytest.raises(ImportFileError, match="is a folder"):
        read(tmp_path)
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ImportFileError, match="lacks the column number"):
        read(tmp_path / "other.csv")
    whole = gzip.compress(write(tmp_path / "export.csv", *LIFE).read_bytes())
    (tmp_path / "cut.csv.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ImportFileError, match="not a complete gzip file"):
        read(tmp_path / "cut.csv.gz")
    with pytest.raises(ImportFileError, match="no incident that could be read"):
        read(write(tmp_path / "empty.csv"))


def test_a_time_the_zone_skipped_keeps_its_place(tmp_path: Path) -> None:
    times = ("27/3/2016 01:59", "27/3/2016 02:59", "27/3/2016 03:00", "30/10/2016 02:30")
    rows = [{"sys_updated_at": time, "sys_mod_count": str(n)} for n, time in enumerate(times)]
    (ticket,) = read(write(tmp_path / "export.csv", *rows)).tickets
    assert [f"{event.occurred_at:%d %H:%M}" for event in ticket.events] == [
        "27 00:59",
        "27 01:00",
        "27 01:00",
        "30 00:30",
    ]


def test_an_import_killed_in_the_middle_ends_the_same(house: Any, tmp_path: Path) -> None:
    first = TICKETS_PER_TRANSACTION
    rows = [{**step, "number": f"INC{n}"} for n in range(first + 200) for step in LIFE[:2]]
    path = write(tmp_path / "export.csv", *rows)
    code = (
        "import os, sys, signal, psycopg\n"
        "from uuid import UUID\n"
        "from operational.imports.load import load_history\n"
        "from operational.imports.servicenow import read_servicenow\n"
        "from operational.services import SERVICES\n"
        "loaders = {k: v for s in SERVICES for k, v in s.loaders.items()}\n"
        "def progress(step, done, total):\n"
        f"    if step == 'tickets' and done == {first}: os.kill(os.getpid(), signal.SIGKILL)\n"
        "history = read_servicenow(__import__('pathlib').Path(sys.argv[3]), timezone='Europe/Berlin')\n"
        "with psycopg.connect(sys.argv[1], autocommit=True) as c:\n"
        "    load_history(c, UUID(sys.argv[2]), history, loaders, progress)\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", code, house.app, str(house.tenant), str(path)],
        cwd=Path(__file__).parents[2], check=False, env=dict(os.environ),
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL
    assert house.query("select count(*) from tickets.ticket") == [(first,)]
    result = house.load(read(path))
    assert result.totals == (400, 0, 2 * first)
    assert house.query("select count(*), count(distinct ticket_id) from tickets.ticket_event") == [
        (2 * first + 400, first + 200)
    ]


def test_the_real_export_equals_an_independent_computation(house: Any, shared_data: Path) -> None:
    result = house.load(read(shared_data / EXPORT))
    assert (result.lines_read, result.rejected, result.tickets) == (112_399, 0, 19_280)
    ours = house.query(
        """select t.number, to_char(t.opened_at at time zone 'Europe/Berlin', 'YYYY-MM'), t.priority,
                  e.events, t.reopen_count, t.desk_sla_met
           from tickets.ticket t
           join (select ticket_id, count(*) as events from tickets.ticket_event group by 1) e on e.ticket_id = t.id
           order by t.number collate "C\""""
    )
    expected = expected_tickets(shared_data / EXPORT)
    assert ours == expected.rows()
    assert (expected["reopenings"].sum(), (expected["reopenings"] > 0).sum()) == (264, 222)
    assert house.query("select count(*) from tickets.ticket where first_response_at is not null") == [(0,)]
    assert house.query("select covers_from::text, covers_to::text from tickets.desk_source") == [
        ("2016-02-29", "2016-05-08")
    ]
