"""The demo MSP: repeatable, accepted by the reader, and true to what it says was planted."""

import hashlib
import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import mean, median

import pytest

from operational.demo import generate
from operational.demo.calendar import Clock, bridge_days, horizon, midnight, public_holidays
from operational.demo.journal import FIELDS
from operational.imports.native import read_native
from tests.demo_world import BERLIN, UNTIL, World, instant, local_date

AFTER = {
    "": {"new"},
    "new": {"open"},
    "open": {"waiting_customer", "waiting_vendor", "waiting_internal", "resolved"},
    "waiting_customer": {"open"},
    "waiting_vendor": {"open"},
    "waiting_internal": {"open"},
    "resolved": {"open", "closed"},
    "closed": {"open"},
}


def digest(folder: Path) -> str:
    parts = [path.name.encode() + path.read_bytes() for path in sorted(folder.iterdir())]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def test_same_seed_same_bytes_in_another_process(tmp_path: Path) -> None:
    generate(tmp_path / "here", seed=5, customers=3, years=1, until=date(2026, 3, 29))
    code = (
        "import sys; from datetime import date; from pathlib import Path; from operational.demo import generate;"
        "generate(Path(sys.argv[1]), seed=5, customers=3, years=1, until=date(2026, 3, 29))"
    )
    environment = os.environ | {"PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "there")], check=True, env=environment)
    assert len(list((tmp_path / "here").iterdir())) == 16
    assert digest(tmp_path / "here") == digest(tmp_path / "there")
    generate(tmp_path / "other", seed=6, customers=3, years=1, until=date(2026, 3, 29))
    assert digest(tmp_path / "here") != digest(tmp_path / "other")


def test_the_reader_refuses_nothing(world: World) -> None:
    history = read_native(world.path)
    assert history.rejects.lines == []
    assert history.ticket_count == world.truth.tickets["count"] > 5000
    assert history.accepted["ticket_events"] == world.truth.tickets["events"] > 5 * history.ticket_count
    assert history.accepted["time_entries"] == world.truth.time["entries"]
    assert all(history.accepted[name] for name in ("contracts", "calendar_holidays", "sla_policies", "sites"))


def test_events_keep_the_rules_of_the_format(world: World) -> None:
    opened = {ticket["ref"]: ticket["opened_at"] for ticket in world.rows("tickets")}
    end = datetime(2026, 11, 23, tzinfo=BERLIN)
    histories = world.histories()
    assert histories.keys() == opened.keys()
    for ref, events in histories.items():
        assert [int(e["seq"]) for e in events] == list(range(1, len(events) + 1))
        moments = [e["occurred_at"] for e in events]
        assert moments == sorted(moments)
        assert moments[0] == opened[ref]
        assert instant(moments[-1]) < end
        assert [e["kind"] for e in events].index("created") == 0
        assert sum(e["kind"] == "created" for e in events) == 1
        state = dict.fromkeys(FIELDS, "")
        for event in events:
            assert event["status"] == "" or event["status"] in AFTER[state["status"]]
            for name in filter(None, event["cleared"].split(";")):
                assert state[name] != ""
                state[name] = ""
            for name in FIELDS:
                assert event[name] == "" or event[name] != state[name]
                state[name] = event[name] or state[name]
            assert (state["pause_reason"] != "") == state["status"].startswith("waiting")
            assert state["status"] == "new" or state["assignee_ref"] or state["queue"] != "Service Desk"
            assert event["public"] == {"reply": "true", "note": "false"}.get(event["kind"], "")


def test_time_entries_keep_the_rules_of_the_format(world: World) -> None:
    entries = world.rows("time_entries")
    by_user: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    late = 0
    for entry in entries:
        start, end = instant(entry["started_at"]), instant(entry["ended_at"])
        assert end - start == timedelta(minutes=int(entry["minutes"])) > timedelta(0)
        assert instant(entry["entered_at"]) >= end
        late += local_date(entry["entered_at"]) > local_date(entry["started_at"])
        by_user[entry["user_ref"]].append((start, end))
    for spans in by_user.values():
        spans.sort()
        assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert abs(late - world.truth.time["late"]) <= 3
    assert 0.05 < late / len(entries) < 0.12


def test_planted_outages_show_in_the_tickets(world: World) -> None:
    right = world.truth.tickets["wrong_category"]
    first_event = {ref: events[0] for ref, events in world.histories().items()}
    counts = Counter(
        (local_date(t["opened_at"]), right.get(t["ref"], first_event[t["ref"]]["category"]))
        for t in world.rows("tickets")
    )
    planted = {event["kind"]: event for event in world.truth.planted}
    assert {"onboarding", "printer_fleet", "project_go_live", "patch_tuesday"} < planted.keys()
    for kind in ("provider_outage", "ransomware_scare"):
        event = planted[kind]
        found = sum(counts[date.fromisoformat(day), name] for day in event["days"] for name in event["categories"])
        assert found == event["tickets"]
        assert found > 3 * event["baseline_tickets"]
        before = [date.fromisoformat(day) - timedelta(days=14) for day in event["days"]]
        assert found > 3 * sum(counts[day, name] for day in before for name in event["categories"])


def test_the_queue_suffers_when_the_outage_comes(world: World) -> None:
    windows = [[(450, 1050)]] * 5 + [[], []]
    clock = Clock(windows, public_holidays("DE", "HH", 2025, 2026), date(2025, 11, 20), UNTIL)
    waits: dict[str, list[int]] = defaultdict(list)
    for events in world.histories().values():
        replies = [e for e in events if e["kind"] == "reply" and e["actor_kind"] == "staff"]
        if replies:
            begin, end = (int(instant(e["occurred_at"]).timestamp()) for e in (events[0], replies[0]))
            year, week, _ = local_date(events[0]["occurred_at"]).isocalendar()
            waits[f"{year}-W{week:02d}"].append(clock.seconds(begin, end))
    event = next(e for e in world.truth.planted if e["kind"] == "provider_outage")
    year, week, _ = date.fromisoformat(min(event["days"])).isocalendar()
    outage = f"{year}-W{week:02d}"
    assert mean(waits[outage]) > 3 * median(mean(values) for values in waits.values())
    for name in ("first_response", "resolution"):
        weeks = world.truth.sla[name]
        met, judged = weeks["total"]
        assert 0.7 < met / judged < 0.99
        usual = median(week[0] / week[1] for week in weeks.values())
        assert weeks[outage][0] / weeks[outage][1] < usual - 0.1


def test_urgent_tickets_are_answered_first(world: World) -> None:
    waits: dict[str, list[float]] = defaultdict(list)
    for events in world.histories().values():
        begin = instant(events[0]["occurred_at"]).astimezone(BERLIN)
        reply = next((e for e in events if e["kind"] == "reply" and e["actor_kind"] == "staff"), None)
        if reply and begin.weekday() < 5 and 8 <= begin.hour < 15:
            waits[events[0]["priority"]].append((instant(reply["occurred_at"]) - begin).total_seconds())
    assert median(waits["p1"]) < median(waits["p2"]) < median(waits["p4"])


def test_holidays_are_quiet(world: World) -> None:
    counts = Counter(local_date(t["opened_at"]) for t in world.rows("tickets") if t["channel"] != "monitoring")
    holidays = [date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 14), date(2026, 5, 25)]
    usual = median(counts[UNTIL - timedelta(days=n)] for n in range(360) if (UNTIL - timedelta(days=n)).weekday() < 5)
    assert usual > 10
    assert max(counts[day] for day in holidays) < usual / 3
    assert counts[date(2026, 5, 15)] < usual  # the bridge day after Ascension Day


