"""What somebody is given of themselves, and what a company takes along when it leaves."""

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from operational.core.portable import export_tenant
from operational.core.warehouse import Warehouse
from operational.services import PERSONAL
from pipelines.extract.catalog import load_catalog
from pipelines.extract.run import extract
from tests.operational.api.conftest import Api, anyio_backend, api, keys_dir
from tests.operational.personal.people import CONTACT, FORMER, STAFF_EMAIL, People, settle

__all__ = ["anyio_backend", "api", "keys_dir"]
pytestmark = pytest.mark.anyio


@pytest.fixture
async def people(api: Api) -> People:
    return await settle(api)


async def given(people: People, path: str) -> tuple[dict[str, Any], str]:
    """The files of an export by table, and its index."""
    answer = await people.admin.post(f"/api/auth/{path}/data-export", None)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    files = {name: json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")}
    return {name.removesuffix(".json"): content for name, content in files.items()}, archive.read("index.html").decode()


def reads_the_warehouse(people: People) -> None:
    """Let the API read the house's warehouse, of which history is there and no view is built."""
    house, kernel = people.api.house, people.api.kernel
    extract(house.extractor, house.warehouse, load_catalog())
    made = replace(
        kernel, settings=replace(kernel.settings, serving_url=house.serving),
        warehouse=Warehouse(house.serving, kernel.clock),
    )  # fmt: skip
    people.api.app.state.kernel = made


async def a_contact_is_given_what_is_kept(people: People) -> None:
    reads_the_warehouse(people)
    files, index = await given(people, f"contacts/{people.contact_id}")
    ((contact),) = files["crm.contact"]["rows"]
    assert {name: contact[name] for name in CONTACT} == CONTACT
    assert files["crm.contact"]["fields"]["email"] == {"de": "E-Mail-Adresse", "en": "e-mail address"}
    # the account of the portal is theirs as well
    assert [row["id"] for row in files["auth.user_account"]["rows"]] == [str(people.portal_id)]
    assert [row["address"] for row in files["auth.session"]["rows"]] == ["192.0.2.9"]
    assert {row["before"]["name"] for row in files["crm.audit"]["rows"] if row["before"]} == {FORMER}
    why = {row["ticket_id"]: row["_why"] for row in files["tickets.message"]["rows"]}
    assert why == {str(people.ticket_id): "about", str(people.other_ticket_id): "named"}
    assert {row["recipient"] for row in files["core.mail_message"]["rows"]} == {CONTACT["email"], "chef@msp.example"}
    assert "digest" not in json.dumps(files)
    (state,) = files["warehouse"]["history"]["crm.contact"]
    assert (state["batch"], state["name"], state["phone"]) == (1, CONTACT["name"], CONTACT["phone"])
    for text in (
        "Auskunft über Ihre Daten",
        "Your data",
        "Geschäftsbriefe: sechs Jahre",
        "six years",
    ):
        assert text in index
    told = people.api.query(
        "select after from crm.audit where entity_id = %s and after ? 'exported'", people.contact_id
    )
    assert told == [({"exported": True},)]


async def staff_are_given_theirs_and_not_what_is_others(people: People) -> None:
    files, _ = await given(people, f"users/{people.staff_id}")
    assert [row["login"] for row in files["auth.credential"]["rows"]] == [STAFF_EMAIL]
    assert [row["minutes"] for row in files["tickets.time_entry"]["rows"]] == [5]
    assert {table for table in files if table.startswith("auth.")} >= {
        "auth.session", "auth.passkey", "auth.totp", "auth.api_key", "auth.identity", "auth.preference",
    }  # fmt: skip
    assert "secret" not in files["auth.totp"]["rows"][0]
    assert len(files["tickets.message"]["rows"]) == 3
    assert CONTACT["email"] not in json.dumps(files.get("crm.audit", {}))
    other = await people.admin.post(f"/api/auth/users/{people.contact_id}/data-export", None)
    assert (other.status_code, other.json()["code"]) == (404, "not_found")


def a_company_takes_its_rows_along_and_no_others(people: People, folder: Path) -> None:
    house = people.api.house
    note = 'two lines,\r\n"quoted"; and ä\n'
    people.api.query_write(
        "update tickets.message set body = %s where author_id = %s returning id", note, people.staff_id
    )
    foreign = people.api.customer("Fremde GmbH", house.other_tenant)
    target = folder / "main.zip"
    with target.open("w+b") as file:
        done = export_tenant(house.app, house.tenant, PERSONAL, file)
    archive = zipfile.ZipFile(target)
    archive.extractall(folder)
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert foreign not in "".join(p.read_text(encoding="utf-8") for p in (folder / "data").iterdir())
    counted = 0
    for one in package["resources"]:
        ((there,),) = people.api.query(f"select count(*) from {one['name']} where tenant_id = %s", house.tenant)
        assert one["rows"] == there == done.rows[one["name"]], one["name"]
        assert reads_back(folder, one) == there
        counted += there
    assert counted > 40
    everything = {str(table) for service in PERSONAL for table in service.metadata.sorted_tables}
    technical = {f"{service.schema}.{table}" for service in PERSONAL for table in service.technical}
    assert {one["name"] for one in package["resources"]} == everything - technical
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert "`auth.credential`: `password_hash`" in readme
    path = folder / "data" / "tickets.message.csv"
    bodies = duckdb.sql(f"select body from read_csv('{path}', header = true, quote = '\"', new_line = '\\r\\n')")
    assert (note,) in bodies.fetchall()


TYPES = {
    "string": "VARCHAR", "boolean": "BOOLEAN", "datetime": "TIMESTAMPTZ", "date": "DATE", "integer": "BIGINT",
    "number": "DECIMAL(38, 6)", "any": "JSON", "array": "VARCHAR[]",
}  # fmt: skip


def reads_back(folder: Path, resource: dict[str, Any]) -> int:
    """The rows DuckDB reads with the types and keys the description names."""
    fields = resource["schema"]["fields"]
    types = {f["name"]: "UUID" if f.get("format") == "uuid" else TYPES[f["type"]] for f in fields}
    columns = ", ".join(f"'{name}': '{kind.replace('VARCHAR[]', 'JSON')}'" for name, kind in types.items())
    connection = duckdb.connect()
    connection.execute(
        f"create table t as from read_csv('{folder / resource['path']}', header = true, auto_detect = false, "
        f"delim = ',', quote = '\"', escape = '\"', new_line = '\\r\\n', columns = {{{columns}}})"
    )
    ((count, keys),) = connection.execute("select count(*), count(distinct id) from t").fetchall()
    assert count == keys
    return int(count)


async def test_a_person_and_a_company_are_given_what_is_theirs(people: People, tmp_path: Path) -> None:
    await a_contact_is_given_what_is_kept(people)
    await staff_are_given_theirs_and_not_what_is_others(people)
    a_company_takes_its_rows_along_and_no_others(people, tmp_path)
