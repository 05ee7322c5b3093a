"""Reads an incident audit export of ServiceNow: every line is an incident's state after an update."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from operational.imports.errors import ImportFileError
from operational.imports.history import History
from operational.imports.localtime import LocalTimes
from operational.imports.records import InvalidValueError, Line, Rejects, read_lines
from operational.tickets.contracts import EventRecord, TicketRecord

SYSTEM = "servicenow"
UNKNOWN = "?"
UNKNOWN_CUSTOMER = "Unknown"

STATUS = {
    "New": "new",
    "Active": "open",
    "Awaiting User Info": "waiting_customer",
    "Awaiting Vendor": "waiting_vendor",
    "Awaiting Problem": "waiting_internal",
    "Awaiting Evidence": "waiting_internal",
    "Resolved": "resolved",
    "Closed": "closed",
}
PRIORITY = {"1 - Critical": "p1", "2 - High": "p2", "3 - Moderate": "p3", "4 - Low": "p4"}
# the export knows three levels, our scale five
LEVEL = {"1 - High": 1, "2 - Medium": 3, "3 - Low": 5}
CHANNEL = {"Phone": "phone", "Email": "mail", "Self service": "portal"}
KEPT = (
    "u_symptom",
    "cmdb_ci",
    "closed_code",
    "problem_id",
    "rfc",
    "vendor",
    "caused_by",
    "resolved_by",
    "opened_by",
)
COLUMNS = [
    "number", "incident_state", "sys_mod_count", "made_sla", "caller_id", "opened_at", "sys_updated_by",
    "sys_updated_at", "contact_type", "location", "category", "subcategory", "impact", "urgency", "priority",
    "assignment_group", "assigned_to", *KEPT,
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Update:
    """One line of the export; `key` orders a ticket's lines and is unique within it."""

    key: tuple[datetime, int]
    occurred_at: datetime
    fields: dict[str, str]
    opened_at: datetime
    opened_day: datetime


def read_servicenow(path: Path, *, timezone: str, customer_by: str = "location") -> History:
    """Read the whole export (it is sorted by neither time nor need) and group it by incident.

    `timezone` is the zone its wall-clock times were written in; `customer_by` the column whose last known value
    is the incident's customer. Raises ImportFileError for a file that cannot be read at all.
    """
    rejects = Rejects()
    if customer_by not in COLUMNS:
        raise ImportFileError(f"customers cannot be told by {customer_by!r}; use one of location, caller_id")
    times = LocalTimes(ZoneInfo(timezone))
    tickets: dict[str, dict[tuple[datetime, int], _Update]] = defaultdict(dict)
    accepted = 0
    for line in read_lines(path, COLUMNS, rejects):
        try:
            update = _read(line, times)
            if update.key in tickets[line.fields["number"]]:
                raise InvalidValueError("number: the same update of this incident stands on an earlier line")
        except InvalidValueError as error:
            rejects.add(path.name, line.number, str(error), line.text)
            continue
        tickets[line.fields["number"]][update.key] = update
        accepted += 1
    histories = {number: [u for _, u in sorted(updates.items())] for number, updates in tickets.items() if updates}
    if not histories:
        raise ImportFileError(f"{path} holds no incident that could be read; {len(rejects.lines)} lines refused")
    customers = {number: _last_known(updates, customer_by) for number, updates in histories.items()}
    return History(
        system=SYSTEM,
        reference=_reference(histories, customers),
        tickets=(_ticket(number, updates, customers[number]) for number, updates in histories.items()),
        ticket_count=len(histories),
        after_tickets={"desk_source": [_coverage(histories, timezone)]},
        rejects=rejects,
        lines_read=accepted + len(rejects.lines),
        accepted={"ticket_events": accepted},
    )


def _read(line: Line, times: LocalTimes) -> _Update:
    fields = line.fields
    if not fields["number"].strip() or fields["number"] == UNKNOWN:
        raise InvalidValueError("number: missing")
    _one_of("incident_state", fields, STATUS, optional=False)
    _one_of("priority", fields, PRIORITY)
    _one_of("impact", fields, LEVEL)
    _one_of("urgency", fields, LEVEL)
    _one_of("made_sla", fields, {"true": True, "false": False})
    if not fields["sys_mod_count"].isdecimal():
        raise InvalidValueError(f"sys_mod_count: {fields['sys_mod_count']!r} is not a number")
    updated = times.parse("sys_updated_at", fields["sys_updated_at"])
    opened = times.parse("opened_at", fields["opened_at"])
    return _Update((updated.local, int(fields["sys_mod_count"])), updated.utc, fields, opened.utc, opened.local)


