"""The process beside the API: background jobs, schedules, events in and out, mail, and the sealer of audit logs."""

import asyncio
import signal
from collections.abc import Iterable, Sequence
from typing import Any, Protocol
from uuid import UUID

import structlog
from sqlalchemy import text

from operational.app import make_kernel
from operational.core.bus import Bus, Consumer, InProcessBus
from operational.core.db import Clock, Database, utc_now
from operational.core.kernel import Kernel
from operational.core.mail.carrier import MailCarrier
from operational.core.mail.transport import make_transport
from operational.core.module import ServiceModule
from operational.core.process import begin_process
from operational.core.rabbit import RabbitBus, RabbitConsumer, Topology
from operational.core.receiving import Receiver, Redelivery
from operational.core.relay import Relay
from operational.core.seal.sealer import make_sealers
from operational.core.settings import Settings
from operational.services import SERVICES

GRACE_SECONDS = 20
log = structlog.get_logger("psa.worker")


class Part(Protocol):
    """Something the worker does beside other things until it is told to stop."""

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; a lost database or broker is met by trying again."""


def consumers_of(services: Iterable[ServiceModule]) -> dict[str, list[Consumer]]:
    """Who listens to events, by service; raises ValueError for a service that listens and has no inbox."""
    found: dict[str, list[Consumer]] = {}
    for service in services:
        inbox = service.table("inbox")
        if service.subscribers and inbox is None:
            raise ValueError(f"{service.name} subscribes to events and has no inbox table")
        if service.subscribers and inbox is not None:
            found[service.name] = [Consumer(service.name, inbox, each) for each in service.subscribers]
    return found


def topics_of(services: Iterable[ServiceModule]) -> dict[str, set[str]]:
    """What each listening service listens to."""
    found: dict[str, set[str]] = {}
    for service in services:
        if service.subscribers:
            found.setdefault(service.name, set()).update(each.topic for each in service.subscribers)
    return found


def _hear_beyond(modules: Sequence[ServiceModule]) -> bool:
    """Whether these services listen to events of others, or others to theirs: without a broker those are lost."""
    here = {module.name for module in modules}
    return any(
        (topic.partition(".")[0] in here) != (service in here)
        for service, topics in topics_of((*SERVICES, *modules)).items()
        for topic in topics
    )


def make_event_parts(kernel: Kernel, relay_database: Database, services: Iterable[ServiceModule]) -> list[Part]:
    """What carries events: a relay for each outbox, and for each listening service who takes them and tries again."""
    modules = tuple(services)
    receiver, consumers = Receiver(kernel.database), consumers_of(modules)
    parts: list[Part] = [Redelivery(relay_database, name, those, receiver) for name, those in consumers.items()]
    url = kernel.settings.rabbitmq_url
    bus: Bus
    if url is None:
        bus = InProcessBus(receiver, [each for those in consumers.values() for each in those])
    else:
        topology = Topology(topics_of((*SERVICES, *modules)), kernel.settings.events_prefix)
        bus = RabbitBus(url, topology)
        parts.extend(RabbitConsumer(url, topology, name, those, receiver) for name, those in consumers.items())
    outboxes = [service.table("outbox") for service in modules]
    parts.extend(Relay(relay_database, outbox, bus) for outbox in outboxes if outbox is not None)
    return parts


async def tenants(scheduler: Database) -> list[UUID]:
    """Every tenant; as the scheduler's role."""
    async with scheduler.across_tenants() as connection:
        return list(await connection.scalars(text("select id from auth.tenant order by id")))


class Worker:
    """Runs until `stop` is set, then lets what is running end."""

    def __init__(
        self, settings: Settings, services: Iterable[ServiceModule] = SERVICES, *, clock: Clock = utc_now
    ) -> None:
        modules = tuple(services)
        if settings.relay_url is None or settings.scheduler_url is None:
            raise ValueError("set PSA_RELAY_URL and PSA_SCHEDULER_URL; see docs/services.md")
        missing = {module.name for module in SERVICES} - {module.name for module in modules}
        if settings.rabbitmq_url is None and ((settings.peers is not None and missing) or _hear_beyond(modules)):
            raise ValueError("services in processes of their own hear of each other by RabbitMQ; set PSA_RABBITMQ_URL")
        self.stop = asyncio.Event()
        # a worker of some services leaves the others' jobs to theirs
        self._jobs: dict[str, Any] = {"concurrency": 4}
        if missing:
            self._jobs["queues"] = sorted(module.name for module in modules)
        self._kernel = make_kernel(settings, modules, clock)
        self._relay_database = Database(settings.relay_url, clock=clock, pool_size=2 * len(modules) + 1)
        self._scheduler_database = Database(settings.scheduler_url, clock=clock, pool_size=1)
        self._parts: list[Part] = make_event_parts(self._kernel, self._relay_database, modules)
        if settings.mail_url is None:
            log.warning("mail_waits", reason="set PSA_MAIL_URL to send mail")
        else:
            transport = make_transport(settings.mail_url, settings.mail_from)
            self._parts.append(MailCarrier(self._relay_database, transport))
        sealers = make_sealers(settings, modules, clock)
        self._parts.extend(sealers)
        self._others = [self._scheduler_database, *(sealer.database for sealer in sealers)]
        self._kernel.jobs.schedule(lambda: tenants(self._scheduler_database))

    async def run(self) -> None:
        """Work; raises when a part of it ends by itself, so that the supervisor starts the process anew."""
        jobs = self._kernel.jobs.app
        try:
            for checked in (self._kernel.database, self._relay_database, *self._others):
                await checked.answers()
            async with jobs.open_async():
                # a cancelled job worker finishes what it has begun, within the grace
                parts = [
                    asyncio.create_task(
                        jobs.run_worker_async(
                            **self._jobs,
                            install_signal_handlers=False,
                            shutdown_graceful_timeout=GRACE_SECONDS,
                            delete_jobs="successful",
                        ),
                        name="jobs",
                    ),
                    *(asyncio.create_task(part.run(self.stop), name=type(part).__name__) for part in self._parts),
                ]
                stopping = asyncio.create_task(self.stop.wait())
                log.info("worker_started", parts=len(parts))
                done, _ = await asyncio.wait({stopping, *parts}, return_when=asyncio.FIRST_COMPLETED)
                self.stop.set()
                parts[0].cancel()
                results = await asyncio.gather(*parts, return_exceptions=True)
                if stopping not in done:
                    failure = next((result for result in results if isinstance(result, Exception)), None)
                    raise RuntimeError("a part of the worker ended by itself") from failure
        finally:
            await self._kernel.close()
            for database in (self._relay_database, *self._others):
                await database.close()
            log.info("worker_stopped")


def prepare(settings: Settings, services: Iterable[ServiceModule] = SERVICES) -> Worker:
    """The worker of these services; raises ValueError for settings that contradict each other."""
    begin_process(settings, "worker")
    return Worker(settings, services)


async def _run(worker: Worker) -> None:
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, worker.stop.set)
    await worker.run()


def run(worker: Worker) -> None:
    """Work until SIGTERM or SIGINT."""
    asyncio.run(_run(worker))
