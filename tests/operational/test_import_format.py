"""The platform's own import format, checked line by line."""

import csv
import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from operational.imports.errors import ImportFileError
from operational.imports.fields import escaped, prose
from operational.imports.native import read_native
from pipelines.extract.catalog import load_catalog
from pipelines.extract.reconcile import reconcile

FILES = {
    "users": "ref,name,email,team,active_from,active_to\nu1,Ada,ada@example.org,Desk,2025-01-01,\n",
    "customers": "ref,name,sector,country,subdivision,city,seats,since,until\n"
    "c1,Kanzlei,law,DE,HH,Hamburg,12,2024-01-01,\n",
    "sites": "ref,customer_ref,name,country,subdivision,city\ns1,c1,Zentrale,DE,HH,Hamburg\n",
    "contacts": "ref,name,email,phone,role,vip,language\nk1,Berta,berta@example.org,,Leitung,true,de\n",
    "contact_customers": "contact_ref,customer_ref,site_ref,is_primary\nk1,c1,s1,true\n",
    "calendars": "ref,name,timezone,windows\ncal,8x5,Europe/Berlin,mon 08:00-17:00\n",
    "calendar_holidays": "calendar_ref,day,name\ncal,2026-12-25,1. Weihnachtstag\n",
    "sla_policies": "ref,name,priority,clock,target_minutes\ng,Gold,p1,resolution,240\ng,Gold,p2,resolution,480\n",
    "contracts": (
        "ref,customer_ref,name,kind,starts_on,ends_on,monthly_fee,currency,included_minutes,sla_policy_ref,calendar_ref\n"
        "v1,c1,Wartung,fixed_fee,2025-01-01,,1250.50,EUR,,g,cal\nv2,c1,Projekt,time_and_material,2025-01-01,,,,,,\n"
    ),
    "tickets": (
        "ref,customer_ref,site_ref,contact_ref,contract_ref,opened_at,channel,subject,desk_sla_met\n"
        "t1,c1,s1,k1,v1,2026-11-20T09:00:00Z,mail,Drucker,\n"
    ),
    "ticket_events": (
        "ticket_ref,seq,occurred_at,kind,actor_kind,actor_ref,public,status,priority,impact,urgency,category,"
        "subcategory,queue,assignee_ref,pause_reason,cleared,source_key\n"
        "t1,1,2026-11-20T09:00:00Z,created,contact,k1,,new,p2,2,3,Druck,,Desk,,,,\n"
        "t1,2,2026-11-20T09:10:00Z,updated,staff,u1,,open,,,,,,,u1,,,\n"
        "t1,3,2026-11-20T09:20:00Z,note,staff,u1,false,,,,,,,,,,,\n"
        "t1,4,2026-11-20T09:30:00Z,reply,staff,u1,true,waiting_customer,,,,,,,,,,\n"
        "t1,5,2026-11-20T10:00:00Z,updated,staff,u1,,open,,,,,,,,,assignee_ref;queue,\n"
    ),
    "messages": (
        "ticket_ref,seq,body\n"
        "t1,1,Guten Tag\\n\\nder Drucker steht.\n"
        't1,3,"Pfad C:\\\\temp, sagt ""Ada"""\n'
        "t1,4,Welcher Drucker?\n"
    ),
    "satisfaction": (
        "ticket_ref,contact_ref,asked_at,answered_at,score,comment\n"
        "t1,k1,2026-11-21T08:00:00Z,2026-11-21T09:00:00Z,4,Schnell.\\nDanke!\n"
    ),
    "time_entries": (
        "ref,ticket_ref,user_ref,started_at,ended_at,minutes,work_type,billable,entered_at\n"
        "z1,t1,u1,2026-11-20T09:10:00Z,2026-11-20T09:30:00Z,20,remote,true,2026-11-20T09:31:00Z\n"
    ),
}
LINES = sum(text.count("\n") - 1 for text in FILES.values())
MANIFEST = {
    "format": "psa-import/1", "system": "old", "timezone": "Europe/Berlin", "covers_from": "2026-11-01",
    "covers_to": "2026-11-22",
}  # fmt: skip


def folder(path: Path, **changes: str) -> Path:
    for name, text in {**FILES, **changes}.items():
        (path / f"{name}.csv").write_text(text, encoding="utf-8")
    (path / "manifest.json").write_text(json.dumps(MANIFEST))
    return path


