"""Two hundred ways to falsify a sealed log, by somebody who may do everything in the database: all are found.

Each case is a transaction of a superuser with triggers switched off, undone afterwards. The seed is printed;
PSA_TAMPER_SEED gives another one.
"""

import asyncio
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, create_engine, delete, insert, select, text, update

from operational.core.seal.digest import (
    Link,
    as_microseconds,
    audit_row,
    audit_seal,
    chain,
    content_digest,
    genesis,
    row_digest,
    sealed_columns,
)
from operational.core.seal.reader import Reader
from operational.core.seal.verify import Verifier
from tests.operational.seal.conftest import TABLES, Log

SEED = int(os.environ.get("PSA_TAMPER_SEED", "20261123"))
CASES = 200
Seals = list[dict[str, Any]]


@dataclass
class Forger:
    """Somebody with every right in the database, and none in the folder of anchors."""

    connection: Connection
    tenant: UUID
    other_tenant: UUID
    random: random.Random

    def seals(self) -> Seals:
        query = select(audit_seal).where(audit_seal.c.tenant_id == self.tenant).order_by(audit_seal.c.position)
        return [dict(row) for row in self.connection.execute(query).mappings()]

    def store(self, seals: Seals) -> None:
        """Replace the tenant's chain, numbered anew."""
        self.connection.execute(delete(audit_seal).where(audit_seal.c.tenant_id == self.tenant))
        self.connection.execute(insert(audit_seal), [seal | {"position": n} for n, seal in enumerate(seals, start=1)])

    def recompute(self, seals: Seals) -> Seals:
        """The seals with all digests and chain values as the sealer would have made them."""
        previous, done = genesis(self.tenant), []
        rows = {
            row.id: row
            for service, table in TABLES.items()
            for row in map(audit_row, self.connection.execute(sealed_columns(service, table)))
        }
        for position, seal in enumerate(seals, start=1):
            row = rows[seal["row_id"]]
            content = seal["content_digest"] if row.erased_at is not None else content_digest(row)
            link = Link(
                position, seal["service"], row.id, seal["incarnation"], row.row_txid, row_digest(row, content),
                as_microseconds(seal["sealed_at"]),
            )  # fmt: skip
            previous = chain(previous, link)
            done.append(
                seal
                | {
                    "row_txid": row.row_txid,
                    "content_digest": content,
                    "row_digest": link.row_digest,
                    "chain": previous,
                }
            )
        return done

    def change(self, seal: dict[str, Any], **values: Any) -> None:
        table = TABLES[seal["service"]]
        done = self.connection.execute(update(table).where(table.c.id == seal["row_id"]).values(**values))
        assert done.rowcount == 1

    def change_seal(self, seal: dict[str, Any], **values: Any) -> None:
        at = (audit_seal.c.tenant_id == self.tenant) & (audit_seal.c.position == seal["position"])
        assert self.connection.execute(update(audit_seal).where(at).values(**values)).rowcount == 1

    def drop(self, seals: Seals) -> None:
        for seal in seals:
            table = TABLES[seal["service"]]
            self.connection.execute(delete(table).where(table.c.id == seal["row_id"]))

    def row(self, seal: dict[str, Any]) -> dict[str, Any]:
        table = TABLES[seal["service"]]
        return dict(self.connection.execute(select(table).where(table.c.id == seal["row_id"])).mappings().one())

    def put_in(self, like: dict[str, Any], **values: Any) -> UUID:
        """A row that looks as if it had been written beside another."""
        row = self.row(like) | {"id": uuid4(), "after": {"n": -1}, "salt": self.random.randbytes(16), "erased_at": None}
        self.connection.execute(insert(TABLES[like["service"]]).values(row | values))
        return UUID(str(row["id"]))

    def live(self, seals: Seals) -> Seals:
        """Those whose rows were not erased."""
        gone = self.erased()["row_id"]
        return [seal for seal in seals if seal["row_id"] != gone]

    def erased(self) -> dict[str, Any]:
        """The seal of the one row that was erased."""
        table = TABLES["crm"]
        gone = self.connection.scalar(select(table.c.id).where(table.c.erased_at.is_not(None)))
        return next(seal for seal in self.seals() if seal["row_id"] == gone)


