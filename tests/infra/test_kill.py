"""`psa bench kill` in its short form, and that its verdict finds what it looks for."""

from pathlib import Path
from typing import Any

import psycopg
import pytest

from infra.kill import verdict
from infra.kill.probe import make_tables
from infra.kill.probe import module as probe
from infra.kill.run import WEIGHTS, Outcome, measure_kill
from infra.kill.writers import Ledger
from infra.servers.rabbitmq import RabbitMQ
from operational.core.bus import InProcessBus
from operational.core.db import Database
from operational.core.receiving import Receiver
from operational.core.relay import Relay
from operational.tickets.models_desk import outbox
from operational.worker import consumers_of
from tests.operational.api.conftest import anyio_backend, api, keys_dir
from tests.servers import need

__all__ = ["anyio_backend", "api", "keys_dir"]


def test_nothing_acknowledged_is_lost_or_done_twice(open_folder: Path) -> None:
    need(RabbitMQ)
    outcome = measure_kill(open_folder, kills=len(WEIGHTS), writes=100, seed=4711)
    assert outcome.faults == []
    assert (outcome.recoveries.keys(), outcome.ledger.writes >= 100) == (WEIGHTS.keys(), True)


def test_slow_recoveries_are_named() -> None:
    outcome = Outcome(1, Ledger(), recoveries={"api": [1.0] * 30 + [9.0], "postgres": [14.0, 16.0]})
    assert outcome.kills == 33
    assert outcome.slow() == ["postgres took 16.0 s, at most 15 s are wanted"]


async def _worked(api: Any) -> dict[str, tuple[int, str]]:
    """A ticket opened and changed, and its events heard."""
    make_tables(api.house.owner)
    anna = await api.caller("technician")
    made = (await anna.post("/api/tickets", {"customer_id": api.customer(), "subject": "a 0"})).json()
    await anna.patch(f"/api/tickets/{made['id']}", {"subject": "a 1"}, '"1"')
    (consumers,) = consumers_of([probe]).values()
    database = Database(api.kernel.settings.relay_url, clock=api.clock, pool_size=2)
    relay = Relay(database, outbox, InProcessBus(Receiver(api.kernel.database), consumers))
    async with relay.leading() as connection:
        assert connection is not None
        assert await relay.publish_waiting(connection) == 2
    await database.close()
    return {made["id"]: (2, "a 1")}


NOBODY = "00000000-0000-0000-0000-000000000001"
# a change, and what is said of it
PLANTED = [
    ("insert into probe.effect (tenant_id, event_id, topic, aggregate_id, aggregate_version) "
     "select tenant_id, event_id, topic, aggregate_id, aggregate_version from probe.effect "
     "where aggregate_version = 2", "1 effects that happened twice"),
    ("delete from probe.effect where aggregate_version = 1", "1 events without an effect"),
    ("update probe.effect set event_id = gen_random_uuid() where aggregate_version = 1", "1 effects of no event"),
    ("update probe.effect set aggregate_version = 3 - aggregate_version", "1 effects out of their record's order"),
    ("update tickets.ticket set version = 3", "1 changes without their audit row"),
    ("update tickets.ticket set version = 3", "1 versions without their event"),
    ("update tickets.ticket set subject = 'a 0'", "acknowledged was (2, 'a 1')"),
    ("update tickets.ticket set version = 1, subject = 'a 1'", "acknowledged was (2, 'a 1')"),
    ("insert into tickets.ticket (tenant_id, number, customer_id, opened_at, subject, version) "
     "select tenant_id, 'T9', customer_id, opened_at, subject, 0 from tickets.ticket", "1 tickets opened twice"),
    ("insert into tickets.ticket (tenant_id, number, customer_id, opened_at, subject, version) "
     "select tenant_id, 'T9', customer_id, opened_at, 'b 0', 0 from tickets.ticket", "was never acknowledged"),
]  # fmt: skip


@pytest.mark.anyio
async def test_the_verdict_finds_what_is_wrong(api: Any) -> None:
    acknowledged = await _worked(api)
    assert verdict.waiting(api.house.owner) == 0
    with psycopg.connect(api.house.owner) as owner:
        assert list(verdict.faults(owner, acknowledged)) == []
        for change, said in PLANTED:
            owner.execute(change)
            found = list(verdict.faults(owner, acknowledged))
            assert [fault for fault in found if said in fault], (change, found)
            owner.rollback()
        lost = {**acknowledged, NOBODY: (1, "x")}
        assert list(verdict.faults(owner, lost)) == [f"ticket {NOBODY} was acknowledged and is not there"]
