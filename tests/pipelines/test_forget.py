"""After an erasure the warehouse, refreshed, has nothing of the person in any layer, and every figure it had."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from operational.core.db import Database
from operational.core.personal.asked import Asked
from operational.core.principal import Principal
from operational.core.revocations import Revocations
from operational.services import PERSONAL
from pipelines.extract.catalog import load_catalog
from pipelines.extract.reconcile import reconcile
from pipelines.warehouse.project import run_dbt
from tests.operational.personal.people import where

# who has reported most, and a technician who has left
CONTACT = """
select 'contact', c.id, c.name, c.email from crm.contact c join tickets.ticket t on t.contact_id = c.id
where (select count(*) from crm.contact o where o.name = c.name) = 1 and c.email is not null
group by c.id order by count(*) desc, c.id limit 1
"""
TECHNICIAN = """
update auth.user_account u set active_to = '2026-01-31'
where u.id = (select user_id from tickets.time_entry group by user_id order by count(*) desc, user_id limit 1)
returning 'user', u.id, u.name, u.email
"""
FIGURES = """
select (select count(*) from serving.desk_tickets), (select sum(minutes) from serving.desk_time_entries),
       (select count(*) from serving.contacts), (select count(*) from serving.technicians),
       (select max(tickets) from serving.desk_callers), (select sum(score) from serving.desk_satisfaction)
"""


def erase(house: Any, *people: tuple[str, UUID]) -> list[str]:
    """Erase them as the command line does; returns what they are called then."""

    async def run() -> list[str]:
        database = Database(house.app, pool_size=1)
        asked = Asked(database, PERSONAL, Revocations(timedelta(minutes=15), lambda: None), Principal(house.tenant))
        try:
            return [(await asked.erase(kind, one)).pseudonym for kind, one in people]
        finally:
            await database.close()

    return asyncio.run(run())


def test_nothing_of_an_erased_person_is_left_in_any_layer(built_copy: Any, tmp_path: Path) -> None:
    house = built_copy
    with psycopg.connect(house.owner) as owner:
        people = [owner.execute(query).fetchone() for query in (CONTACT, TECHNICIAN)]
    words = [f"%{word}%" for found in people if found for word in found[2:] if word]
    assert len(words) >= 3
    before = house.ask(FIGURES)
    name = people[0][2] if people[0] else ""
    for table in ("raw.crm__contact_history", "marts.dim_contact", "serving.contacts"):
        assert house.ask(f"select count(*) from {table} where name = '{name}'") == [(1,)]
    names = erase(house, *((found[0], found[1]) for found in people if found))
    _, differing = reconcile(house.extractor, house.warehouse, load_catalog())
    assert differing == []
    # the models that hold a name or a text; the others are made of these
    named = ("dim_contact", "dim_user", "fct_ticket", "fct_ticket_event")
    run_dbt("run", "--select", *named, environment=house.settings.environment(), target=tmp_path)
    assert where(house.warehouse, words) == []
    for view in ("contacts", "technicians", "desk_tickets"):
        found = house.ask(f"select count(*) from serving.{view} v where v::text ilike any(array{words})")
        assert found == [(0,)], view
    assert where(house.superuser, words) == []
    assert house.ask(FIGURES) == before
    told = house.ask("select name from serving.contacts union select name from serving.technicians")
    assert sorted(name for (name,) in told if str(name).startswith("Person ")) == sorted(names)
