"""Writes the files of the import format."""

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from operational.demo.calendar import Horizon, written
from operational.demo.contracts import Book, holidays_of, targets
from operational.demo.journal import Ticket, columns
from operational.demo.messages import Messages
from operational.demo.satisfaction import Answer
from operational.demo.simulation import Played, Setting
from operational.demo.world import Customer
from operational.imports.fields import escaped
from operational.imports.format import FILES, FORMAT

SYSTEM = "demo"


def write_files(out: Path, setting: Setting, played: Played, messages: Messages) -> None:
    """Write every file of `psa-import/1` into the folder, which is made when missing; older files are replaced."""
    horizon, tickets, people = setting.span, played.tickets, setting.firm.technicians
    out.mkdir(parents=True, exist_ok=True)
    _write(
        out,
        "users",
        ((t.ref, t.name, t.email, t.team, t.active_from, t.active_to) for t in people),
    )
    _customers(out, setting.customers)
    _service_levels(out, setting.book, horizon)
    _write(out, "tickets", (_ticket(ticket) for ticket in tickets))
    assert tuple(FILES["ticket_events"].columns) == tuple(columns())
    with (out / "ticket_events.csv").open("w", encoding="utf-8", newline="\n") as handle:
        handle.write(",".join(columns()) + "\n")
        for ticket in tickets:
            handle.write("\n".join(ticket.lines) + "\n")
    _write(
        out,
        "time_entries",
        (
            (e.ref, e.ticket_ref, e.user_ref, written(e.start), written(e.end), (e.end - e.start) // 60, e.mode,
             e.billable, written(e.entered))
            for e in played.sheet.entries
        ),
    )  # fmt: skip
    texts = ((ticket, *text) for ticket in tickets for text in messages.of(ticket))
    _write(out, "messages", ((ticket.ref, seq, escaped(body)) for ticket, seq, body in texts))
    _write(out, "satisfaction", map(_answer, played.survey.answers))
    _manifest(out, horizon)


def _customers(out: Path, customers: Sequence[Customer]) -> None:
    _write(
        out,
        "customers",
        (
            (c.ref, c.name, c.sector, c.country, c.subdivision, c.city, c.seats, c.since, c.until)
            for c in customers
        ),
    )  # fmt: skip
    _write(
        out,
        "sites",
        ((s.ref, c.ref, s.name, s.country, s.subdivision, s.city) for c in customers for s in c.sites),
    )
    _write(
        out,
        "contacts",
        ((k.ref, k.name, k.email, k.phone, k.role, k.vip, k.language) for c in customers for k in c.contacts),
    )
    _write(
        out,
        "contact_customers",
        ((k.ref, c.ref, k.site_ref, not rank) for c in customers for rank, k in enumerate(c.contacts)),
    )


def _service_levels(out: Path, book: Book, horizon: Horizon) -> None:
    calendars = book.calendars.values()
    _write(out, "calendars", ((c.ref, c.name, c.zone, c.windows) for c in calendars))
    _write(
        out,
        "calendar_holidays",
        ((c.ref, day, name) for c in calendars for day, name in holidays_of(c, horizon).items()),
    )
    _write(out, "sla_policies", targets())
    _write(
        out,
        "contracts",
        (
            (c.ref, c.customer_ref, c.name, c.kind, c.starts_on, c.ends_on,
             None if c.monthly_fee is None else f"{c.monthly_fee // 100}.{c.monthly_fee % 100:02d}", c.currency,
             c.included_minutes, c.policy, c.calendar)
            for c in book.contracts
        ),
    )  # fmt: skip


def _ticket(ticket: Ticket) -> tuple[Any, ...]:
    plan, contract = ticket.plan, ticket.contract
    return (
        ticket.ref, ticket.customer_ref, plan.site_ref, ticket.contact_ref, contract and contract.ref,
        written(plan.opened), plan.channel, plan.subject, None,
    )  # fmt: skip


def _answer(answer: Answer) -> tuple[Any, ...]:
    answered = "" if answer.answered is None else written(answer.answered)
    return (
        answer.ticket.ref, answer.contact_ref, written(answer.asked), answered, answer.score, escaped(answer.comment),
    )  # fmt: skip


def _write(out: Path, name: str, rows: Iterable[Sequence[Any]]) -> None:
    with (out / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(FILES[name].columns)
        writer.writerows([_text(value) for value in row] for row in rows)


def _text(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _manifest(out: Path, horizon: Horizon) -> None:
    manifest = {
        "format": FORMAT,
        "system": SYSTEM,
        "timezone": "Europe/Berlin",
        "covers_from": horizon.first.isoformat(),
        "covers_to": horizon.last.isoformat(),
    }
    (out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
