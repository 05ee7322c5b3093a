"""A member of the staff and a contact who are in every table, and a search that finds them in any."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from tests.operational.api.conftest import Api, Caller

CONTACT = {"name": "Bernd Öztürk-Meier", "email": "b.oeztuerk@kern.example", "phone": "+49 89 4711-08 15"}
FORMER = "Bernd Jägersberg"
STAFF = "Anna Katharina Musterfrau"
STAFF_EMAIL = "anna.musterfrau@msp.example"
# what must be found nowhere, in PostgreSQL's ILIKE
OF_CONTACT = (
    "%Öztürk%", "%oeztuerk-meier%", "%Jägersberg%", "%b.oeztuerk%", "%4711%08%15%", "%47110815%", "%192.0.2.9%",
)  # fmt: skip
OF_STAFF = ("%Musterfrau%",)


@dataclass
class People:
    """The two, with what they were in."""

    api: Api
    admin: Caller
    contact_id: UUID
    portal_id: UUID
    staff_id: UUID
    ticket_id: UUID
    other_ticket_id: UUID


def where(url: str, patterns: Sequence[str]) -> list[str]:
    """Every table of a database in which a row, written as text, has one of the patterns; views hold nothing else."""
    found = []
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            """select table_schema, table_name from information_schema.tables
               where table_schema !~ '^(pg_|information_schema)' and table_type = 'BASE TABLE' order by 1, 2"""
        ).fetchall()
        for table in tables:
            query = sql.SQL("select count(*) from {} t where t::text ilike any(%s)").format(sql.Identifier(*table))
            ((count,),) = connection.execute(query, (list(patterns),)).fetchall()
            if count:
                found.append(".".join(table))
    return found


async def settle(api: Api) -> People:
    """Let both work, and leave them in every table that may name them."""
    admin = await api.caller("admin")
    customer_id = api.customer()
    made = await admin.post(
        "/api/crm/contacts",
        {**CONTACT, "name": FORMER, "customer_id": customer_id, "role": "Einkauf", "language": "de"},
    )
    contact = made.json()
    renamed = await admin.patch(f"/api/crm/contacts/{contact['id']}", {"name": CONTACT["name"]}, made.headers["ETag"])
    assert renamed.status_code == 200, renamed.text
    portal = await admin.post(
        "/api/auth/portal-users",
        {"contact_id": contact["id"], "email": CONTACT["email"], "customer_ids": [customer_id]},
    )
    assert portal.status_code == 201, portal.text
    staff_id = api.add_login(STAFF_EMAIL, "technician")
    api.query_write("update auth.user_account set name = %s, version = 1 where id = %s returning id", STAFF, staff_id)
    logged_in = await api.log_in(STAFF_EMAIL)
    staff = Caller(api.client, staff_id, logged_in.json())
    ticket = await staff.post(
        "/api/tickets",
        {
            "customer_id": customer_id, "contact_id": contact["id"], "subject": "Drucker von Bernd Öztürk-Meier",
            "description": "Hallo, hier Bernd. Rückruf bitte: 089 / 47110815, b.oeztuerk@kern.example",
        },
    )  # fmt: skip
    assert ticket.status_code == 201, ticket.text
    ticket_id = ticket.json()["id"]
    for body in ("Sehr geehrter Herr Öztürk-Meier, erledigt.\nViele Grüße, Anna", f"i. A. {STAFF}, {STAFF_EMAIL}"):
        assert (await staff.post(f"/api/tickets/{ticket_id}/reply", {"body": body})).status_code == 201
    spent = {"started_at": (api.clock.now - timedelta(hours=1)).isoformat(), "minutes": 5}
    assert (await staff.post(f"/api/tickets/{ticket_id}/time", spent)).status_code == 201
    # somebody else's ticket, in which both are named
    other = await admin.post("/api/tickets", {"customer_id": customer_id, "subject": f"Für {STAFF}: anrufen"})
    other_id = other.json()["id"]
    note = await admin.post(
        f"/api/tickets/{other_id}/note", {"body": "oeztuerk-meier, bernd? nein: BERND ÖZTÜRK-MEIER!"}
    )
    assert note.status_code == 201
    tag = (await admin.get(f"/api/tickets/{other_id}")).headers["ETag"]
    changed = await admin.patch(f"/api/tickets/{other_id}", {"subject": f"{FORMER} und {STAFF}"}, tag)
    assert changed.status_code == 200, changed.text
    people = People(
        api, admin, UUID(contact["id"]), UUID(portal.json()["id"]), staff_id, UUID(ticket_id), UUID(other_id)
    )
    _besides(people)
    return people


def _besides(people: People) -> None:
    """Rows only certain circumstances leave."""
    tenant, now = people.api.house.tenant, people.api.clock.now
    ticket, staff, contact = people.ticket_id, people.staff_id, people.contact_id
    rows: dict[str, tuple[Any, ...]] = {
        """auth.session (tenant_id, user_id, kind, address, created_at, last_used_at, expires_at)
           values (%s, %s, 'browser', '192.0.2.9', now(), now(), now() + interval '1 day')""": (people.portal_id,),
        """tickets.satisfaction (tenant_id, ticket_id, contact_id, asked_at, answered_at, score, comment)
           values (%s, %s, %s, %s, %s, 5, %s)""": (ticket, contact, now, now, "Gern wieder. B. Ö."),
        "tickets.timer (tenant_id, user_id, ticket_id, started_at) values (%s, %s, %s, %s)": (staff, ticket, now),
        """auth.passkey (tenant_id, user_id, credential_id, public_key, sign_count, name, created_at)
           values (%s, %s, 'c', 'k', 1, %s, %s)""": (staff, f"Handy von {STAFF}", now),
        "auth.totp (tenant_id, user_id, secret, created_at) values (%s, %s, 'x', %s)": (staff, now),
        "auth.recovery_code (tenant_id, user_id, digest) values (%s, %s, 'x')": (staff,),
        """auth.api_key (tenant_id, user_id, name, digest, hint, created_at) values (%s, %s, %s, 'd', 'h', %s)""": (
            staff, f"Skript {STAFF}", now),
        """auth.login_challenge (tenant_id, user_id, digest, expires_at) values (%s, %s, 'c', %s)""": (staff, now),
        "auth.preference (tenant_id, user_id, name, value) values (%s, %s, 'view', %s)": (
            staff, Jsonb({"text": STAFF})),
        """core.mail_message (tenant_id, id, kind, recipient, subject, body, is_secret, status, is_uncertain, attempts,
           created_at, next_attempt_at) values (%s, gen_random_uuid(), 'note', 'chef@msp.example', %s, %s, false,
           'sent', false, 1, now(), now())""": (f"Neu: {CONTACT['name']}", f"ruf {CONTACT['phone']} an, sagt {STAFF}"),
        """vcio.pack (tenant_id, id, customer_id, quarter, language, period_start, period_end, batch, built_at,
           file_sha256) select %s, %s, customer_id, '2026Q1', 'de', '2026-01-01', '2026-04-01', 1, now(), 'x'
           from tickets.ticket where id = %s""": (ticket, ticket),
        """vcio.pack_number (tenant_id, pack_id, evidence_id, label, unit, printed, parameters, inputs)
           values (%s, %s, 'E01', %s, 'count', '3', %s, '[]')""": (
            ticket, f"Neu: {CONTACT['name']}", Jsonb({"contact_id": str(contact)})),
        """auth.identity_provider (tenant_id, name, preset, issuer, client_id, scopes, allowed_domains, is_enabled,
           link_by_verified_email, trusts_email, creates_accounts, default_roles, created_at)
           values (%s, 'IdP', 'generic', 'https://127.0.0.1:1', 'c', '{openid}', '{}', true, false, false, false, '{}',
           now())""": (),
        """auth.identity (tenant_id, provider_id, user_id, subject, email, linked_by, linked_at)
           select tenant_id, id, %s, %s, %s, 'administrator', now() from auth.identity_provider where tenant_id = %s
           limit 1""": (),
    }  # fmt: skip
    with psycopg.connect(people.api.house.owner) as owner:
        for query, values in rows.items():
            if query.startswith("auth.identity ("):
                owner.execute(f"insert into {query}", (staff, STAFF_EMAIL, STAFF_EMAIL, tenant))  # type: ignore[arg-type]
            else:
                owner.execute(f"insert into {query}", (tenant, *values))  # type: ignore[arg-type]
        # a foreign system's own words
        owner.execute(
            "update tickets.ticket set source_fields = %s where id = %s", (Jsonb({"caller": CONTACT["name"]}), ticket)
        )
        owner.execute(
            "update tickets.ticket_event set actor_name = %s where ticket_id = %s and seq = 1",
            (CONTACT["name"], ticket),
        )
