"""Mail that waits to be sent, and what became of the rest.

A mail is a row of the transaction that wants it sent. `sending` is committed before the first byte leaves: a process
that dies meanwhile leaves a mail that may have arrived, and such a one is never sent again by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Integer,
    Row,
    Table,
    Text,
    Uuid,
    delete,
    insert,
    select,
    update,
)

from operational.core.db import UnitOfWork
from operational.core.pagination import PageRequest, Sort, paged
from operational.core.tables import KERNEL_TABLES

WAITING, SENDING, SENT, STUCK, DISCARDED = "waiting", "sending", "sent", "stuck", "discarded"
KEEP = timedelta(days=90)

# made with the kernel (operational.core.ddl), as every service writes to it
mail_message = Table(
    "mail_message",
    KERNEL_TABLES,
    Column("id", Uuid, primary_key=True),
    Column("tenant_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("subject", Text, nullable=False),
    # None once a mail with a secret has left
    Column("body", Text),
    Column("is_secret", Boolean, nullable=False),
    Column("status", Text, nullable=False),
    # whether what is stuck may have arrived all the same
    Column("is_uncertain", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_error", Text),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("next_attempt_at", DateTime(timezone=True), nullable=False),
    Column("sent_at", DateTime(timezone=True)),
)

NEWEST = Sort(mail_message.c.created_at, mail_message.c.id, datetime, key_descends=True)


@dataclass(frozen=True, slots=True)
class Mail:
    """A plain text mail to one person; `kind` says what it is for, `is_secret` that it must not be kept once sent."""

    kind: str
    recipient: str
    subject: str
    body: str
    is_secret: bool = False


async def send_mail(work: UnitOfWork, mail: Mail) -> UUID:
    """Let a mail leave when, and only if, the transaction commits; returns its id."""
    mail_id = uuid4()
    await work.write(
        insert(mail_message).values(
            id=mail_id, tenant_id=work.tenant_id, kind=mail.kind, recipient=mail.recipient, subject=mail.subject,
            body=mail.body, is_secret=mail.is_secret, status=WAITING, is_uncertain=False, attempts=0,
            created_at=work.now, next_attempt_at=work.now,
        )
    )  # fmt: skip
    return mail_id


async def list_mail(work: UnitOfWork, request: PageRequest) -> Sequence[Row[Any]]:
    """Mails without their bodies, one row more than a page; filters: `status`."""
    columns = [column for column in mail_message.c if column.name != "body"]
    query = select(*columns).where(mail_message.c.tenant_id == work.tenant_id)
    if request.filters.get("status"):
        query = query.where(mail_message.c.status == request.filters["status"])
    return (await work.read(paged(query, request))).all()


async def find_mail(work: UnitOfWork, mail_id: UUID) -> Row[Any] | None:
    """One mail with its body."""
    query = select(mail_message).where(mail_message.c.tenant_id == work.tenant_id, mail_message.c.id == mail_id)
    return (await work.read(query)).first()


async def settle_mail(work: UnitOfWork, mail_id: UUID, *, again: bool) -> bool:
    """Send a stuck mail once more, or give it up; False where there is no such stuck mail."""
    values: dict[str, object] = {"status": DISCARDED, "body": None}
    if again:
        values = {"status": WAITING, "is_uncertain": False, "attempts": 0, "next_attempt_at": work.now}
    found = await work.write(
        update(mail_message)
        .where(mail_message.c.tenant_id == work.tenant_id, mail_message.c.id == mail_id, mail_message.c.status == STUCK)
        .values(**values)
    )
    return found.rowcount == 1


async def forget_mail(work: UnitOfWork) -> None:
    """Drop what was sent or given up long ago."""
    await work.write(
        delete(mail_message).where(
            mail_message.c.tenant_id == work.tenant_id,
            mail_message.c.status.in_((SENT, DISCARDED)),
            mail_message.c.created_at < work.now - KEEP,
        )
    )
