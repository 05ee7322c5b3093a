"""What just happened, told to whoever looks: PostgreSQL's notifications to open pages.

A notification carries ids only; who hears of it reads what they may. It is a hint, not a delivery: after an
interruption listeners are told to look at everything anew.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from uuid import UUID

import psycopg
import structlog
from sqlalchemy import Select, Text, func, select

from operational.core.statements import Statement, given

CHANNEL = "psa_live"
# a page that reads slower than this is told to look anew
QUEUED = 200
HEARTBEAT_SECONDS = 15.0
RETRY_SECONDS = 2.0
log = structlog.get_logger("psa.live")


@dataclass(frozen=True, slots=True)
class Happening:
    """One version of one record; topic `resync` means that some were missed."""

    topic: str
    aggregate_id: str
    version: int
    actor_id: str | None


RESYNC = Happening("resync", "", 0, None)


def notification(tenant_id: UUID, happening: Happening) -> Select[tuple[None]]:
    """The statement that tells of a happening when the transaction commits."""
    return select(func.pg_notify(CHANNEL, in_words(tenant_id, happening)))


NOTIFY = Statement(select(func.pg_notify(CHANNEL, given("told", Text))))


def in_words(tenant_id: UUID, happening: Happening) -> str:
    """What `NOTIFY` tells."""
    return json.dumps({"tenant_id": str(tenant_id), **asdict(happening)})


class LiveHub:
    """Listens on one connection and passes on to the open pages of this process, by tenant."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._listeners: dict[UUID, set[asyncio.Queue[Happening]]] = {}
        self._task: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()

    @property
    def stopping(self) -> bool:
        """Whether pages should let go."""
        return self._stopping.is_set()

    @contextmanager
    def _listening(self, tenant_id: UUID) -> Iterator[asyncio.Queue[Happening]]:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._listen(), name="live")
        queue: asyncio.Queue[Happening] = asyncio.Queue(QUEUED)
        self._listeners.setdefault(tenant_id, set()).add(queue)
        try:
            yield queue
        finally:
            self._listeners[tenant_id].discard(queue)

    async def happenings(self, tenant_id: UUID) -> AsyncIterator[Happening | None]:
        """What happens in a tenant from now on, None from time to time when nothing does; ends at a shutdown."""
        with self._listening(tenant_id) as queue:
            stop = asyncio.create_task(self._stopping.wait())
            get: asyncio.Task[Happening] | None = None
            try:
                while not self.stopping:
                    get = asyncio.create_task(queue.get())
                    done, _ = await asyncio.wait(
                        {get, stop}, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED
                    )
                    if get in done:
                        yield get.result()
                        continue
                    get.cancel()
                    if not done:
                        yield None
            finally:
                # a reader may hang up while both wait
                stop.cancel()
                if get is not None:
                    get.cancel()

    def stop(self) -> None:
        """Let every page go; the process is about to end."""
        self._stopping.set()

    async def close(self) -> None:
        """Stop listening."""
        self.stop()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _listen(self) -> None:
        while not self.stopping:
            try:
                async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
                    await connection.execute(f"listen {CHANNEL}")
                    self._tell_everybody()
                    async for notify in connection.notifies():
                        self._pass_on(notify.payload)
            except psycopg.OperationalError as error:
                log.warning("live_interrupted", error=str(error))
                await asyncio.sleep(RETRY_SECONDS)

    def _pass_on(self, payload: str) -> None:
        content = json.loads(payload)
        tenant_id = UUID(content.pop("tenant_id"))
        for queue in self._listeners.get(tenant_id, ()):
            _put(queue, Happening(**content))

    def _tell_everybody(self) -> None:
        for queues in self._listeners.values():
            for queue in queues:
                _put(queue, RESYNC)


def _put(queue: asyncio.Queue[Happening], happening: Happening) -> None:
    if queue.full():
        while not queue.empty():
            queue.get_nowait()
        happening = RESYNC
    queue.put_nowait(happening)
