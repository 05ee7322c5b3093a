"""Lists of the crm service in German order: by the API, by imports, and in a database that was there before."""

import random
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from alembic import command
from psycopg import sql

from infra.local.bootstrap import ensure_database
from operational.core.migrate import alembic_config, install_kernel, one_transaction, upgrade
from operational.core.sorting import german_key
from operational.crm.module import module as crm
from tests.conftest import LOADERS

# as a German reader looks for them, by hand
ORDERED = [
    "2 Brüder GmbH",
    "10 Freunde e. V.",
    "Abel",
    "Adler",
    "Äpfel & Birnen",
    "Apfelhof",
    "Ärzte am Ring",
    "Azur",
    "Étage 7",
    "Ewald",
    "Filiale 9",
    "Filiale 09 Süd",
    "Filiale 10",
    "Große Burg",
    "Grosse Straße",
    "GROSSMARKT",
    "Łukasz IT",
    "Lüneburg",
    "Muller",
    "Müller",
    "muller",
    "Müller & Söhne",
    "Œuvre",
    "Öl",
    "Ølsen",
    "Zimmer",
    "zu Hause",
]
TRICKY = [
    *("", " ", "ẞ", "ß", "İstanbul", "ısı", "Ǆ", "ﬁsch", "Σίσυφος", "ΣΑΣ", "Жук жук", "株式会社", "a\u0308", "ä"),
    *(
        "🙂 B",
        "x\ny",
        "a'b\\1",
        "007",
        "7",
        "0",
        "00000000000",
        "1234567890123",
        "Raum 1.10.2",
        "a" * 300,
        "9" * 300,
        "ü" * 300,
    ),
    *("  vorn", "hinten  ", "Þór", "Ðor", "Æ", "œ", "Ħ", "Ø", "%(name)s", "Å", "\u212b", "e\u0301\u0323"),
]
LETTERS = {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i"}


def key_by_hand(name: str) -> str:
    """What `german_key` says, written down a second time."""
    apart = "".join(c for c in unicodedata.normalize("NFD", name.strip(" ")) if not "\u0300" <= c <= "\u036f")
    # the server knows no other lower case of a letter than one letter
    small = "".join(c.lower() if len(c.lower()) == 1 else c for c in apart)
    plain = "".join(LETTERS.get(c, c) for c in small)
    parts, digits = [], ""
    for character in plain + "\0":
        if character in "0123456789":
            digits += character
            continue
        if digits:
            parts.append(digits.lstrip("0").rjust(10, "0"))
            digits = ""
        parts.append(character)
    return "".join(parts)[:-1][:100] + "\x01" + name[:100]


def shuffled(seed: int) -> list[str]:
    names = list(ORDERED)
    random.Random(seed).shuffle(names)
    return names


async def names_of(caller: Any, path: str, limit: int, **filters: str) -> list[str]:
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = (await caller.get(path, limit=limit, **filters, **({"cursor": cursor} if cursor else {}))).json()
        found += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


@pytest.mark.anyio
@pytest.mark.parametrize("limit", [1, 4, 200])
async def test_customers_made_by_the_api_are_listed_in_german_order(api: Any, limit: int) -> None:
    vera = await api.caller("vcio")
    for name in shuffled(limit):
        assert (await vera.post("/api/crm/customers", {"name": name})).status_code == 201
    assert await names_of(vera, "/api/crm/customers", limit) == ORDERED
    assert "sort_name" not in (await vera.get("/api/crm/customers", limit=1)).json()["items"][0]


@pytest.mark.anyio
async def test_a_new_name_is_a_new_place(api: Any) -> None:
    vera = await api.caller("vcio")
    made = [(await vera.post("/api/crm/customers", {"name": name})).json() for name in ("Zander", "Adler", "Ulm")]
    changed = await vera.patch(f"/api/crm/customers/{made[0]['id']}", {"name": "Äcker"}, '"1"')
    assert changed.status_code == 200
    assert await names_of(vera, "/api/crm/customers", 2) == ["Äcker", "Adler", "Ulm"]


@pytest.mark.anyio
async def test_people_and_places_are_listed_like_customers(api: Any) -> None:
    vera = await api.caller("vcio")
    customer = api.customer()
    for name in shuffled(5):
        answer = await vera.post("/api/crm/contacts", {"name": name, "customer_id": customer})
        assert answer.status_code == 201
        api.query_write(
            "insert into crm.site (tenant_id, customer_id, name) values (%s, %s, %s) returning id",
            api.house.tenant, customer, name,
        )  # fmt: skip
    for path in ("/api/crm/contacts", "/api/crm/sites"):
        assert await names_of(vera, path, 5) == ORDERED
        assert await names_of(vera, path, 5, customer_id=customer) == ORDERED
    assert await names_of(vera, "/api/crm/contacts", 1, text="müll") == ["Müller", "Müller & Söhne"]


@pytest.mark.anyio
async def test_a_long_foreign_name_fits_a_cursor(api: Any) -> None:
    vera = await api.caller("vcio")
    names = [letter * 290 for letter in ("ü", "Ж", "株")]
    for name in names:
        await vera.post("/api/crm/customers", {"name": name})
    assert await names_of(vera, "/api/crm/customers", 1) == names


@pytest.mark.anyio
async def test_a_cursor_of_the_order_before_is_refused(api: Any) -> None:
    from operational.core.pagination import PageRequest, Sort, page_of
    from operational.crm.models import customer

    vera = await api.caller("vcio")
    before = PageRequest("crm.customer", Sort(customer.c.name, customer.c.id, str), {"text": None}, 1, None)
    cursor = page_of([1, 2], before, lambda _: ("Müller", uuid4()))[1]
    answer = await vera.get("/api/crm/customers", cursor=str(cursor))
    assert (answer.status_code, answer.json()["code"]) == (400, "cursor_mismatch")


def test_imported_names_have_their_place_and_importing_again_changes_nothing(house: Any) -> None:
    fields = ("sector", "country", "subdivision", "city", "seats", "since", "until")
    records = [{"ref": name, "name": name, **dict.fromkeys(fields)} for name in shuffled(3)]
    with psycopg.connect(house.app, autocommit=True) as app:
        for expected in ((len(ORDERED), 0), (0, 0)):
            with app.transaction():
                app.execute("select set_config('app.tenant_id', %s, true)", (str(house.tenant),))
                written = LOADERS["customers"](app, house.tenant, "test", records)["customers"]
                assert (written.inserted, written.changed) == expected
    assert [name for (name,) in house.query("select name from crm.customer order by sort_name")] == ORDERED


def test_the_key_is_what_din_5007_says(house: Any) -> None:
    random_letters = random.Random(1)
    alphabet = "aAäÄbßẞeéÉzZ0019 -&.ØłŒÞσΣжЖ\u0301\u0308"
    names = TRICKY + ["".join(random_letters.choices(alphabet, k=random_letters.randint(0, 30))) for _ in range(2000)]
    with psycopg.connect(house.app) as app:
        keys = app.execute(
            sql.SQL("select name, {} from unnest(%s::text[]) name").format(sql.SQL(german_key("name"))), (names,)
        ).fetchall()
    assert {name: key for name, key in keys if key != key_by_hand(name)} == {}
    assert sorted(ORDERED, key=key_by_hand) == ORDERED


def test_the_app_finds_its_place_in_the_list_by_index(house: Any) -> None:
    with psycopg.connect(house.owner) as owner:
        owner.execute(
            "insert into crm.customer (tenant_id, name) select %s, 'Kunde ' || n from generate_series(1, 2000) n",
            (house.tenant,),
        )
    with psycopg.connect(house.owner, autocommit=True) as owner:
        owner.execute("analyze crm.customer")
    with psycopg.connect(house.app) as app:
        app.execute("select set_config('app.tenant_id', %s, true)", (str(house.tenant),))
        plan = "\n".join(
            row[0]
            for row in app.execute(
                """explain select id, name from crm.customer where tenant_id = %s and sort_name >= 'kunde 0000001500'
                   order by sort_name, id limit 51""",
                (house.tenant,),
            )
        )
    assert "Index Scan using ix_customer_tenant_id_sort_name" in plan
    assert "sort_name >= " in next(line for line in plan.splitlines() if "Index Cond" in line)


@pytest.fixture
def old_database(cluster: Any) -> Iterator[str]:
    """The address of a database whose crm schema has revision 0002, and names in it."""
    name = f"old_{uuid4().hex[:12]}"
    with psycopg.connect(cluster.url("superuser", "postgres"), autocommit=True) as superuser:
        superuser.execute(f"create database {name} owner psa_owner")
        ensure_database(superuser, name, "psa")
        url = cluster.url("owner", name)
        with one_transaction(url) as connection:
            install_kernel(connection)
            connection.exec_driver_sql("create schema crm")
            command.upgrade(alembic_config(crm, connection), "0002")
        yield url
        superuser.execute(f"drop database {name} with (force)")


def test_a_database_of_the_version_before_gets_its_keys(old_database: str) -> None:
    tenant = uuid4()
    with psycopg.connect(old_database) as owner:
        for name in [*shuffled(9), *TRICKY]:
            owner.execute("insert into crm.customer (tenant_id, name) values (%s, %s)", (tenant, name))
            owner.execute("insert into crm.contact (tenant_id, name) values (%s, %s)", (tenant, name))
        owner.execute(
            "insert into crm.site (tenant_id, customer_id, name) select tenant_id, id, name from crm.customer"
        )
        owner.execute(
            """insert into crm.contract (tenant_id, customer_id, name, kind, starts_on)
               select tenant_id, id, name, 'flat', %s from crm.customer""",
            (datetime(2026, 1, 1, tzinfo=UTC).date(),),
        )
    for _ in range(2):
        upgrade(old_database, [crm])
    with psycopg.connect(old_database) as owner:
        for table in ("customer", "contact", "site", "contract"):
            rows = owner.execute(f"select name, sort_name from crm.{table} order by sort_name").fetchall()
            assert {name: key for name, key in rows if key != key_by_hand(name)} == {}
            assert [name for name, _ in rows if name in ORDERED] == ORDERED
            assert len(rows) == len(ORDERED) + len(TRICKY)
            with pytest.raises(psycopg.errors.GeneratedAlways), owner.transaction():
                owner.execute(f"update crm.{table} set sort_name = 'x'")