def test_a_folder_is_loaded_whole_and_a_second_time_changes_nothing(house: Any, tmp_path: Path) -> None:
    first = house.load(read_native(folder(tmp_path)))
    assert first.totals == (first.lines_read, 0, 0) == (LINES, 0, 0)
    assert house.load(read_native(tmp_path)).totals == (0, 0, LINES)
    ticket = house.query(
        """select c.name, k.name, v.monthly_fee::text, t.status, t.priority, t.queue, t.assignee_id,
                  t.first_response_at at time zone 'UTC', t.resolved_at from tickets.ticket t
           join crm.customer c on c.id = t.customer_id join crm.contact k on k.id = t.contact_id
           join crm.contract v on v.id = t.contract_id"""
    )
    assert [str(value) for value in ticket[0]] == [
        "Kanzlei", "Berta", "1250.50", "open", "p2", "None", "None", "2026-11-20 09:30:00", "None",
    ]  # fmt: skip
    assert house.query(
        """select e.seq, u.name from tickets.ticket_event e left join auth.user_account u on u.id = e.assignee_id
           order by e.seq"""
    ) == [(1, None), (2, "Ada"), (3, "Ada"), (4, "Ada"), (5, None)]
    assert house.query("select count(*) from tickets.contract_sla") == [(1,)]
    assert reconcile(house.extractor, house.warehouse, load_catalog())[1] == []


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("customers", ",12,", ",zwölf,", "seats: 'zwölf' is not a whole number"),
        ("customers", "2024-01-01", "1.1.2024", "since: '1.1.2024' is no day like"),
        ("sites", "s1,c1", "s1,c9", "customer_ref: 'c9' is not in customers"),
        ("contacts", ",true,", ",ja,", "vip: 'ja' is neither true nor false"),
        ("contracts", "1250.50", "1250.505", "monthly_fee: '1250.505' is not an amount in whole cents"),
        ("contracts", "1250.50", "viel", "monthly_fee: 'viel' is not an amount"),
        ("ticket_events", "created", "born", "kind: 'born' is none of created"),
        ("ticket_events", ",2,3,Druck", ",6,3,Druck", "impact: '6' is not a level"),
        ("ticket_events", "assignee_ref;queue", "queue;mood", "cleared: mood is none of"),
        ("ticket_events", "t1,2,", "t1,1,", "ticket_ref, seq: stands on an earlier line"),
        ("time_entries", "09:31:00Z", "09:31:00", "entered_at: '2026-11-20T09:31:00' is no instant in UTC"),
        ("time_entries", "z1,t1,u1", "z1,t1,", "user_ref: missing"),
        ("messages", "t1,3,", "t1,9,", "seq: 't1' has no event 9"),
        ("messages", "t1,3,", "t9,3,", "ticket_ref: 't9' is not in tickets"),
        ("messages", "t1,3,", "t1,2,", "seq: the event is 'updated'; only created, reply, note carry a text"),
        ("messages", "t1,3,", "t1,1,", "ticket_ref, seq: stands on an earlier line"),
        ("messages", "t1,3,", "t1,01,", "ticket_ref, seq: stands on an earlier line"),
        ("messages", "Welcher Drucker?", "", "body: missing"),
        ("messages", "\\\\temp", "\\temp", "body: a backslash is neither"),
        ("satisfaction", ",4,", ",6,", "score: '6' is not a score from 1 to 5"),
        ("satisfaction", ",4,", ",,", "answered_at, score: one of them is missing"),
        ("satisfaction", "2026-11-21T09:00:00Z,4", ",", "comment: there is no answer it could belong to"),
        ("satisfaction", "T09:00", "T07:00", "answered_at: lies before asked_at"),
        ("satisfaction", "k1,", "k9,", "contact_ref: 'k9' is not in contacts"),
    ],
)
def test_a_broken_line_is_refused_with_its_reason(tmp_path: Path, file: str, old: str, new: str, reason: str) -> None:
    history = read_native(folder(tmp_path, **{file: FILES[file].replace(old, new, 1)}))
    first = history.rejects.lines[0]
    assert (first.file, first.reason[: len(reason)]) == (f"{file}.csv", reason)
    assert history.lines_read == LINES


def test_what_hangs_on_a_refused_line_is_refused_too(house: Any, tmp_path: Path) -> None:
    history = read_native(folder(tmp_path, tickets=FILES["tickets"].replace(",mail,", ",pigeon,")))
    result = house.load(history)
    assert result.rejected == 1 + 5 + 3 + 1 + 1
    assert result.lines_read == sum(result.totals) + result.rejected == LINES