def test_nobody_works_outside_the_employment_or_when_away(world: World) -> None:
    users = {user["ref"]: user for user in world.rows("users")}
    firm = world.truth.firm
    assert len(firm["leavers"]) == len(firm["joiners"]) == 1
    absent = {t["ref"]: t["absent"] for t in firm["technicians"]}
    worked: dict[str, set[date]] = defaultdict(set)
    for entry in world.rows("time_entries"):
        worked[entry["user_ref"]].add(local_date(entry["started_at"]))
    for event in world.rows("ticket_events"):
        if event["actor_kind"] == "staff":
            worked[event["actor_ref"]].add(local_date(event["occurred_at"]))
    leaver, joiner = users[firm["leavers"][0]], users[firm["joiners"][0]]
    assert max(worked[leaver["ref"]]) <= date.fromisoformat(leaver["active_to"]) < UNTIL
    assert min(worked[joiner["ref"]]) >= date.fromisoformat(joiner["active_from"]) > UNTIL - timedelta(days=360)
    assert all(len(absent[ref]) > 10 for ref in users if ref not in (leaver["ref"], joiner["ref"]))
    for ref, days in worked.items():
        assert not {str(day) for day in days} & absent[ref].keys()


def test_the_night_belongs_to_the_customers_who_pay_for_it(world: World) -> None:
    calendars = {contract["ref"]: contract["calendar_ref"] for contract in world.rows("contracts")}
    tickets = {ticket["ref"]: calendars[ticket["contract_ref"]] for ticket in world.rows("tickets")}
    assert "24x7" in tickets.values()
    nights = [e for e in world.rows("time_entries") if not 6 <= instant(e["started_at"]).astimezone(BERLIN).hour < 21]
    assert {tickets[entry["ticket_ref"]] for entry in nights} <= {"24x7"}


