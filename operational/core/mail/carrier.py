"""Carries waiting mail out: a part of the worker."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from operational.core.db import Database
from operational.core.errors import in_a_line
from operational.core.leader import leading, wait_or_stop
from operational.core.mail.queue import SENDING, SENT, STUCK, WAITING, mail_message
from operational.core.mail.transport import Letter, NotSentError, Transport, UncertainError

MAX_ATTEMPTS = 12
FIRST_PAUSE_SECONDS = 15
LONGEST_PAUSE_SECONDS = 3600
INTERRUPTED = "the process ended while it was being sent; it may have arrived"
log = structlog.get_logger("psa.mail", "AUTOCOMMIT")


class MailCarrier:
    """Sends one mail after the other; several may run, an advisory lock lets one of them work."""

    def __init__(self, database: Database, transport: Transport) -> None:
        self._database = database
        self._transport = transport
        # what became of mails that could not be written down while the database was away
        self._outcomes: dict[UUID, dict[str, object]] = {}

    async def run(self, stop: asyncio.Event, *, pause: float = 0.5) -> None:
        """Send until `stop` is set; a lost database is met by trying again."""
        while not stop.is_set():
            try:
                async with leading(self._database, "psa.mail", "AUTOCOMMIT") as connection:
                    if connection is not None:
                        await self.take_over(connection)
                        while not stop.is_set():
                            await self.send_waiting(connection, stop)
                            await wait_or_stop(stop, pause)
            except (SQLAlchemyError, OSError) as error:
                log.warning("mail_interrupted", error=str(error))
            await wait_or_stop(stop, pause * 4)

    async def take_over(self, connection: AsyncConnection) -> None:
        """Settle what was being sent when a process, or the database, ended: the lock is ours, so nobody sends now."""
        for mail_id, outcome in list(self._outcomes.items()):
            await self._write_down(connection, mail_id, outcome)
        values: dict[str, object] = {"status": WAITING}
        if not self._transport.is_repeatable:
            values = {"status": STUCK, "is_uncertain": True, "last_error": INTERRUPTED}
        await connection.execute(update(mail_message).where(mail_message.c.status == SENDING).values(**values))

    async def send_waiting(self, connection: AsyncConnection, stop: asyncio.Event | None = None) -> int:
        """Send everything that may leave now; returns how many mails did."""
        sent = 0
        while not (stop and stop.is_set()) and (row := await self._claim(connection)) is not None:
            sent += await self._send(connection, row)
        return sent

    async def _claim(self, connection: AsyncConnection) -> Row[Any] | None:
        first = (
            select(mail_message.c.id)
            .where(mail_message.c.status == WAITING, mail_message.c.next_attempt_at <= self._database.clock())
            .order_by(mail_message.c.next_attempt_at)
            .limit(1)
        )
        claimed = await connection.execute(
            update(mail_message)
            .where(mail_message.c.id == first.scalar_subquery())
            .values(status=SENDING, attempts=mail_message.c.attempts + 1)
            .returning(mail_message)
        )
        return claimed.first()

    async def _send(self, connection: AsyncConnection, row: Row[Any]) -> int:
        letter = Letter(row.id, row.tenant_id, row.recipient, row.subject, row.body, row.created_at)
        now = self._database.clock()
        values: dict[str, object]
        try:
            await self._transport.send(letter)
        except UncertainError as error:
            values = {"status": STUCK, "is_uncertain": True, "last_error": str(error)[:2000]}
        except NotSentError as error:
            values = self._not_sent(row.attempts, error)
        # one letter that cannot be made must not keep the others
        except Exception as error:
            log.exception("mail_failed", mail_id=str(row.id))
            values = {"status": STUCK, "last_error": in_a_line(error)}
        else:
            values = {"status": SENT, "sent_at": now, "last_error": None}
            if row.is_secret:
                values["body"] = None
        self._outcomes[row.id] = values
        await self._write_down(connection, row.id, values)
        if values["status"] != SENT:
            log.warning("mail_not_sent", mail_id=str(row.id), kind=row.kind, error=values["last_error"])
        return values["status"] == SENT

    async def _write_down(self, connection: AsyncConnection, mail_id: UUID, values: dict[str, object]) -> None:
        await connection.execute(update(mail_message).where(mail_message.c.id == mail_id).values(**values))
        del self._outcomes[mail_id]

    def _not_sent(self, attempts: int, error: NotSentError) -> dict[str, object]:
        values: dict[str, object] = {"last_error": str(error)[:2000]}
        if error.is_permanent or attempts >= MAX_ATTEMPTS:
            return values | {"status": STUCK}
        pause = min(FIRST_PAUSE_SECONDS * 2 ** (attempts - 1), LONGEST_PAUSE_SECONDS)
        return values | {"status": WAITING, "next_attempt_at": self._database.clock() + timedelta(seconds=pause)}