def test_a_ticket_without_events_is_refused(tmp_path: Path) -> None:
    history = read_native(folder(tmp_path, ticket_events=FILES["ticket_events"].split("t1,1", 1)[0]))
    assert history.rejects.lines[0].reason == "ref: no event of this ticket could be read"


def test_what_people_wrote_comes_with_its_event(house: Any, tmp_path: Path) -> None:
    house.load(read_native(folder(tmp_path)))
    assert house.query(
        """select e.seq, m.body, u.name, m.is_public, m.written_at = e.occurred_at, m.ticket_id = e.ticket_id
           from tickets.message m join tickets.ticket_event e on e.id = m.event_id
           left join auth.user_account u on u.id = m.author_id order by e.seq"""
    ) == [
        (1, "Guten Tag\n\nder Drucker steht.", None, True, True, True),
        (3, 'Pfad C:\\temp, sagt "Ada"', "Ada", False, True, True),
        (4, "Welcher Drucker?", "Ada", True, True, True),
    ]


def test_the_answer_of_a_contact_is_loaded_once_and_may_come_later(house: Any, tmp_path: Path) -> None:
    asked = FILES["satisfaction"].replace("2026-11-21T09:00:00Z,4,Schnell.\\nDanke!", ",,")
    house.load(read_native(folder(tmp_path, satisfaction=asked)))
    assert house.query("select answered_at, score, comment from tickets.satisfaction") == [(None, None, None)]
    assert house.load(read_native(folder(tmp_path))).totals == (0, 1, LINES - 1)
    assert house.query(
        """select s.score, s.comment, k.name, t.number from tickets.satisfaction s
           join crm.contact k on k.id = s.contact_id join tickets.ticket t on t.id = s.ticket_id"""
    ) == [(4, "Schnell.\nDanke!", "Berta", "t1")]


def test_a_ticket_worked_on_since_keeps_its_words_and_answers(house: Any, tmp_path: Path) -> None:
    house.load(read_native(folder(tmp_path)))
    with psycopg.connect(house.superuser) as superuser:
        superuser.execute("update tickets.ticket set version = 1")
    changed = {
        "messages": FILES["messages"].replace("Welcher", "Was für ein"),
        "satisfaction": FILES["satisfaction"].replace(",4,", ",1,"),
    }
    result = house.load(read_native(folder(tmp_path, **changed)))
    assert result.totals == (0, 0, LINES)
    assert house.query("select score from tickets.satisfaction") == [(4,)]
    assert house.query("select count(*) from tickets.message where body = 'Welcher Drucker?'") == [(1,)]


def test_a_question_asked_here_is_not_asked_again_by_an_import(house: Any, tmp_path: Path) -> None:
    house.load(read_native(folder(tmp_path, satisfaction=FILES["satisfaction"].split("t1")[0])))
    with psycopg.connect(house.superuser) as superuser:
        superuser.execute(
            """insert into tickets.satisfaction (tenant_id, ticket_id, asked_at)
               select tenant_id, id, now() from tickets.ticket"""
        )
    assert house.load(read_native(folder(tmp_path))).totals == (0, 0, LINES)
    assert house.query("select score from tickets.satisfaction") == [(None,)]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), min_size=1))
@example("C:\\new\\\\n")
def test_a_text_comes_back_as_it_was_written(body: str) -> None:
    line = escaped(body)
    assert "\n" not in line
    assert prose(line) == body


@given(st.lists(st.sampled_from(["\r", "\n", "\r\n", "\\", "n", "ä,", '"']), min_size=1).map("".join))
def test_a_text_survives_the_file(tmp_path_factory: pytest.TempPathFactory, body: str) -> None:
    path = tmp_path_factory.mktemp("file")
    with (path / "messages.csv").open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows([("ticket_ref", "seq", "body"), ("t1", 1, escaped(body))])
    messages = (path / "messages.csv").read_text(encoding="utf-8")
    history = read_native(folder(path, messages=messages))
    (ticket,) = history.tickets
    assert history.rejects.lines == []
    assert ticket.events[0].body == body.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        (None, "has no manifest.json"),
        ("{", "is not JSON"),
        ('{"format": "other"}', 'does not say "format"'),
        (json.dumps({**MANIFEST, "system": ""}), "lacks system"),
        (json.dumps({**MANIFEST, "covers_to": "gestern"}), "'gestern' is no day"),
    ],
)
def test_a_foreign_folder_is_refused_in_one_line(tmp_path: Path, manifest: str | None, message: str) -> None:
    folder(tmp_path)
    if manifest is None:
        (tmp_path / "manifest.json").unlink()
    else:
        (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(ImportFileError, match=message):
        read_native(tmp_path)
