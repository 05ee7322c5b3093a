"""The process beside the API: background jobs, schedules, the relays of all outboxes, and the sealer of audit logs."""

import asyncio
import signal
from collections.abc import Iterable
from uuid import UUID

import structlog
from sqlalchemy import text

from operational.app import make_kernel
from operational.core.bus import InProcessBus
from operational.core.db import Clock, Database, utc_now
from operational.core.kernel import Kernel
from operational.core.mail.carrier import MailCarrier
from operational.core.mail.transport import make_transport
from operational.core.module import ServiceModule
from operational.core.relay import Relay
from operational.core.requests import configure_logging
from operational.core.seal.sealer import make_sealers
from operational.core.settings import Settings
from operational.services import SERVICES

GRACE_SECONDS = 20
log = structlog.get_logger("psa.worker")


def make_bus(kernel: Kernel, services: Iterable[ServiceModule]) -> InProcessBus:
    """The bus with every service's subscribers; raises ValueError for one whose service has no inbox."""
    bus = InProcessBus(kernel.database)
    for service in services:
        inbox = service.table("inbox")
        if service.subscribers and inbox is None:
            raise ValueError(f"{service.name} subscribes to events and has no inbox table")
        if inbox is not None:
            bus.subscribe(inbox, service.subscribers)
    return bus


def make_relays(database: Database, bus: InProcessBus, services: Iterable[ServiceModule]) -> list[Relay]:
    """One relay for each service that has an outbox."""
    outboxes = [service.table("outbox") for service in services]
    return [Relay(database, outbox, bus) for outbox in outboxes if outbox is not None]


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
        self.stop = asyncio.Event()
        self._kernel = make_kernel(settings, modules, clock)
        self._relay_database = Database(settings.relay_url, clock=clock, pool_size=len(modules) + 1)
        self._scheduler_database = Database(settings.scheduler_url, clock=clock, pool_size=1)
        self._relays: list[Relay | MailCarrier] = [
            *make_relays(self._relay_database, make_bus(self._kernel, modules), modules)
        ]
        if settings.mail_url is None:
            log.warning("mail_waits", reason="set PSA_MAIL_URL to send mail")
        else:
            transport = make_transport(settings.mail_url, settings.mail_from)
            self._relays.append(MailCarrier(self._relay_database, transport))
        self._sealers = make_sealers(settings, modules, clock)
        self._others = [self._scheduler_database, *(sealer.database for sealer in self._sealers)]
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
                            concurrency=4,
                            install_signal_handlers=False,
                            shutdown_graceful_timeout=GRACE_SECONDS,
                            delete_jobs="successful",
                        ),
                        name="jobs",
                    ),
                    *(asyncio.create_task(relay.run(self.stop), name="relay") for relay in self._relays),
                    *(asyncio.create_task(sealer.run(self.stop), name="sealer") for sealer in self._sealers),
                ]
                stopping = asyncio.create_task(self.stop.wait())
                log.info("worker_started", relays=len(self._relays))
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


async def _run(settings: Settings) -> None:
    worker = Worker(settings)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, worker.stop.set)
    await worker.run()


def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT."""
    configure_logging(settings.log_level)
    asyncio.run(_run(settings))
