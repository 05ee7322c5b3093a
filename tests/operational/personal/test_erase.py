"""A person who is in every table is in none afterwards, and what laws say to keep is still there."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest

from pipelines.extract.catalog import load_catalog
from pipelines.extract.reconcile import reconcile
from pipelines.extract.run import extract
from tests.operational.api.conftest import Api, anyio_backend, api, keys_dir
from tests.operational.personal.people import (
    CONTACT,
    OF_CONTACT,
    OF_STAFF,
    STAFF,
    STAFF_EMAIL,
    People,
    settle,
    where,
)  # fmt: skip
from tests.operational.seal.conftest import Log

__all__ = ["anyio_backend", "api", "keys_dir"]
pytestmark = pytest.mark.anyio


@pytest.fixture
async def people(api: Api) -> People:
    return await settle(api)


async def erase(people: People, path: str, **body: Any) -> Any:
    return await people.admin.post(f"/api/auth/{path}/erasure", body)


async def let_go(people: People) -> None:
    path = f"/api/auth/users/{people.staff_id}"
    tag = (await people.admin.get(path)).headers["ETag"]
    last_day = (people.api.clock.now - timedelta(days=1)).date().isoformat()
    assert (await people.admin.patch(path, {"active_to": last_day}, tag)).status_code == 200


def lines(report: Any) -> dict[str, tuple[int, int, int]]:
    return {line["table"]: (line["erased"], line["replaced"], line["kept"]) for line in report["lines"]}


async def what_stays(people: People, name: str) -> None:
    """Records under the pseudonym, which can be read and worked with."""
    told = people.api.query("select subject, version > 1, contact_id from tickets.ticket order by number")
    assert told == [(f"Drucker von {name}", True, people.contact_id), (f"{name} und {STAFF}", True, None)]
    bodies = {row[0] for row in people.api.query("select body from tickets.message")}
    assert bodies == {
        f"Hallo, hier {name}. Rückruf bitte: {name}, {name}",
        f"Sehr geehrter Herr {name}, erledigt.\nViele Grüße, Anna",
        f"i. A. {STAFF}, {STAFF_EMAIL}", f"{name}? nein: {name}!",
    }  # fmt: skip
    # the portal user is logged out at once
    ((active_to,),) = people.api.query("select active_to from auth.user_account where id = %s", people.portal_id)
    assert active_to < people.api.clock.now.date()
    assert people.api.query("select count(*) from core.revocation where subject = %s", people.portal_id) == [(1,)]
    # the next change of the record finds a version of its own
    path = f"/api/crm/contacts/{people.contact_id}"
    found = await people.admin.get(path)
    assert (found.json()["name"], found.json()["email"]) == (name, None)
    assert (await people.admin.patch(path, {"role": "Leitung"}, found.headers["ETag"])).status_code == 200
    assert (await erase(people, f"contacts/{people.contact_id}")).json()["refused"] == "already_erased"


async def test_whoever_is_erased_is_found_nowhere(people: People, tmp_path: Path) -> None:
    await contact_is_erased_and_the_warehouse_follows(people, tmp_path)
    await staff_are_let_go_first_and_their_time_stays(people)


async def contact_is_erased_and_the_warehouse_follows(people: People, tmp_path: Path) -> None:
    house = people.api.house
    log = Log(house, tmp_path)
    assert extract(house.extractor, house.warehouse, load_catalog()).batch == 1
    before = where(house.superuser, OF_CONTACT)
    assert {
        "auth.audit", "auth.idempotency", "auth.user_account", "core.mail_message", "crm.audit", "crm.contact",
        "tickets.audit", "tickets.idempotency", "tickets.message", "tickets.ticket", "tickets.ticket_event",
        "vcio.pack_number",
    } <= set(before)  # fmt: skip
    assert "raw.crm__contact_history" in where(house.warehouse, OF_CONTACT)
    await anyio.to_thread.run_sync(log.seal)
    looked = await erase(people, f"contacts/{people.contact_id}")
    assert where(house.superuser, OF_CONTACT) == before
    assert looked.json()["refused"] is None

    done = await erase(people, f"contacts/{people.contact_id}", is_dry_run=False, confirm=CONTACT["name"])
    assert done.json() | {"is_dry_run": True} == looked.json()
    assert where(house.superuser, OF_CONTACT) == []
    assert lines(done.json()) == {
        "core.mail_message": (1, 1, 0), "auth.audit": (1, 0, 0), "auth.idempotency": (0, 1, 0),
        "auth.user_account": (0, 1, 0), "auth.user_role": (1, 0, 0), "auth.portal_membership": (1, 0, 0),
        "auth.one_time_link": (1, 0, 0), "auth.session": (1, 0, 0), "crm.audit": (2, 0, 0), "crm.contact": (0, 1, 0),
        "crm.contact_customer": (0, 0, 1), "tickets.audit": (1, 0, 0), "tickets.idempotency": (0, 3, 0),
        "tickets.ticket": (0, 2, 0), "tickets.ticket_event": (0, 1, 4), "tickets.message": (0, 3, 1),
        "tickets.satisfaction": (0, 1, 0), "vcio.pack_number": (0, 1, 0),
    }  # fmt: skip
    assert done.json()["documents"] == [str(people.ticket_id)]
    kept = [line["until"] for line in done.json()["lines"] if line["table"] in ("tickets.message", "crm.contact")]
    assert kept == [f"{people.api.clock.now.year + 6}-12-31"] * 2

    # the batch carries it: history too, and raw is what the desk is
    _, differing = reconcile(house.extractor, house.warehouse, load_catalog())
    assert differing == []
    assert where(house.warehouse, OF_CONTACT) == []
    states = house.ask("select _batch, name, sort_name is not null, email from raw.crm__contact_history order by 1")
    name = done.json()["pseudonym"]
    assert states == [(1, name, True, None), (2, name, True, None)]
    again, differing = reconcile(house.extractor, house.warehouse, load_catalog())
    assert (again.batch, differing) == (None, [])
    # the audit log is still whole
    await anyio.to_thread.run_sync(log.seal)
    accounts, found = log.verify()
    assert found == []
    assert accounts[house.tenant].erased == 4
    await what_stays(people, name)


async def staff_are_let_go_first_and_their_time_stays(people: People) -> None:
    house = people.api.house
    mine = await erase(people, f"users/{people.admin.user_id}")
    assert mine.json()["refused"] == "last_administrator"
    assert (await people.admin.get("/api/auth/me")).status_code == 200
    program = people.api.query_write(
        """insert into auth.user_account (tenant_id, name, kind, created_at) values (%s, 'Monitoring', 'service', now())
           returning id""",
        house.tenant,
    )[0][0]
    assert (await erase(people, f"users/{program}")).json()["refused"] == "no_person"
    active = await erase(people, f"users/{people.staff_id}", is_dry_run=False, confirm=STAFF)
    assert (active.status_code, active.json()["code"]) == (409, "still_active")
    await let_go(people)
    for confirm, code in ((None, "confirmation_needed"), ("Anna", "confirmation_differs")):
        refused = await erase(people, f"users/{people.staff_id}", is_dry_run=False, confirm=confirm)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert len(where(house.superuser, OF_STAFF)) > 8
    done = await erase(people, f"users/{people.staff_id}", is_dry_run=False, confirm=STAFF)
    assert where(house.superuser, OF_STAFF) == []
    extract(house.extractor, house.warehouse, load_catalog())
    assert where(house.warehouse, OF_STAFF) == []
    found = lines(done.json())
    gone = ("credential", "session", "refresh_token", "api_key", "passkey", "totp", "recovery_code", "identity",
            "preference", "login_challenge")  # fmt: skip
    assert {table: found[f"auth.{table}"][0] > 0 for table in gone} == dict.fromkeys(gone, True)
    assert found["tickets.time_entry"] == (0, 0, 1)
    assert people.api.query("select count(*) from tickets.time_entry where user_id = %s", people.staff_id) == [(1,)]
    (entry,) = [line for line in done.json()["lines"] if line["table"] == "tickets.time_entry"]
    assert entry["until"] == f"{people.api.clock.now.year + 8}-12-31"
    assert "§ 147 Abs. 1 Nr. 4" in entry["why_de"]
    # who did it is noted, and nothing of whom
    ((actor, after),) = people.api.query(
        "select actor_id, after from auth.audit where entity_id = %s and after is not null", people.staff_id
    )
    assert (actor, after["erased_as"]) == (people.admin.user_id, done.json()["pseudonym"])


async def test_whoever_is_called_the_same_keeps_their_name(people: People) -> None:
    """A namesake, and a company's number: replaced in the person's own records, and nowhere else."""
    theirs = people.api.query_write(
        "insert into crm.contact (tenant_id, name, email) values (%s, %s, %s) returning id",
        people.api.house.other_tenant, CONTACT["name"], CONTACT["email"],
    )[0][0]  # fmt: skip
    assert (await erase(people, f"contacts/{theirs}")).status_code == 404
    customer_id = people.api.customer("Andere")
    body = {"name": CONTACT["name"], "phone": CONTACT["phone"], "customer_id": customer_id}
    other = (await people.admin.post("/api/crm/contacts", body)).json()
    done = await erase(people, f"contacts/{people.contact_id}", is_dry_run=False, confirm=CONTACT["name"])
    assert done.json()["shared"] == 2
    kept = (await people.admin.get(f"/api/crm/contacts/{other['id']}")).json()
    assert (kept["name"], kept["phone"]) == (CONTACT["name"], CONTACT["phone"])
    tickets = dict(people.api.query("select id, subject from tickets.ticket"))
    assert "Öztürk" not in tickets[people.ticket_id]
    notes = people.api.query("select body from tickets.message where ticket_id = %s", people.other_ticket_id)
    assert notes == [("oeztuerk-meier, bernd? nein: BERND ÖZTÜRK-MEIER!",)]
    # another company's contact of that name is none of ours
    assert people.api.query("select name from crm.contact where id = %s", theirs) == [(CONTACT["name"],)]