def _one_of(name: str, fields: Mapping[str, str], allowed: Mapping[str, Any], *, optional: bool = True) -> None:
    value = fields[name]
    if value not in allowed and not (optional and value == UNKNOWN):
        raise InvalidValueError(f"{name}: {value!r} is none of {', '.join(allowed)}")


def _known(value: str) -> str | None:
    return None if value == UNKNOWN else value


def _last_known(updates: list[_Update], column: str) -> str | None:
    return next((u.fields[column] for u in reversed(updates) if u.fields[column] != UNKNOWN), None)


def _ticket(number: str, updates: list[_Update], customer: str | None) -> TicketRecord:
    last = updates[-1].fields
    made_sla = _last_known(updates, "made_sla")
    return TicketRecord(
        ref=number,
        customer_ref=customer or UNKNOWN_CUSTOMER,
        opened_at=updates[0].opened_at,
        events=tuple(map(_event, updates)),
        contact_ref=_last_known(updates, "caller_id"),
        channel=CHANNEL.get(last["contact_type"]),
        desk_sla_met=None if made_sla is None else made_sla == "true",
        source_fields={name: last[name] for name in KEPT if last[name] != UNKNOWN},
    )


def _event(update: _Update) -> EventRecord:
    fields = update.fields
    moment, count = update.key
    return EventRecord(
        source_key=f"{moment:%Y-%m-%dT%H:%M}#{count}",
        occurred_at=update.occurred_at,
        kind="updated",
        status=STATUS[fields["incident_state"]],
        priority=PRIORITY.get(fields["priority"]),
        impact=LEVEL.get(fields["impact"]),
        urgency=LEVEL.get(fields["urgency"]),
        category=_known(fields["category"]),
        subcategory=_known(fields["subcategory"]),
        queue=_known(fields["assignment_group"]),
        assignee_ref=_known(fields["assigned_to"]),
        actor_name=_known(fields["sys_updated_by"]),
    )


def _reference(
    histories: Mapping[str, list[_Update]], customers: Mapping[str, str | None]
) -> dict[str, list[Mapping[str, Any]]]:
    names = sorted({customer or UNKNOWN_CUSTOMER for customer in customers.values()})
    people = sorted({u.fields["assigned_to"] for us in histories.values() for u in us} - {UNKNOWN})
    return {
        "users": [
            dict(ref=name, name=name, email=None, team=None, active_from=None, active_to=None) for name in people
        ],
        "customers": [_customer(name) for name in names],
        "contacts": [_contact(name) for name in sorted(set(_callers(histories)))],
        "contact_customers": list(_memberships(histories, customers)),
    }


def _customer(name: str) -> Mapping[str, Any]:
    empty = dict.fromkeys(("sector", "country", "subdivision", "city", "seats", "since", "until"))
    return {"ref": name, "name": name, **empty}


def _contact(name: str) -> Mapping[str, Any]:
    return {"ref": name, "name": name, **dict.fromkeys(("email", "phone", "role", "vip", "language"))}


def _callers(histories: Mapping[str, list[_Update]]) -> Iterator[str]:
    for updates in histories.values():
        caller = _last_known(updates, "caller_id")
        if caller is not None:
            yield caller


def _memberships(
    histories: Mapping[str, list[_Update]], customers: Mapping[str, str | None]
) -> Iterator[Mapping[str, Any]]:
    """A caller belongs to every customer he called for; the primary one is the most frequent, then first by name."""
    calls: dict[str, Counter[str]] = defaultdict(Counter)
    for number, updates in histories.items():
        caller = _last_known(updates, "caller_id")
        if caller is not None:
            calls[caller][customers[number] or UNKNOWN_CUSTOMER] += 1
    for caller in sorted(calls):
        ranked = sorted(calls[caller], key=lambda name: (-calls[caller][name], name))
        for name in ranked:
            yield dict(contact_ref=caller, customer_ref=name, site_ref=None, is_primary=name == ranked[0])


def _coverage(histories: Mapping[str, list[_Update]], timezone: str) -> Mapping[str, Any]:
    days = [updates[0].opened_day.date() for updates in histories.values()]
    return {"timezone": timezone, "covers_from": min(days), "covers_to": max(days)}