def test_utilisation_is_what_the_entries_say(world: World) -> None:
    time = world.truth.time
    entered = sum(int(entry["minutes"]) for entry in world.rows("time_entries"))
    weeks = world.truth.utilisation.values()
    worked = sum(week["worked"] for week in weeks)
    assert entered + time["forgotten_minutes"] + time["not_yet_entered_minutes"] == worked == time["worked_minutes"]
    planned = world.truth.parameters["utilisation"]
    assert worked / sum(week["capacity"] for week in weeks) == pytest.approx(planned, abs=0.04)
    busiest = max(week["utilisation"] for week in weeks if week["capacity"] > 60 * 60)
    assert planned + 0.1 < busiest < 1.35


def test_some_time_is_forgotten(world: World) -> None:
    with_time = {entry["ticket_ref"] for entry in world.rows("time_entries")}
    done = {ref for ref, events in world.histories().items() if any(e["status"] == "resolved" for e in events)}
    time = world.truth.time
    assert 0.01 < time["forgotten"] / (time["forgotten"] + time["entries"]) < 0.09
    assert 0 < len(done - with_time) < time["forgotten"]


def test_three_contracts_lose_money(world: World) -> None:
    cost = {t["ref"]: t["cost_per_hour"] / 60 for t in world.truth.firm["technicians"]}
    customer = {ticket["ref"]: ticket["customer_ref"] for ticket in world.rows("tickets")}
    spent: dict[str, float] = defaultdict(float)
    for entry in world.rows("time_entries"):
        spent[customer[entry["ticket_ref"]]] += int(entry["minutes"]) * cost[entry["user_ref"]]
    first, fees, flat = UNTIL.replace(year=2025) + timedelta(days=1), defaultdict(float), set()
    for contract in world.rows("contracts"):
        start = max(first, date.fromisoformat(contract["starts_on"]))
        end = min(UNTIL, date.fromisoformat(contract["ends_on"] or str(UNTIL)))
        months = max(0, (end - start).days + 1) / 30.44
        fees[contract["customer_ref"]] += float(contract["monthly_fee"] or 0) * months
        if contract["kind"] in ("fixed_fee", "per_seat"):
            flat.add(contract["customer_ref"])
    losing = {ref for ref in flat if fees[ref] < spent[ref]}
    assert len(losing) == 3 < len(flat)
    assert losing == set(world.truth.contracts["losing"])


def test_wrong_categories_are_as_many_as_planted(world: World) -> None:
    tickets = world.truth.tickets
    assert 0.065 < len(tickets["wrong_category"]) / tickets["count"] < 0.095
    histories = world.histories()
    assert all(histories[ref][0]["category"] != category for ref, category in tickets["wrong_category"].items())
    corrected = sum(
        any(event["category"] == category for event in histories[ref])
        for ref, category in tickets["wrong_category"].items()
    )
    assert corrected == tickets["wrong_category_corrected"] > 0
    assert corrected < 0.8 * len(tickets["wrong_category"])


def test_addresses_and_numbers_reach_nobody(world: World) -> None:
    contacts = world.rows("contacts")
    assert all(row["email"].endswith(".example") for row in contacts + world.rows("users"))
    ranges = ("+49 30 23125", "+49 40 66969", "+49 69 90009", "+49 89 99998", "")
    assert {row["phone"][:-3] for row in contacts} <= set(ranges)
    assert {row["language"] for row in contacts} == {"de", "en"}
    assert {row["country"] for row in world.rows("customers")} == {"DE", "AT", "CH"}


def test_the_calendar_knows_its_days() -> None:
    assert horizon(date(2028, 2, 29), 1).first == date(2027, 3, 1)
    assert horizon(UNTIL, 3).days == 1096
    assert bridge_days({date(2026, 5, 14)}) == {date(2026, 5, 15)}
    begin = midnight(date(2026, 11, 20))
    clock = Clock([[(480, 1020)]] * 5 + [[], []], set(), date(2026, 11, 1), date(2026, 12, 1))
    assert clock.add(begin + 16 * 3600, 120) == midnight(date(2026, 11, 23)) + 9 * 3600
    assert clock.seconds(begin + 16 * 3600, midnight(date(2026, 11, 23)) + 9 * 3600) == 7200
    assert datetime.fromtimestamp(midnight(UNTIL), UTC) == datetime(2026, 11, 21, 23, tzinfo=UTC)


def test_an_impossible_size_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one customer"):
        generate(tmp_path, customers=0, until=UNTIL)
