"""Every audit row is sealed once, whatever its writers do, and every head is anchored."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from operational.core.seal.anchors import Anchor, Anchors
from operational.core.seal.sealer import page_of_all
from tests.operational.seal.conftest import TABLES, Log


class FailingAnchors(Anchors):
    """A folder that takes nothing, as if the process had died between the commit and the anchor."""

    def append(self, anchors: Sequence[Anchor]) -> None:
        raise OSError(28, "No space left on device")


def positions(log: Log) -> list[tuple[Any, ...]]:
    return log.house.query("select row_id, position from core.audit_seal order by tenant_id, position")


def test_rows_of_all_services_stand_in_one_chain_a_tenant(log: Log) -> None:
    first = log.write(3)
    second = log.write(2, service="tickets")
    theirs = log.write(1, log.house.other_tenant)
    assert log.seal() == 6
    assert log.seal() == 0
    accounts, found = log.verify()
    assert found == []
    assert (accounts[log.house.tenant].sealed, accounts[log.house.other_tenant].sealed) == (5, 1)
    sealed = log.house.query(
        f"select row_id from core.audit_seal where tenant_id = '{log.house.tenant}' order by position"
    )
    assert [row[0] for row in sealed] == sorted(first) + sorted(second)
    assert {row[0] for row in positions(log)} == {*first, *second, *theirs}


def test_a_transaction_that_begins_early_and_commits_late_is_sealed_and_holds_later_ones_back(log: Log) -> None:
    async def overlap() -> list[int]:
        async with log.term() as term:
            assert term is not None
            with log.writing() as early:
                first = log.add(early)
                later = log.write(2, service="tickets")
                held = await term.seal_waiting()
                early.commit()
            sealed = await term.seal_waiting()
            assert [row[0] for row in positions(log)] == [first, *sorted(later)]
            return [held, sealed]

    assert asyncio.run(overlap()) == [0, 3]
    assert log.ours().sealed == 3


def test_a_rolled_back_writer_leaves_no_hole(log: Log) -> None:
    with log.writing() as gone:
        log.add(gone)
        gone.rollback()
    log.write()
    assert log.seal() == 1
    assert log.ours().sealed == 1


def test_one_transaction_larger_than_a_batch_goes_on_where_a_sealer_stopped(log: Log) -> None:
    log.batch = 4
    log.write(11)

    async def one_batch() -> tuple[int, bool]:
        async with log.term() as term:
            assert term is not None
            return await term._seal_batch()

    assert asyncio.run(one_batch()) == (4, True)
    log.write(2, service="tickets")
    assert log.seal() == 9
    assert (log.ours().sealed, log.ours().anchors) == (13, 4)


def test_one_sealer_works_at_a_time(log: Log) -> None:
    async def two() -> tuple[bool, bool]:
        async with log.term() as first, log.term() as second:
            return first is not None, second is not None

    assert asyncio.run(two()) == (True, False)


def test_a_head_that_was_not_anchored_is_anchored_by_the_next_term_before_anything_is_sealed(log: Log) -> None:
    log.write(2)
    assert log.seal() == 2
    log.write(3)
    for _ in range(2):
        with pytest.raises(OSError, match="No space left"):
            log.seal(FailingAnchors(log.folder))
        log.write(4)
        # one batch is without its anchor, and never two
        account = log.ours()
        assert (account.sealed, account.behind, account.anchors) == (5, 3, 1)
    assert log.seal() == 8
    account = log.ours()
    assert (account.sealed, account.behind, account.anchors, account.waiting) == (13, 0, 3, 0)


def test_a_folder_that_is_not_there_is_not_made_and_nothing_is_sealed(log: Log, tmp_path: Path) -> None:
    log.write()
    with pytest.raises(OSError, match="is not there"):
        log.seal(Anchors(tmp_path / "unmounted"))
    assert (positions(log), (tmp_path / "unmounted").exists()) == ([], False)


def test_after_a_restore_what_was_left_and_what_comes_is_sealed(log: Log) -> None:
    """Another life of the database: transaction ids begin anew, rows bring ids that have not been reached."""
    log.write(2)
    log.seal()
    left, late = log.write(1)[0], log.write(1, service="tickets")[0]
    log.force(
        f"update crm.audit set row_txid = '900000000000' where id = '{left}'",
        "update core.incarnation set marker = gen_random_uuid()",
    )
    fresh = log.write(1)[0]
    assert log.verify()[1] == []
    assert log.seal() == 2, "what an earlier life left is sealed at the beginning of a term"
    assert [row[0] for row in positions(log)][2:] == [left, late, fresh]
    log.write(1)
    assert log.seal() == 1
    assert log.ours().sealed == 6


def test_a_row_put_in_below_what_is_sealed_is_not_sealed_by_a_new_term(log: Log) -> None:
    log.write(3)
    log.seal()
    log.write(2)
    log.force(
        f"""insert into crm.audit (tenant_id, entity, entity_id, occurred_at, after, row_txid)
            values ('{log.house.tenant}', 'thing', gen_random_uuid(), now(), '{{}}', '5')"""
    )
    assert log.seal() == 2
    _, found = log.verify()
    assert len(found) == 1
    assert "has no seal and claims a place before sealed rows" in found[0]


def test_a_service_that_gets_its_log_later_is_sealed_from_its_first_row(log: Log) -> None:
    """Its rows were written while a sealer of an earlier version, which did not know it, went on."""
    early = log.write(2, service="tickets")
    log.write(2)
    log.seal()
    log.force("delete from core.audit_seal where service = 'tickets'")
    assert log.seal() == 2
    assert {row[0] for row in positions(log)} >= set(early)


def test_a_pass_over_a_log_without_news_looks_up_and_does_not_scan(log: Log) -> None:
    with log.writing() as connection:
        connection.execute(
            """insert into crm.audit (tenant_id, entity, entity_id, occurred_at, after)
               select %s, 'thing', gen_random_uuid(), now(), '{}' from generate_series(1, 3000)""",
            (log.house.tenant,),
        )

    async def run() -> None:
        async with log.term() as term:
            assert term is not None
            await term.seal_waiting()
            with psycopg.connect(log.house.superuser, autocommit=True) as superuser:
                superuser.execute("analyze crm.audit, tickets.audit")
            statement = page_of_all(TABLES, 1000).compile(dialect=term._connection.dialect)
            parameters = {f"{name}_id": UUID(int=0) for name in TABLES} | {f"{name}_txid": "9" * 12 for name in TABLES}
            plan = await term._connection.exec_driver_sql(
                f"explain {statement}",
                {"xmin": "9" * 13, **parameters}
                | {name: value for name, value in statement.params.items() if value is not None},
            )
            text = "\n".join(row[0] for row in plan)
            # the other log is empty
            assert "Index Scan using ix_audit_row_txid on audit " in text

    asyncio.run(run())


def test_the_sealers_role_reads_logs_and_adds_seals_and_can_do_no_more(log: Log) -> None:
    log.write()
    log.seal()
    refused = (
        "update core.audit_seal set service = 'x'",
        "delete from core.audit_seal",
        "truncate core.audit_seal",
        "update crm.audit set entity = 'x'",
        "delete from crm.audit",
        "insert into crm.audit (tenant_id, entity, entity_id, occurred_at) select id, 'x', id, now() from crm.audit",
        "select * from crm.customer",
    )
    with psycopg.connect(log.sealer_url, autocommit=True) as sealer:
        for statement in refused:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                sealer.execute(statement)
    with psycopg.connect(log.house.app) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("select * from core.audit_seal")
