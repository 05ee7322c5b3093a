"""The extraction loses no row and invents none, whatever its writers do."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import Connection

from infra.local.postgres import Postgres
from pipelines.extract.catalog import load_catalog
from pipelines.extract.reconcile import reconcile
from pipelines.extract.run import BatchResult, ExtractionBusyError, extract, open_batch

CATALOG = load_catalog()
INSERT = "insert into crm.customer (id, tenant_id, name) values (%s, %s, %s)"


@contextmanager
def writer(house: Any, *, autocommit: bool = False) -> Iterator[Connection]:
    with psycopg.connect(house.owner, autocommit=autocommit) as connection:
        yield connection


def add(house: Any, name: str, key: UUID | None = None) -> UUID:
    key = key or uuid4()
    with writer(house) as connection:
        connection.execute(INSERT, (key, house.tenant, name))
    return key


def run(house: Any) -> BatchResult:
    return extract(house.extractor, house.warehouse, CATALOG)


def raw_names(house: Any) -> list[str]:
    with psycopg.connect(house.warehouse) as warehouse:
        return [row[0] for row in warehouse.execute("select name from raw.crm__customer order by name").fetchall()]


def history(house: Any, key: UUID) -> list[tuple[str, str | None]]:
    with psycopg.connect(house.warehouse) as warehouse:
        return warehouse.execute(
            "select _op, name from raw.crm__customer_history where id = %s order by _batch", (key,)
        ).fetchall()


def assert_equal(house: Any) -> None:
    _, differences = reconcile(house.extractor, house.warehouse, CATALOG)
    assert differences == []


def test_a_writer_that_starts_early_and_commits_late_is_seen(house: Any) -> None:
    with psycopg.connect(house.owner) as early:
        early.execute(INSERT, (uuid4(), house.tenant, "early"))
        add(house, "late")
        run(house)
        assert raw_names(house) == ["late"]
        early.commit()
    run(house)
    assert raw_names(house) == ["early", "late"]
    assert_equal(house)


def test_a_second_run_writes_nothing_and_uses_no_number(house: Any) -> None:
    add(house, "one")
    assert run(house).batch == 1
    again = run(house)
    assert (again.batch, again.changed) == (None, 0)
    add(house, "two")
    assert run(house).batch == 2


def test_an_update_replaces_the_state_and_history_keeps_both(house: Any) -> None:
    key = add(house, "before")
    run(house)
    with writer(house) as connection:
        connection.execute("update crm.customer set name = 'after' where id = %s", (key,))
    run(house)
    assert raw_names(house) == ["after"]
    assert history(house, key) == [("upsert", "before"), ("upsert", "after")]


def test_a_delete_removes_and_a_reinsert_brings_back(house: Any) -> None:
    key = add(house, "first")
    run(house)
    with writer(house) as connection:
        connection.execute("delete from crm.customer where id = %s", (key,))
    run(house)
    assert raw_names(house) == []
    add(house, "second", key)
    run(house)
    assert history(house, key) == [("upsert", "first"), ("delete", None), ("upsert", "second")]
    assert_equal(house)


def test_delete_and_reinsert_between_two_batches_keeps_the_row(house: Any) -> None:
    key = add(house, "first")
    run(house)
    with writer(house, autocommit=True) as connection:
        connection.execute("delete from crm.customer where id = %s", (key,))
    add(house, "second", key)
    run(house)
    assert raw_names(house) == ["second"]


def test_a_reinsert_by_a_writer_with_a_lower_txid_survives_the_tombstone(house: Any) -> None:
    key = add(house, "first")
    run(house)
    with psycopg.connect(house.owner) as lower:
        lower.execute("select pg_current_xact_id()")
        with writer(house) as higher:
            higher.execute("delete from crm.customer where id = %s", (key,))
        lower.execute(INSERT, (key, house.tenant, "again"))
        lower.commit()
    run(house)
    assert raw_names(house) == ["again"]
    assert_equal(house)


def test_a_tombstone_met_again_does_not_delete_a_row_that_lies_below_the_floor(house: Any) -> None:
    key = uuid4()
    with psycopg.connect(house.owner) as lower, psycopg.connect(house.owner) as holder:
        lower.execute(INSERT, (key, house.tenant, "lower"))
        holder.execute("select pg_current_xact_id()")
        with writer(house) as higher:
            # a tombstone of the same key by a later transaction
            higher.execute(
                "insert into crm.tombstone (tenant_id, table_name, row_id) values (%s, 'customer', %s)",
                (house.tenant, key),
            )
        lower.commit()
        run(house)
        run(house)
        assert raw_names(house) == ["lower"]


def test_rolled_back_work_and_savepoints_leave_no_trace(house: Any) -> None:
    with psycopg.connect(house.owner) as connection:
        connection.execute(INSERT, (uuid4(), house.tenant, "gone"))
        connection.rollback()
        connection.execute(INSERT, (uuid4(), house.tenant, "kept"))
        connection.execute("savepoint s")
        connection.execute(INSERT, (uuid4(), house.tenant, "undone"))
        connection.execute("rollback to s")
        connection.execute(INSERT, (uuid4(), house.tenant, "after savepoint"))
    run(house)
    assert raw_names(house) == ["after savepoint", "kept"]
    assert_equal(house)


def test_a_prepared_transaction_is_seen_when_it_commits(house: Any) -> None:
    name = f"p{uuid4().hex}"
    with writer(house, autocommit=True) as connection:
        connection.execute("begin")
        connection.execute(INSERT, (uuid4(), house.tenant, "prepared"))
        connection.execute(f"prepare transaction '{name}'")
        add(house, "other")
        run(house)
        add(house, "third")
        run(house)
        assert raw_names(house) == ["other", "third"]
        connection.execute(f"commit prepared '{name}'")
    run(house)
    assert raw_names(house) == ["other", "prepared", "third"]


def test_a_new_column_is_read_for_old_rows_too(house: Any) -> None:
    add(house, "old")
    run(house)
    with writer(house) as connection:
        connection.execute("alter table crm.customer add column grade text default 'A'")
    run(house)
    with psycopg.connect(house.warehouse) as warehouse:
        assert warehouse.execute("select name, grade from raw.crm__customer").fetchall() == [("old", "A")]
    assert_equal(house)


def test_a_changed_type_is_refused_with_what_to_do(house: Any) -> None:
    run(house)
    with writer(house) as connection:
        connection.execute("alter table crm.customer alter column seats type text")
    with pytest.raises(ValueError, match=r"crm\.customer\.seats changed from integer to text; write a"):
        run(house)


def test_after_a_restore_everything_is_read_again(house: Any) -> None:
    kept, lost = add(house, "kept"), add(house, "lost")
    run(house)
    with writer(house) as connection:
        # what a restore of an older dump leaves: other rows, old transaction ids, a new marker
        connection.execute("alter table crm.customer disable trigger user")
        connection.execute("delete from crm.customer where id = %s", (lost,))
        connection.execute("update crm.customer set name = 'restored', row_txid = '3' where id = %s", (kept,))
        connection.execute("alter table crm.customer enable trigger user")
        connection.execute("update core.incarnation set marker = gen_random_uuid()")
    run(house)
    assert raw_names(house) == ["restored"]
    assert history(house, lost) == [("upsert", "lost"), ("delete", None)]
    assert_equal(house)


def test_a_real_dump_restored_under_the_same_name_is_read_in_full(house: Any, tmp_path: Path) -> None:
    kept, lost = add(house, "kept"), add(house, "lost")
    with writer(house) as connection:
        connection.execute("delete from crm.customer where id = %s", (lost,))
    tools, dump = Postgres(house.home).binaries().folder, tmp_path / "dump"
    superuser = house.home.url("superuser", house.psa)
    subprocess.run([tools / "pg_dump", "--format=custom", f"--file={dump}", superuser], check=True)
    with writer(house) as connection:
        connection.execute("update crm.customer set name = 'after the dump' where id = %s", (kept,))
    late = add(house, "late")
    run(house)
    assert raw_names(house) == ["after the dump", "late"]
    with psycopg.connect(house.home.url("superuser", "postgres"), autocommit=True) as admin:
        admin.execute(f"drop database {house.psa} with (force)")
        admin.execute(f"create database {house.psa} owner psa_owner")
    subprocess.run([tools / "pg_restore", "--exit-on-error", f"--dbname={superuser}", dump], check=True)
    add(house, "since the restore")
    run(house)
    assert raw_names(house) == ["kept", "since the restore"]
    assert history(house, late) == [("upsert", "late"), ("delete", None)]
    assert_equal(house)


def test_a_table_made_anew_is_read_in_full(house: Any) -> None:
    add(house, "one")
    run(house)
    with writer(house) as connection:
        connection.execute("create table crm.copy (like crm.customer including all)")
        connection.execute("insert into crm.copy (id, tenant_id, name) select id, tenant_id, name from crm.customer")
        connection.execute("update crm.copy set name = 'from the dump'")
        connection.execute("alter table crm.customer rename to before_restore")
        connection.execute("alter table crm.copy rename to customer")
        connection.execute("grant select on crm.customer to psa_extractor")
    run(house)
    assert raw_names(house) == ["from the dump"]


def test_a_batch_killed_in_the_middle_leaves_nothing_and_is_run_again(house: Any) -> None:
    add(house, "one")
    code = (
        "import os, sys, signal\n"
        "import pipelines.extract.run as r\n"
        "from pipelines.extract.catalog import load_catalog\n"
        "whole = r.apply_table\n"
        "def half(snapshot, warehouse, table, *rest):\n"
        "    result = whole(snapshot, warehouse, table, *rest)\n"
        "    if table.source == 'crm.customer': os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return result\n"
        "r.apply_table = half\n"
        "r.extract(sys.argv[1], sys.argv[2], load_catalog())\n"
    )
    root = Path(__file__).parents[2]
    killed = subprocess.run(
        [sys.executable, "-c", code, house.extractor, house.warehouse], cwd=root, check=False, env=dict(os.environ)
    )
    assert killed.returncode == -signal.SIGKILL
    with psycopg.connect(house.warehouse) as warehouse:
        assert warehouse.execute("select count(*) from extract.batch").fetchone() == (0,)
        assert warehouse.execute("select to_regclass('raw.crm__customer')").fetchone() == (None,)
    assert run(house).batch == 1
    assert raw_names(house) == ["one"]


def test_two_extractions_at_once_are_refused(house: Any) -> None:
    with open_batch(house.extractor, house.warehouse), pytest.raises(ExtractionBusyError, match="wait"):
        run(house)


def test_a_row_changed_by_hand_in_raw_is_found(house: Any) -> None:
    add(house, "one")
    run(house)
    with psycopg.connect(house.warehouse) as warehouse:
        warehouse.execute("update raw.crm__customer set name = 'doctored'")
    _, differences = reconcile(house.extractor, house.warehouse, CATALOG)
    assert [(d.table, d.source_rows, d.raw_rows) for d in differences] == [("crm.customer", 1, 1)]
