"""The files of the import format `psa-import/1`, as docs/import-format.md describes them."""

from collections.abc import Mapping
from dataclasses import dataclass

from operational.imports.fields import (
    Parser,
    amount,
    boolean,
    day,
    instant,
    integer,
    level,
    one_of,
    opening_hours,
    prose,
    score,
    text,
    words,
    zone,
)

FORMAT = "psa-import/1"
STATUS_VALUES = (
    "status",
    "priority",
    "impact",
    "urgency",
    "category",
    "subcategory",
    "queue",
    "assignee_ref",
    "pause_reason",
)
_PRIORITY = one_of("p1", "p2", "p3", "p4")


@dataclass(frozen=True)
class FileSpec:
    """One kind of file: its columns with types, which must be there, and which point at another kind's `ref`.

    `keyed_by` are the columns that make a record unique.
    """

    columns: Mapping[str, Parser]
    required: frozenset[str]
    references: Mapping[str, str]
    keyed_by: tuple[str, ...] = ("ref",)


def _spec(
    columns: Mapping[str, Parser],
    required: str,
    references: Mapping[str, str] | None = None,
    keyed_by: tuple[str, ...] = ("ref",),
) -> FileSpec:
    return FileSpec(columns, frozenset(required.split()), references or {}, keyed_by)


PLACE = {"country": text, "subdivision": text, "city": text}

# in loading order: a file points only at files above it
FILES: dict[str, FileSpec] = {
    "users": _spec(
        {"ref": text, "name": text, "email": text, "team": text, "active_from": day, "active_to": day},
        "ref name",
    ),
    "customers": _spec(
        {"ref": text, "name": text, "sector": text, **PLACE, "seats": integer, "since": day, "until": day},
        "ref name",
    ),
    "sites": _spec(
        {"ref": text, "customer_ref": text, "name": text, **PLACE},
        "ref customer_ref name",
        {"customer_ref": "customers"},
    ),
    "contacts": _spec(
        {
            "ref": text,
            "name": text,
            "email": text,
            "phone": text,
            "role": text,
            "vip": boolean,
            "language": text,
        },
        "ref name",
    ),
    "contact_customers": _spec(
        {"contact_ref": text, "customer_ref": text, "site_ref": text, "is_primary": boolean},
        "contact_ref customer_ref is_primary",
        {"contact_ref": "contacts", "customer_ref": "customers", "site_ref": "sites"},
        ("contact_ref", "customer_ref"),
    ),
    "calendars": _spec(
        {"ref": text, "name": text, "timezone": zone, "windows": opening_hours}, "ref name timezone windows"
    ),
    "calendar_holidays": _spec(
        {"calendar_ref": text, "day": day, "name": text},
        "calendar_ref day name",
        {"calendar_ref": "calendars"},
        ("calendar_ref", "day"),
    ),
    "sla_policies": _spec(
        {
            "ref": text,
            "name": text,
            "priority": _PRIORITY,
            "clock": one_of("first_response", "resolution"),
            "target_minutes": integer,
        },
        "ref name priority clock target_minutes",
        keyed_by=("ref", "priority", "clock"),
    ),
    "contracts": _spec(
        {
            "ref": text,
            "customer_ref": text,
            "name": text,
            "kind": one_of("time_and_material", "fixed_fee", "per_seat", "included_hours", "prepaid_hours"),
            "starts_on": day,
            "ends_on": day,
            "monthly_fee": amount,
            "currency": text,
            "included_minutes": integer,
            "sla_policy_ref": text,
            "calendar_ref": text,
        },
        "ref customer_ref name kind starts_on",
        {"customer_ref": "customers", "sla_policy_ref": "sla_policies", "calendar_ref": "calendars"},
    ),
    "tickets": _spec(
        {
            "ref": text,
            "customer_ref": text,
            "site_ref": text,
            "contact_ref": text,
            "contract_ref": text,
            "opened_at": instant,
            "channel": one_of("mail", "phone", "portal", "monitoring"),
            "subject": text,
            "desk_sla_met": boolean,
        },
        "ref customer_ref opened_at",
        {
            "customer_ref": "customers",
            "site_ref": "sites",
            "contact_ref": "contacts",
            "contract_ref": "contracts",
        },
    ),
    "ticket_events": _spec(
        {
            "ticket_ref": text,
            "seq": integer,
            "occurred_at": instant,
            "kind": one_of("created", "updated", "reply", "note"),
            "actor_kind": one_of("staff", "contact", "system"),
            "actor_ref": text,
            "public": boolean,
            "status": one_of(
                "new", "open", "waiting_customer", "waiting_vendor", "waiting_internal", "resolved", "closed"
            ),
            "priority": _PRIORITY,
            "impact": level,
            "urgency": level,
            "category": text,
            "subcategory": text,
            "queue": text,
            "assignee_ref": text,
            "pause_reason": text,
            "cleared": words(STATUS_VALUES),
            "source_key": text,
        },
        "ticket_ref seq occurred_at kind",
        {"ticket_ref": "tickets", "assignee_ref": "users"},
        ("ticket_ref", "seq"),
    ),
    "messages": _spec(
        {"ticket_ref": text, "seq": integer, "body": prose},
        "ticket_ref seq body",
        {"ticket_ref": "tickets"},
        ("ticket_ref", "seq"),
    ),
    "satisfaction": _spec(
        {
            "ticket_ref": text,
            "contact_ref": text,
            "asked_at": instant,
            "answered_at": instant,
            "score": score,
            "comment": prose,
        },
        "ticket_ref asked_at",
        {"ticket_ref": "tickets", "contact_ref": "contacts"},
        ("ticket_ref",),
    ),
    "time_entries": _spec(
        {
            "ref": text,
            "ticket_ref": text,
            "user_ref": text,
            "started_at": instant,
            "ended_at": instant,
            "minutes": integer,
            "work_type": one_of("remote", "on_site", "phone", "travel"),
            "billable": boolean,
            "entered_at": instant,
        },
        "ref ticket_ref user_ref started_at ended_at minutes work_type entered_at",
        {"ticket_ref": "tickets", "user_ref": "users"},
    ),
}
