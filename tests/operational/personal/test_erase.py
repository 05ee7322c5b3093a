"""A person who is in every table is in none afterwards, and what laws say to keep is still there."""

from typing import Any

import psycopg
import pytest

from pipelines.extract.catalog import load_catalog
from pipelines.extract.reconcile import reconcile
from pipelines.extract.run import extract
from tests.operational.api.conftest import Api, anyio_backend, api, keys_dir
from tests.operational.personal.people import CONTACT, OF_CONTACT, OF_STAFF, STAFF, People, settle, where

__all__ = ["anyio_backend", "api", "keys_dir"]
pytestmark = pytest.mark.anyio


@pytest.fixture
async def people(api: Api) -> People:
    return await settle(api)


async def erase(people: People, path: str, **body: Any) -> Any:
    return await people.admin.post(f"/api/auth/{path}/erasure", body)


async def test_a_contact_is_erased_everywhere(people: People) -> None:
    house = people.api.house
    batch = extract(house.extractor, house.warehouse, load_catalog())
    assert batch.batch == 1
    before = where(house.superuser, OF_CONTACT)
    assert {"crm.contact", "crm.audit", "tickets.message", "core.mail_message", "auth.user_account"} <= set(before)
    assert "raw.crm__contact_history" in where(house.warehouse, OF_CONTACT)
    looked = await erase(people, f"contacts/{people.contact_id}")
    assert where(house.superuser, OF_CONTACT) == before
    done = await erase(people, f"contacts/{people.contact_id}", is_dry_run=False, confirm=CONTACT["name"])
    assert done.status_code == 200, done.text
    assert done.json() | {"is_dry_run": True} == looked.json()
    print(done.json())
    assert where(house.superuser, OF_CONTACT) == []
    _, differing = reconcile(house.extractor, house.warehouse, load_catalog())
    assert differing == []
    assert where(house.warehouse, OF_CONTACT) == []
    with psycopg.connect(house.superuser) as psa:
        kept = psa.execute("select subject from tickets.ticket order by number").fetchall()
    assert kept == []


async def test_staff(people: People) -> None:
    house = people.api.house
    extract(house.extractor, house.warehouse, load_catalog())
    looked = await erase(people, f"users/{people.staff_id}")
    print(looked.json())
    assert looked.json()["refused"] == "still_active"
    print(where(house.superuser, OF_STAFF))