def edit_a_row(f: Forger) -> str:
    seal = f.random.choice(f.live(f.seals()))
    row = f.row(seal)
    column, value = f.random.choice(
        [
            ("entity", "other"),
            ("entity_id", uuid4()),
            ("actor_id", uuid4()),
            ("occurred_at", row["occurred_at"].replace(microsecond=(row["occurred_at"].microsecond + 1) % 1_000_000)),
            ("before", {"n": 0}),
            ("after", {**row["after"], "n": row["after"].get("n", 0) + 1000}),
            ("after", {**row["after"], "more": None}),
            ("address", "198.51.100.1"),
            ("address", None),
            ("request_id", "request-2"),
            ("salt", f.random.randbytes(16)),
            ("row_txid", str(int(seal["row_txid"]) - 1)),
            ("tenant_id", f.other_tenant),
        ]
    )
    f.change(seal, **{column: value})
    return str(seal["row_id"])


def edit_the_id_of_a_row(f: Forger) -> str:
    seal = f.random.choice(f.seals())
    f.change(seal, id=uuid4())
    return str(seal["row_id"])


def edit_a_seal(f: Forger) -> str:
    seal = f.random.choice(f.seals())
    column, value = f.random.choice(
        [
            ("row_id", uuid4()),
            ("service", "vcio"),
            ("incarnation", uuid4()),
            ("row_txid", str(int(seal["row_txid"]) + 1)),
            ("content_digest", f.random.randbytes(32)),
            ("row_digest", f.random.randbytes(32)),
            ("chain", f.random.randbytes(32)),
            ("sealed_at", seal["sealed_at"].replace(year=2020)),
        ]
    )
    f.change_seal(seal, **{column: value})
    return f"(position {seal['position']},"


def edit_an_erasure(f: Forger) -> str:
    """Empty a row without a record, or move the day of one that was erased, or let it say something."""
    seal = f.random.choice([*f.seals(), *[f.erased()] * 10])
    row = f.row(seal)
    if row["erased_at"] is None:
        f.change(seal, before=None, after=None, salt=None, erased_at=row["occurred_at"])
    elif f.random.random() < 0.5:
        f.change(seal, erased_at=row["erased_at"].replace(year=2020))
    else:
        f.connection.execute(text("alter table crm.audit drop constraint ck_audit_erased_is_empty"))
        f.change(seal, after={"n": 1})
    return str(seal["row_id"])


def delete_a_row(f: Forger) -> str:
    seal = f.random.choice(f.seals())
    f.drop([seal])
    return str(seal["row_id"])


def delete_a_seal(f: Forger) -> str:
    seal = f.random.choice(f.seals()[:-1])
    at = (audit_seal.c.tenant_id == f.tenant) & (audit_seal.c.position == seal["position"])
    f.connection.execute(delete(audit_seal).where(at))
    return f"positions {seal['position']} to {seal['position']} are missing"


def delete_both(f: Forger) -> str:
    expected = delete_a_seal(f)
    left = {seal["row_id"] for seal in f.seals()}
    for table in TABLES.values():
        f.connection.execute(delete(table).where(table.c.tenant_id == f.tenant, table.c.id.not_in(left)))
    return expected


def delete_and_close_the_gap(f: Forger) -> str:
    seals = f.seals()
    gone = seals.pop(f.random.randrange(len(seals)))
    f.drop([gone])
    f.store(f.recompute(seals))
    return "was anchored"


def insert_a_row(f: Forger) -> str:
    seals = f.seals()
    last = max(int(seal["row_txid"]) for seal in seals)
    txid = f.random.choice([f.random.randrange(3, last), f.random.randrange(10**9, 10**12)])
    return str(f.put_in(f.random.choice(f.live(seals)), row_txid=str(txid)))


def insert_a_row_and_its_seal(f: Forger) -> str:
    seals = f.seals()
    place = f.random.randrange(len(seals) - 1)
    like = f.random.choice(f.live(seals))
    new = f.put_in(like, row_txid=seals[place]["row_txid"])
    seals.insert(place, seals[place] | {"service": like["service"], "row_id": new})
    f.store(f.recompute(seals))
    return "it was rewritten"


def insert_a_seal_of_nothing(f: Forger) -> str:
    seals = f.seals()
    place = f.random.randrange(len(seals))
    seals.insert(place, seals[place] | {"row_id": uuid4()})
    f.store(seals)
    return f"(position {place + 1},"


def reorder_seals(f: Forger) -> str:
    seals = f.seals()
    a, b = sorted(f.random.sample(range(len(seals)), 2))
    seals[a], seals[b] = seals[b], seals[a]
    f.store(seals)
    return f"(position {a + 1},"


