"""Audit rows are only added; what they say may be taken out, and then the log says that it was."""

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.operational.seal.conftest import Log

CHANGES = (
    "update crm.audit set entity = 'x'",
    "update crm.audit set after = '{}'",
    "update crm.audit set erased_at = now(), before = null, after = null",
    "update crm.audit set erased_at = now(), before = null, after = null, salt = null, entity = 'x'",
    "delete from crm.audit",
    "truncate crm.audit",
)


def content(log: Log, row: UUID) -> tuple[Any, ...]:
    columns = "before, after, salt is null, erased_at is null"
    return log.house.query(f"select {columns} from crm.audit where id = '{row}'")[0]


def test_the_owner_cannot_change_a_row_by_mistake(log: Log) -> None:
    log.write(2)
    with psycopg.connect(log.house.owner) as owner:
        for statement in CHANGES:
            with pytest.raises(psycopg.errors.RaiseException), owner.transaction():
                owner.execute(statement)


def test_the_extractor_cannot_change_rows_nor_see_what_stays_here(log: Log) -> None:
    refused = (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)
    with psycopg.connect(log.house.extractor, autocommit=True) as extractor:
        for statement in (*CHANGES, "select salt from crm.audit", "select address from crm.audit"):
            with pytest.raises(refused):
                extractor.execute(statement)


def test_the_app_adds_rows_and_does_not_choose_what_the_database_makes(log: Log) -> None:
    log.write()
    chosen = [
        f"insert into crm.audit (tenant_id, {column}) select tenant_id, {column} from crm.audit"
        for column in ("id", "salt", "erased_at", "row_txid")
    ]
    with log.writing() as app:
        for statement in (*CHANGES, *chosen):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), app.transaction():
                app.execute(statement)


def test_every_row_has_a_salt_of_its_own(log: Log) -> None:
    log.write(50)
    assert log.house.query("select count(distinct salt), min(length(salt)), max(length(salt)) from crm.audit") == [
        (50, 16, 16)
    ]


def test_what_was_erased_is_gone_and_the_log_still_verifies(log: Log) -> None:
    first, second, third = log.write(3)
    theirs = log.write(1, log.house.other_tenant)[0]
    log.seal()
    assert log.erase([first, third, theirs, uuid4()]) == 2
    assert content(log, first) == (None, None, True, False)
    assert content(log, second)[1] is not None
    assert content(log, theirs)[1] is not None
    account = log.ours()
    assert (account.sealed, account.erased, account.waiting) == (3, 2, 1)
    assert log.seal() == 1
    record = log.house.query("select after, actor_id from crm.audit where entity = 'erasure'")
    assert record == [({"reason": "asked for", "rows": sorted([str(first), str(third)])}, None)]
    account = log.ours()
    assert (account.sealed, account.erased, account.waiting) == (4, 2, 0)
    assert log.erase([first, third]) == 0, "nothing is erased twice, and nothing is written about nothing"
    assert log.house.query("select count(*) from crm.audit where entity = 'erasure'") == [(1,)]


def test_a_row_erased_before_it_was_sealed_is_sealed_empty(log: Log) -> None:
    row = log.write()[0]
    log.erase([row])
    assert log.seal() == 2
    assert (log.ours().sealed, log.ours().erased) == (2, 1)


def test_the_record_of_an_erasure_cannot_be_erased(log: Log) -> None:
    log.erase(log.write())
    record = log.house.query("select id from crm.audit where entity = 'erasure'")[0][0]
    assert log.erase([UUID(str(record))]) == 0


def test_nothing_is_erased_without_a_tenant_nor_by_a_role_that_may_not(log: Log) -> None:
    call = "select crm.erase_audit('{}', null, now(), 'x', null, null)"
    with psycopg.connect(log.house.app) as app, pytest.raises(psycopg.errors.RaiseException, match="none is set"):
        app.execute(call)
    for url in (log.sealer_url, log.house.home.url("relay", log.house.psa)):
        with psycopg.connect(url) as other, pytest.raises(psycopg.errors.InsufficientPrivilege):
            other.execute(call)


@pytest.mark.parametrize("other_day", [False, True])
def test_a_row_emptied_without_a_record_of_that_instant_is_found(log: Log, other_day: bool) -> None:
    row, other = log.write(2)
    log.seal()
    log.erase([row if other_day else other])
    emptied = "before = null, after = null, salt = null, erased_at = now() - interval '1 day'"
    log.force(f"update crm.audit set {emptied} where id = '{row}'")
    _, found = log.verify()
    assert len(found) == 1
    assert f"crm row {row} was emptied" in found[0]


def test_the_warehouse_gets_the_rows_without_what_stays_here(log: Log) -> None:
    from pipelines.extract.catalog import load_catalog
    from pipelines.extract.reconcile import reconcile

    row = log.write(2)[0]
    reconcile(log.house.extractor, log.house.warehouse, load_catalog())
    log.erase([row])
    _, differences = reconcile(log.house.extractor, log.house.warehouse, load_catalog())
    assert differences == []
    with psycopg.connect(log.house.warehouse) as warehouse:
        cursor = warehouse.execute("select * from raw.crm__audit limit 0")
        names = {column.name for column in cursor.description or ()}
        after = dict(warehouse.execute("select id, after from raw.crm__audit").fetchall())
    assert names.isdisjoint({"salt", "address"})
    assert (len(after), after[row]) == (3, None)
