"""What goes on behind the desk: an administrator sees what failed, and decides."""

from collections.abc import Callable
from uuid import uuid4

import psycopg
from playwright.sync_api import Page, expect

from infra.local.home import Home
from tests.e2e.conftest import Desk, Stack

PARKED = """
insert into core.parked_event (id, tenant_id, consumer, event_id, topic, aggregate, aggregate_id, aggregate_version,
    occurred_at, payload, status, attempts, last_error, parked_at, next_attempt_at)
select gen_random_uuid(), id, %s, gen_random_uuid(), 'tickets.ticket_changed.v1', 'ticket', gen_random_uuid(), 3,
    now(), '{"status": "resolved"}', 'dead', 12, 'RuntimeError: the line is too long', now(), now()
from auth.tenant where slug = 'nordlicht'
"""
FAILED = """
insert into core.job_state (tenant_id, job, last_started_at, failures, last_error, last_error_at)
select id, 'crm.housekeeping', now(), 1, 'RuntimeError: the disk is full', now() from auth.tenant
where slug = 'nordlicht'
on conflict (tenant_id, job) do update set failures = 1, last_error = excluded.last_error, last_error_at = now(),
    last_succeeded_at = null
"""


def test_what_failed_is_seen_and_decided(desk: Desk, stack: Stack, axe: Callable[[Page], list[str]]) -> None:
    consumer = f"billing.{uuid4().hex[:8]}"
    with psycopg.connect(Home(stack.psa.home).url("owner", "psa")) as owner:
        owner.execute(PARKED, (consumer,))
        owner.execute(FAILED)
    page = desk.log_in("chef", "/background")
    page.get_by_role("row", name="Aufräumen (Kunden)").click()
    job = page.get_by_role("article", name="Aufräumen (Kunden)")
    expect(job).to_contain_text("RuntimeError: the disk is full")
    found = axe(page)
    job.get_by_role("button", name="Gesehen").click()
    expect(page.get_by_text("Der Fehler ist abgelegt.")).to_be_visible()
    expect(job.get_by_text("RuntimeError")).to_have_count(0)
    page.get_by_role("link", name="Ereignisse").click()
    page.get_by_role("row", name=consumer).click()
    event = page.get_by_role("article")
    expect(event).to_contain_text("12 Versuche sind misslungen")
    expect(event).to_contain_text('"status": "resolved"')
    assert found + axe(page) == []
    event.get_by_role("button", name="Verwerfen").click()
    page.get_by_role("dialog").get_by_role("button", name="Verwerfen").click()
    expect(event).to_contain_text("Verworfen am")
    expect(event.get_by_role("button", name="Verwerfen")).to_have_count(0)