def reorder_and_recompute(f: Forger) -> str:
    seals = f.seals()
    a, b = sorted(f.random.sample(range(len(seals)), 2))
    seals[a], seals[b] = (
        seals[b] | {"sealed_at": seals[a]["sealed_at"]},
        seals[a] | {"sealed_at": seals[b]["sealed_at"]},
    )
    f.store(f.recompute(seals))
    return "it was rewritten"


def reorder_contents(f: Forger) -> str:
    one, other = f.random.sample(f.live(f.seals()), 2)
    first, second = f.row(one), f.row(other)
    names = f.random.choice([("before", "after", "salt"), ("entity_id",)])
    f.change(one, **{name: second[name] for name in names})
    f.change(other, **{name: first[name] for name in names})
    return str(one["row_id"])


def cut_the_tail(f: Forger) -> str:
    seals = f.seals()
    kept = len(seals) - f.random.randint(1, 9)
    rows, chains = f.random.choice([(True, True), (True, False), (False, True)])
    if rows:
        f.drop(seals[kept:])
    if chains:
        f.store(seals[:kept])
    return "its tail was cut" if chains else str(seals[-1]["row_id"])


def cut_everything(f: Forger) -> str:
    f.drop(f.seals())
    f.connection.execute(delete(audit_seal).where(audit_seal.c.tenant_id == f.tenant))
    return "the chain ends at position 0"


def rewrite_from_a_row_on(f: Forger) -> str:
    edit_a_row(f)
    f.store(f.recompute(f.seals()))
    return "it was rewritten"


def rewrite_with_other_rows(f: Forger) -> str:
    """A whole new history of the same length."""
    seals = f.seals()
    new = [seal | {"row_id": f.put_in(seal)} for seal in seals]
    f.drop(seals)
    f.store(f.recompute(new))
    return "it was rewritten"


def rewrite_the_salts(f: Forger) -> str:
    seals = f.seals()
    for seal in f.live(seals):
        f.change(seal, salt=f.random.randbytes(16))
    f.store(f.recompute(seals))
    return "it was rewritten"


KINDS: dict[str, tuple[Callable[[Forger], str], ...]] = {
    "edit": (edit_a_row, edit_a_seal, edit_the_id_of_a_row, edit_an_erasure),
    "delete": (delete_a_row, delete_a_seal, delete_both, delete_and_close_the_gap),
    "insert": (insert_a_row, insert_a_row_and_its_seal, insert_a_seal_of_nothing),
    "reorder": (reorder_seals, reorder_and_recompute, reorder_contents),
    "cut the tail": (cut_the_tail, cut_everything),
    "rewrite all": (rewrite_from_a_row_on, rewrite_with_other_rows, rewrite_the_salts),
}


@pytest.fixture
def honest(log: Log) -> Log:
    """A log of twelve batches in two services, with an erased row, of a house with another tenant."""

    async def seal_in_batches() -> None:
        async with log.term() as term:
            assert term is not None
            for batch in range(12):
                log.write(1 + batch % 4, service=("crm", "tickets")[batch % 2])
                log.write(1, log.house.other_tenant)
                await term.seal_waiting()

    asyncio.run(seal_in_batches())
    log.erase(log.write(2)[:1])
    log.seal()
    assert (log.ours().erased, log.ours().behind) == (1, 0)
    return log


def tampered(log: Log, connection: Connection, seed: int) -> Iterator[tuple[str, str, list[str]]]:
    """Each case's kind and way, what must be said of it, and what was found."""
    chance = random.Random(seed)
    forger = Forger(connection, log.house.tenant, log.house.other_tenant, chance)
    for case in range(CASES):
        kind, ways = list(KINDS.items())[case % len(KINDS)]
        way = chance.choice(ways)
        with connection.begin_nested() as undone:
            expected = way(forger)
            yield f"{case} {kind} by {way.__name__}", expected, findings(log, connection)
            undone.rollback()


def findings(log: Log, connection: Connection) -> list[str]:
    found: list[str] = []
    Verifier(Reader(connection, TABLES), log.anchors, log.anchors.end(), lambda f: found.append(f.text)).run()
    return found


@pytest.mark.untraced
def test_two_hundred_falsifications_are_found(honest: Log) -> None:
    print(f"seed {SEED}")
    engine = create_engine(honest.house.superuser.replace("postgresql://", "postgresql+psycopg://", 1))
    missed = []
    with engine.connect() as connection:
        connection.execute(text("set session_replication_role = replica"))
        assert findings(honest, connection) == []
        for case, expected, found in tampered(honest, connection, SEED):
            if not any(expected in what for what in found):
                missed.append((case, expected, found))
        assert findings(honest, connection) == []
        connection.rollback()
    engine.dispose()
    assert missed == []
