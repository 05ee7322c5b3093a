"""Kills at random while people write, and looks at what is left."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from uuid import UUID

import httpx
import psycopg

from infra.kill import verdict
from infra.kill.stage import APIS, Stage
from infra.kill.writers import Ledger, Writer

WRITERS = 8
# between writes, as people do: whoever takes every processor whole measures the wait for one, and not a recovery
THINK_SECONDS = 0.35
# how often each is chosen, and within which time (seconds) it is to work again in 95 of 100 cases
WEIGHTS = {"api": 40, "worker": 25, "relay": 20, "postgres": 10, "rabbitmq": 5}
BOUNDS = {"api": 5.0, "worker": 5.0, "relay": 5.0, "postgres": 15.0, "rabbitmq": 30.0}
LONGEST_PAUSE_SECONDS = 1.5
GIVE_UP_SECONDS = 120.0
Report = Callable[[str], None]


@dataclass
class Outcome:
    """What a run has shown; recoveries are seconds by target."""

    seed: int
    ledger: Ledger
    seconds: float = 0.0
    recoveries: dict[str, list[float]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def kills(self) -> int:
        """How many processes were killed."""
        return sum(map(len, self.recoveries.values()))

    def slow(self) -> list[str]:
        """Targets whose 95th percentile is over its bound."""
        return [
            f"{target} took {p95(found):.1f} s, at most {BOUNDS[target]:g} s are wanted"
            for target, found in self.recoveries.items()
            if p95(found) > BOUNDS[target]
        ]


def p95(found: list[float]) -> float:
    """The 95th percentile; of a few it is their largest."""
    return max(found) if len(found) < 20 else quantiles(found, n=20)[-1]


def measure_kill(folder: Path, *, kills: int, writes: int, seed: int, report: Report = lambda _: None) -> Outcome:
    """Run the house in a folder, kill at random `kills` times during at least `writes` writes, and judge."""
    stage = Stage(folder)
    try:
        tenant = stage.start()
        customer, key = _prepare(stage, tenant)
        report(f"up; seed {seed}")
        began = time.monotonic()
        outcome = asyncio.run(_run(stage, customer, key, Outcome(seed, Ledger()), (kills, writes), report))
        outcome.seconds = time.monotonic() - began
        outcome.faults += outcome.ledger.faults
        outcome.faults += _drained(stage)
        with psycopg.connect(stage.owner) as owner:
            outcome.faults += verdict.faults(owner, outcome.ledger.tickets)
        return outcome
    finally:
        stage.stop()


def _prepare(stage: Stage, tenant: UUID) -> tuple[str, str]:
    """A customer, and the key of somebody who may write."""
    from operational.auth.service.logins import create_login

    email, password = "writer@bench.example", "umbrella ladder quartz"
    with psycopg.connect(stage.owner) as owner:
        create_login(owner, tenant, email, password, name="writer", roles=("admin",))
        row = owner.execute("insert into crm.customer (tenant_id, name) values (%s, 'x') returning id", (tenant,))
        customer = str((row.fetchone() or ("",))[0])
    with httpx.Client(base_url=stage.url(APIS[0])) as client:
        tokens = client.post("/api/auth/login", json={"email": email, "password": password}).raise_for_status().json()
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        made = client.post("/api/auth/api-keys", json={"name": "bench"}, headers=headers).raise_for_status().json()
    return customer, str(made["key"])


async def _run(
    stage: Stage, customer: str, key: str, outcome: Outcome, wanted: tuple[int, int], report: Report
) -> Outcome:
    stop = asyncio.Event()
    urls = [stage.url(api) for api in APIS]
    people = [
        asyncio.create_task(
            Writer([*urls[n % 2 :], *urls[: n % 2]], key, customer, outcome.ledger, THINK_SECONDS).run(stop)
        )
        for n in range(WRITERS)
    ]
    dice = random.Random(outcome.seed)
    prober = Writer(urls, key, customer, outcome.ledger)
    kills, writes = wanted
    try:
        for target in _targets(dice, kills):
            await asyncio.sleep(dice.uniform(0, LONGEST_PAUSE_SECONDS))
            seconds = await _kill(stage, target, dice, prober)
            outcome.recoveries.setdefault(target, []).append(seconds)
            report(f"{outcome.kills:>4} {target:<9} works again after {seconds:5.1f} s, {outcome.ledger.writes} writes")
        while outcome.ledger.writes < writes:
            await asyncio.sleep(0.5)
    finally:
        stop.set()
        await asyncio.gather(*people)
    return outcome


def _targets(dice: random.Random, kills: int) -> list[str]:
    """At random by weight, and each at least once where there are enough."""
    first = list(WEIGHTS)[:kills]
    rest = dice.choices(list(WEIGHTS), list(WEIGHTS.values()), k=kills - len(first))
    return dice.sample([*first, *rest], kills)


async def _kill(stage: Stage, target: str, dice: random.Random, prober: Writer) -> float:
    """Kill, and wait until it works again; returns the seconds that took."""
    while (name := await asyncio.to_thread(stage.kill, target, dice)) is None:
        await asyncio.sleep(0.2)
    began, newest = time.monotonic(), None
    is_up = stage.is_up(name)
    while not await asyncio.to_thread(is_up):
        _give_up(began, name)
        await asyncio.sleep(0.05)
    async with httpx.AsyncClient(timeout=10) as client:
        await prober.write_ticket(client)
    # events of before may still be on their way: what counts is that they go on
    while target in ("worker", "relay", "rabbitmq"):
        now = await asyncio.to_thread(_newest_effect, stage)
        newest = now if newest is None else newest
        if now is not None and newest is not None and now > newest:
            break
        _give_up(began, f"the events after the end of {name}")
        await asyncio.sleep(0.1)
    return time.monotonic() - began


def _give_up(began: float, what: str) -> None:
    if time.monotonic() - began > GIVE_UP_SECONDS:
        raise RuntimeError(f"{what}: nothing for {GIVE_UP_SECONDS:g} s")


def _newest_effect(stage: Stage) -> int | None:
    row = stage.watch.ask("select coalesce(max(number), 0) from probe.effect")
    return int(row[0]) if row else None


def _drained(stage: Stage) -> list[str]:
    """Wait until every event has arrived."""
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while (left := verdict.waiting(stage.owner)) and time.monotonic() < deadline:
        time.sleep(0.5)
    return [f"{left} events have not arrived"] if left else []


def table(outcome: Outcome, report: Report) -> None:
    """The figures, for a person."""
    ledger = outcome.ledger
    report(f"seed        {outcome.seed}")
    report(f"writes      {ledger.writes:>8,}  in {ledger.attempts:,} attempts and {outcome.seconds:.0f} s")
    report(f"kills       {outcome.kills:>8,}  works again after: median, 95 %, longest (bound)")
    for target, found in sorted(outcome.recoveries.items()):
        middle = sorted(found)[len(found) // 2]
        report(
            f"  {target:<9} {len(found):>8,}  {middle:.1f} s, {p95(found):.1f} s, {max(found):.1f} s "
            f"({BOUNDS[target]:g} s)"
        )
    counted: Mapping[str, int] = Counter(outcome.faults)
    for fault, times in counted.items():
        report(f"FAULT       {fault}{f' ({times} times)' if times > 1 else ''}")
    for line in outcome.slow():
        report(f"SLOW        {line}")
    if not outcome.faults:
        report("faults      none: nothing acknowledged is lost, nothing is done twice, order kept")
