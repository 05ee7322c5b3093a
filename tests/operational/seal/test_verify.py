"""Anchors count: a line taken away, changed or torn, a copy that lags, a head without one, a restore."""

import asyncio
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import create_engine

from operational.core.seal.anchors import Anchor, Anchors
from operational.core.seal.chains import Coverage
from operational.core.seal.digest import Link
from operational.core.seal.reader import Reader
from operational.core.seal.verify import Verifier, accept
from tests.operational.seal.conftest import TABLES, Log


@pytest.fixture
def sealed(log: Log) -> Log:
    """Four batches of two rows, each with its anchor."""

    async def batches() -> None:
        async with log.term() as term:
            assert term is not None
            for _ in range(4):
                log.write(2)
                await term.seal_waiting()

    asyncio.run(batches())
    assert (log.ours().anchors, log.ours().behind) == (4, 0)
    return log


def lines(log: Log) -> list[str]:
    return file_of(log).read_text().splitlines(keepends=True)


def file_of(log: Log) -> Path:
    (file,) = log.folder.glob("*.jsonl")
    return file


def test_a_line_says_what_it_anchors_and_follows_the_one_before(sealed: Log) -> None:
    contents = [json.loads(line) for line in lines(sealed)]
    assert [content["position"] for content in contents] == [2, 4, 6, 8]
    assert contents[0]["previous"] == "0" * 64
    assert {content["tenant"] for content in contents} == {str(sealed.house.tenant)}
    chains = sealed.house.query(
        "select encode(chain, 'hex') from core.audit_seal where position % 2 = 0 order by position"
    )
    assert [content["chain"] for content in contents] == [chain for (chain,) in chains]
    assert (file_of(sealed).stat().st_mode & 0o777, len(set(map(len, lines(sealed))))) == (0o600, 1)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_line_that_is_gone_is_missed_by_the_next_one_and_by_its_rows(sealed: Log, number: int) -> None:
    file_of(sealed).write_text("".join(line for n, line in enumerate(lines(sealed)) if n != number))
    _, found = sealed.verify()
    assert found == [
        f"{file_of(sealed).name} line {number + 1}: a line before it is missing or changed",
        f"positions {2 * number + 1} to {2 * number + 2} were sealed and have no anchor",
    ]


def test_the_last_line_may_still_have_to_come_and_no_more(sealed: Log) -> None:
    kept = lines(sealed)
    file_of(sealed).write_text("".join(kept[:3]))
    assert (sealed.ours().behind, sealed.ours().anchors) == (2, 3)
    file_of(sealed).write_text("".join(kept[:2]))
    assert sealed.verify()[1] == ["positions 5 to 6 were sealed and have no anchor"]
    file_of(sealed).unlink()
    assert sealed.verify()[1] == ["positions 1 to 6 were sealed and have no anchor"]


def test_a_sealer_does_not_make_up_for_anchors_that_were_lost(sealed: Log) -> None:
    file_of(sealed).unlink()
    sealed.write(1)
    sealed.seal()
    assert sealed.verify()[1] == ["positions 1 to 6 were sealed and have no anchor"]


def test_a_line_that_was_changed_is_found(sealed: Log) -> None:
    kept = lines(sealed)
    content = json.loads(kept[1])
    kept[1] = json.dumps(content | {"chain": "00" * 32}, separators=(",", ":")) + "\n"
    file_of(sealed).write_text("".join(kept))
    accounts, found = sealed.verify()
    assert len(found) == 3
    assert found[0].endswith("line 3: a line before it is missing or changed")
    assert found[1].startswith("the chain up to position 4 ")
    assert found[2] == "positions 3 to 4 were sealed and have no anchor"
    assert accounts[sealed.house.tenant].anchors == 3


def test_lines_torn_by_a_crash_are_passed_over(sealed: Log) -> None:
    for torn in ("\x00\x00\n", "{}\n", "null\n", "[1]\n", '{"tenant": 1, "position": true}\n', '{"tenant":"'):
        with file_of(sealed).open("a") as handle:
            handle.write(torn)
    assert sealed.ours().anchors == 4
    sealed.write(1)
    sealed.seal()
    assert (sealed.ours().anchors, sealed.ours().behind) == (5, 0)


def test_a_line_whose_newline_was_torn_off_counts(sealed: Log) -> None:
    file_of(sealed).write_text("".join(lines(sealed)).removesuffix("\n"))
    sealed.write(1)
    sealed.seal()
    assert (sealed.ours().anchors, len(lines(sealed))) == (5, 5)


