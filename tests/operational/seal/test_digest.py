"""What is sealed of a row is one sequence of bytes, on every server and in every session."""

import hashlib
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import Engine, create_engine, insert, text

from operational.core.seal.digest import (
    AuditRow,
    Link,
    as_microseconds,
    audit_row,
    chain,
    content_digest,
    genesis,
    row_digest,
    sealed_columns,
)
from tests.operational.seal.conftest import TABLES, Log

ROW = AuditRow(
    service="crm",
    id=UUID(int=1),
    tenant_id=UUID(int=2),
    entity="customer",
    entity_id=UUID(int=3),
    actor_id=None,
    occurred_at="1795514400123456",
    before='{"name": "Bäckerei"}',
    after='{"seats": 12}',
    address="192.0.2.7",
    request_id=None,
    salt=bytes(range(16)),
    erased_at=None,
    row_txid="700",
)
LINK = Link(1, "crm", UUID(int=1), UUID(int=9), "700", row_digest(ROW, content_digest(ROW)), "1795514401000000")


def told(*values: str | bytes | None) -> bytes:
    """The definition in docs/audit.md, in other words."""
    data = b""
    for value in values:
        raw = value.encode() if isinstance(value, str) else value
        data += b"\x00" if raw is None else b"\x01" + len(raw).to_bytes(8, "big") + raw
    return hashlib.sha256(data).digest()


def test_the_definition_is_the_documented_one() -> None:
    content = told("psa-audit-content/1", ROW.salt, ROW.before, ROW.after)
    assert content_digest(ROW) == content
    who = (str(ROW.id), str(ROW.tenant_id), "customer", str(ROW.entity_id), None, ROW.occurred_at, "192.0.2.7", None)
    row = told("psa-audit-row/1", "crm", *who, content)
    assert row_digest(ROW, content) == row
    begin = told("psa-audit-genesis/1", str(ROW.tenant_id))
    assert genesis(ROW.tenant_id) == begin
    link = ("1", "crm", str(LINK.row_id), str(LINK.incarnation), "700", row, "1795514401000000")
    assert chain(begin, LINK) == told("psa-audit-chain/1", begin, *link)


def test_it_never_changes() -> None:
    """A log that was sealed with an earlier version must verify with this one."""
    assert chain(genesis(ROW.tenant_id), LINK).hex() == (
        "4718f2d85ab006f3acf0d3183936597fbee6c67546e42abb8f64c5456126cff9"
    )


@pytest.mark.parametrize("name", [field.name for field in fields(AuditRow)])
def test_every_field_counts(name: str) -> None:
    other = {
        "id": UUID(int=4),
        "tenant_id": UUID(int=4),
        "entity_id": UUID(int=4),
        "actor_id": UUID(int=4),
        "salt": b"x",
    }
    changed = replace(ROW, **{name: other.get(name, "x")})
    same = row_digest(changed, content_digest(changed)) == LINK.row_digest
    # when a row is emptied it is written again, so these two stay outside; the link names the transaction
    assert same == (name in ("erased_at", "row_txid"))


def test_neither_nothing_nor_the_end_of_a_field_can_be_moved() -> None:
    for changed in (
        replace(ROW, before=None),
        replace(ROW, before=""),
        replace(ROW, before=ROW.after, after=ROW.before),
        replace(ROW, before=f"{ROW.before}{ROW.after}", after=""),
    ):
        assert content_digest(changed) != content_digest(ROW)


CONTENT = {"ü": ["\u2028", "\\", '"', "\t", "\x7f"], "b": 1.10, "aa": None, "a": {"z": True, "y": 10**30}}
MOMENT = datetime(2026, 3, 29, 1, 30, 0, 654321, UTC)


@pytest.fixture
def engine(log: Log) -> Iterator[Engine]:
    engine = create_engine(log.house.superuser.replace("postgresql://", "postgresql+psycopg://", 1))
    yield engine
    engine.dispose()


def test_a_row_reads_the_same_in_every_session(log: Log, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(
            insert(TABLES["crm"]).values(
                tenant_id=log.house.tenant, entity="x", entity_id=ROW.id, occurred_at=MOMENT, after=CONTENT
            )
        )
    seen = set()
    for settings in (
        ("timezone = 'UTC'", "datestyle = 'ISO'", "extra_float_digits = 0", "bytea_output = 'hex'"),
        ("timezone = 'Europe/Berlin'", "datestyle = 'German'", "extra_float_digits = 3", "bytea_output = 'escape'"),
        ("timezone = 'America/St_Johns'", "intervalstyle = 'sql_standard'", "lc_numeric = 'C'", "bytea_output = 'hex'"),
    ):
        with engine.begin() as connection:
            for setting in settings:
                connection.execute(text(f"set local {setting}"))
            found = connection.execute(sealed_columns("crm", TABLES["crm"])).all()
            seen |= {audit_row(row) for row in found}
    assert len(seen) == 1
    row = seen.pop()
    assert row.occurred_at == as_microseconds(MOMENT)
    # jsonb's canonical text: shorter keys first, then by bytes; numbers as they were written
    assert row.after == (
        '{"a": {"y": 1000000000000000000000000000000, "z": true}, "b": 1.1, "aa": null, '
        '"ü": ["\u2028", "\\\\", "\\"", "\\t", "\x7f"]}'
    )


def test_the_order_of_keys_and_repeated_ones_do_not_count(engine: Engine) -> None:
    spellings = ('{"bb": 1.0, "a": 2}', '{ "a":3,"a":2, "bb":1.0}', '{"a": 2, "bb": 10e-1}')
    with engine.begin() as connection:
        found = {connection.execute(text("select cast(:j as jsonb)::text"), {"j": j}).scalar_one() for j in spellings}
    assert found == {'{"a": 2, "bb": 1.0}'}


def test_times_beyond_the_calendar_are_read(log: Log, engine: Engine) -> None:
    """Who falsifies a row must not be able to make the verifier fail."""
    log.write(3)
    log.force(
        "update crm.audit set occurred_at = 'infinity'",
        "update crm.audit set occurred_at = '-infinity' where id = (select min(id::text)::uuid from crm.audit)",
        "update crm.audit set occurred_at = '294276-01-01' where id = (select max(id::text)::uuid from crm.audit)",
    )
    log.seal()
    log.write(1)
    log.force("update crm.audit set occurred_at = 'infinity' where id not in (select row_id from core.audit_seal)")
    account = log.ours()
    assert (account.sealed, account.waiting, account.since) == (3, 1, "Infinity")
