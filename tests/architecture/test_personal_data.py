"""Every table says whether people are in it: a new one that does not fails here, as does a column nobody thought of."""

import dataclasses
import re
from typing import Any, get_args, get_type_hints
from uuid import UUID

import pytest
from sqlalchemy import Table

from operational.core.personal.declared import PLAIN, PersonalData
from operational.core.personal.laws import LAWS
from operational.services import PERSONAL, SERVICES

TABLES = [(service, table) for service in PERSONAL for table in service.metadata.sorted_tables]
IDS = [str(table) for _, table in TABLES]
# what a column of a person's is called
TELLING = re.compile(
    r"(^|_)(name|email|mail|phone|mobile|login|address|ip|recipient|user_agent|user_id|contact_id|author_id|actor_id|"
    r"assignee_id|subject|body|comment|note|text|birth\w*|photo|signature)$"
)
NAMING = re.compile(r"(user|contact|author|actor)_id")
# called so, and of no person: a thing's own name, or what a service account or the provider is called
OF_THINGS = {
    "auth.tenant.name", "auth.role.name", "auth.identity_provider.name", "auth.provider_group_role.group_name",
    "auth.provider_group_role.role_name", "auth.identity_provider.link_by_verified_email",
    "auth.identity_provider.trusts_email", "crm.customer.name", "crm.customer.sort_name", "crm.site.name",
    "crm.site.sort_name", "crm.contract.name", "crm.contract.sort_name", "tickets.calendar_holiday.name",
    "tickets.calendar.name", "tickets.sla_policy.name", "crm.tombstone.table_name", "auth.tombstone.table_name",
    "tickets.tombstone.table_name", "vcio.tombstone.table_name",
    # who did it, by id: what they did is for seven days in the outbox
    "auth.outbox.actor_id", "crm.outbox.actor_id", "tickets.outbox.actor_id",
}  # fmt: skip
# texts an event may carry, none of them written by somebody or about somebody
STATES = {"number", "status", "status_category", "priority"}


def test_every_service_with_tables_declares_them() -> None:
    keeping = {service.name for service in SERVICES if service.metadata.tables}
    assert {service.schema for service in PERSONAL} == keeping | {"core"}


@pytest.mark.parametrize(("service", "table"), TABLES, ids=IDS)
def test_a_table_is_declared_or_says_why_nobody_is_in_it(service: PersonalData, table: Table) -> None:
    declared, reason = service.tables.get(table.name), service.impersonal.get(table.name)
    assert (declared is None) != (reason is None), (
        f"{table}: write it into {service.schema}/personal.yaml, in one place"
    )


@pytest.mark.parametrize(("service", "table"), TABLES, ids=IDS)
def test_every_column_of_a_declared_table_is_told_or_secret(service: PersonalData, table: Table) -> None:
    declared = service.tables.get(table.name)
    if declared is None:
        return
    computed = {column.name for column in table.c if column.computed is not None}
    known = {*declared.fields, *service.secret.get(table.name, ()), *PLAIN, *computed}
    assert set(table.c.keys()) == known & set(table.c.keys()), f"{table} has columns nobody is told of"


@pytest.mark.parametrize(("service", "table"), TABLES, ids=IDS)
def test_no_column_that_tells_of_a_person_is_in_a_table_without_people(service: PersonalData, table: Table) -> None:
    if table.name in service.impersonal:
        telling = {f"{table}.{name}" for name in list(table.c.keys()) if TELLING.search(name)}
        assert telling <= OF_THINGS, f"declare {telling - OF_THINGS}"


def test_what_is_not_looked_for_in_text_is_no_text_of_anybody() -> None:
    """A column erasing leaves as it is holds an id, a state or a number, or its row goes."""
    free = {
        "name",
        "email",
        "phone",
        "login",
        "body",
        "subject",
        "comment",
        "recipient",
        "user_agent",
        "label",
        "value",
    }
    for service in PERSONAL:
        for declared in service.tables.values():
            if declared.erase != "change":
                continue
            left = free & set(declared.table.c.keys()) - set(declared.changing)
            allowed = {"value"} if str(declared.table) == "vcio.pack_number" else set()
            assert left <= allowed, f"{declared.table}: {left}"


def test_whoever_is_named_by_an_id_is_asked_for_by_it() -> None:
    for service in PERSONAL:
        for declared in service.tables.values():
            naming = {name for name in set(declared.table.c.keys()) if NAMING.fullmatch(name)}
            asked = {column for columns in declared.whose.values() for column in columns}
            assert naming <= asked, f"{declared.table} does not ask for {naming - asked}"


def test_laws_are_used_and_terms_begin_with_the_end_of_the_year() -> None:
    used = {d.law.name for service in PERSONAL for d in service.tables.values() if d.law}
    assert used == set(LAWS)


def event_types() -> list[type[Any]]:
    import importlib

    found = []
    for service in SERVICES:
        if service.table("outbox") is not None:
            module = importlib.import_module(f"operational.{service.name}.events")
            found += [value for value in vars(module).values() if dataclasses.is_dataclass(value)]
    return found


def test_events_carry_ids_and_states_and_nothing_anybody_is_called() -> None:
    """The outbox cannot be changed, so nothing may be in it that would have to be."""
    types = event_types()
    assert len(types) > 5
    for event in types:
        hints = get_type_hints(event)
        for field in dataclasses.fields(event):
            kinds = set(get_args(hints[field.name])) or {hints[field.name]}
            plain = kinds <= {UUID, bool, int, type(None), *(k for k in kinds if "datetime" in str(k))}
            assert plain or field.name in {*STATES, "changed"}, f"{event.__name__}.{field.name}"