def test_files_of_months_are_one_chain_and_a_clock_set_back_does_not_go_back(tmp_path: Path) -> None:
    anchors = Anchors(tmp_path)
    for position, month in enumerate(("2026-11", "2026-12", "2026-11", "2027-01"), start=1):
        anchors.append([Anchor(UUID(int=1), position, b"x" * 32, f"{month}-05T00:00:00+00:00")])
    assert [(line.file, line.anchor.position) for line in anchors.lines()] == [
        ("anchors-2026-11.jsonl", 1),
        ("anchors-2026-12.jsonl", 2),
        ("anchors-2026-12.jsonl", 3),
        ("anchors-2027-01.jsonl", 4),
    ]
    assert [line.previous for line in anchors.lines()][1:] == [line.digest for line in anchors.lines()][:-1]
    assert anchors.last_positions([UUID(int=1), UUID(int=2)]) == {UUID(int=1): 4}


def test_what_is_sealed_and_anchored_while_one_verifies_is_no_finding(sealed: Log) -> None:
    """The files were longer when they were read than when the snapshot was taken."""
    known = sealed.anchors.end()
    for _ in range(2):
        sealed.write(1)
        sealed.seal()
    sealed.force(
        "delete from core.audit_seal where position > 8",
        "delete from crm.audit a where not exists (select from core.audit_seal s where s.row_id = a.id)",
    )
    found: list[str] = []
    engine = create_engine(sealed.sealer_url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.connect() as snapshot:
        reader = Reader(snapshot, TABLES)
        for mark in (known, sealed.anchors.end()):
            Verifier(reader, sealed.anchors, mark, lambda finding: found.append(finding.text)).run()
    engine.dispose()
    assert [what.partition(", but ")[0] for what in found] == ["the chain ends at position 8"]


def test_a_copy_of_the_anchors_may_be_older(sealed: Log, tmp_path: Path) -> None:
    copy = shutil.copytree(sealed.folder, tmp_path / "copy")
    for _ in range(3):
        sealed.write(1)
        sealed.seal()
    accounts, found = sealed.verify(folder=copy, may_lag=True)
    assert (accounts[sealed.house.tenant].behind, found) == (3, [])
    _, strict = sealed.verify(folder=copy)
    assert strict == ["positions 9 to 10 were sealed and have no anchor"]
    sealed.force("update crm.audit set entity = 'x'")
    assert len(sealed.verify(folder=copy, may_lag=True)[1]) == 11


def test_one_tenant_can_be_asked_for(sealed: Log) -> None:
    sealed.write(1, sealed.house.other_tenant)
    sealed.seal()
    sealed.force(f"update crm.audit set entity = 'x' where tenant_id = '{sealed.house.other_tenant}'")
    accounts, found = sealed.verify(tenant_id=sealed.house.tenant)
    assert (list(accounts), found) == ([sealed.house.tenant], [])
    assert len(sealed.verify()[1]) == 1


def test_a_restore_is_found_until_somebody_stands_up_for_it_and_is_told_of_for_ever(sealed: Log) -> None:
    sealed.force(
        "delete from core.audit_seal where position > 3",
        "delete from crm.audit a where not exists (select from core.audit_seal s where s.row_id = a.id)",
    )
    sealed.write(2)
    sealed.seal()
    _, found = sealed.verify()
    assert len(found) == 3
    assert accept(sealed.sealer_url, sealed.folder, sealed.house.tenant, "restored the backup of Monday") == 5
    account = sealed.ours()
    assert account.accepted[0].startswith("restored the backup of Monday (accepted 20")
    assert account.accepted[0].endswith("at position 5; anchors that no longer hold: 3)")
    sealed.write(1)
    sealed.seal()
    assert sealed.ours().anchors == 4
    # nothing else has become acceptable
    sealed.force("update crm.audit set entity = 'x'")
    assert len(sealed.verify()[1]) == 6


def link(position: int, sealed_at: str) -> Link:
    return Link(position, "crm", UUID(int=position), UUID(int=0), "5", b"", sealed_at)


@pytest.mark.parametrize(
    ("anchored", "behind", "said"),
    [
        ((2, 4, 6), 0, []),
        ((2, 4), 2, []),
        ((2, 6), 0, ["positions 3 to 4 were sealed and have no anchor"]),
        ((6,), 0, ["positions 1 to 4 were sealed and have no anchor"]),
        ((2,), 2, ["positions 3 to 4 were sealed and have no anchor"]),
        ((1, 3, 5), 2, ["positions 1 to 4 were sealed and have no anchor"]),
        ((), 2, ["positions 1 to 4 were sealed and have no anchor"]),
    ],
)
def test_every_batch_but_the_last_needs_an_anchor(anchored: Sequence[int], behind: int, said: list[str]) -> None:
    found: list[str] = []
    coverage = Coverage(found.append, accepted_to=0, may_lag=False)
    for position in anchored:
        coverage.anchored(position)
    for position in range(1, 7):
        coverage.take(link(position, str((position + 1) // 2)))
    assert (coverage.finish(), found) == (behind, said)


def test_nothing_sealed_and_nothing_anchored_is_well(log: Log) -> None:
    assert log.verify(tenant_id=log.house.tenant)[1] == []
    log.write(2)
    account = log.ours()
    assert (account.sealed, account.waiting) == (0, 2)
    assert account.since is not None
