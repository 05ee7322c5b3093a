"""Many writers at once, batch after batch: raw equals the operational database every time."""

import os
import random
import threading
import time
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from pipelines.extract.catalog import load_catalog
from pipelines.extract.reconcile import reconcile

SECONDS = float(os.environ.get("PSA_STORM_SECONDS", "60"))
WRITERS = 4
KEYS = [UUID(int=n) for n in range(40)]


class Writer(threading.Thread):
    """Random transactions over a few keys, so that writers meet each other all the time."""

    def __init__(self, house: Any, seed: int, stop: threading.Event) -> None:
        super().__init__()
        self.house, self.random, self.stop = house, random.Random(seed), stop
        self.committed = 0
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            with psycopg.connect(self.house.owner, autocommit=True) as connection:
                while not self.stop.is_set():
                    self._transaction(connection)
        except BaseException as error:
            self.failure = error

    def _transaction(self, connection: psycopg.Connection) -> None:
        try:
            with connection.transaction(force_rollback=self.random.random() < 0.15):
                for _ in range(self.random.randint(1, 4)):
                    self._statement(connection)
                    # a transaction that lasts over a batch is the case under test
                    self.stop.wait(self.random.random() * 0.02)
            self.committed += 1
        except (psycopg.errors.DeadlockDetected, psycopg.errors.UniqueViolation):
            return

    def _statement(self, connection: psycopg.Connection) -> None:
        key, choice = self.random.choice(KEYS), self.random.random()
        if choice < 0.4:
            connection.execute(
                """insert into crm.customer (id, tenant_id, name) values (%s, %s, %s)
                   on conflict (id) do update set name = excluded.name""",
                (key, self.house.tenant, uuid4().hex),
            )
        elif choice < 0.7:
            connection.execute("delete from crm.customer where id = %s", (key,))
        elif choice < 0.85:
            connection.execute("update crm.customer set seats = coalesce(seats, 0) + 1 where id = %s", (key,))
        else:
            with connection.transaction(force_rollback=self.random.random() < 0.5):
                connection.execute("update crm.customer set city = %s where id = %s", (uuid4().hex, key))


@pytest.mark.untraced
def test_raw_equals_the_operational_database_at_every_batch(house: Any) -> None:
    stop = threading.Event()
    writers = [Writer(house, seed, stop) for seed in range(WRITERS)]
    for thread in writers:
        thread.start()
    batches, wrong = 0, []
    end = time.monotonic() + SECONDS
    try:
        while time.monotonic() < end:
            result, differences = reconcile(house.extractor, house.warehouse, load_catalog())
            batches += result.batch is not None
            wrong += [(result.batch, difference) for difference in differences]
    finally:
        stop.set()
        for thread in writers:
            thread.join()
    assert [thread.failure for thread in writers if thread.failure] == []
    assert wrong == []
    assert batches > 10
    assert sum(thread.committed for thread in writers) > 50
    assert reconcile(house.extractor, house.warehouse, load_catalog())[1] == []
