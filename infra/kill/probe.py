"""A service that listens: it writes down every event of tickets it hears, so that one heard twice can be seen."""

import psycopg
from sqlalchemy import BigInteger, Column, Identity, Integer, Table, Text, Uuid, create_engine, insert, text

from operational.core import ddl
from operational.core.bus import Envelope, Subscription
from operational.core.db import UnitOfWork
from operational.core.event_schemas import read
from operational.core.module import ServiceModule
from operational.core.outbox import inbox_table
from operational.core.tables import service_metadata
from operational.tickets.events import TicketChanged, TicketCreated

CONSUMER = "probe.effects"
metadata = service_metadata("probe")
inbox = inbox_table(metadata)
# no key that would refuse a second one
effect = Table(
    "effect",
    metadata,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("tenant_id", Uuid, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("topic", Text, nullable=False),
    Column("aggregate_id", Uuid, nullable=False),
    Column("aggregate_version", Integer, nullable=False),
)
EVENTS: dict[str, type[TicketCreated | TicketChanged]] = {
    event.TOPIC: event for event in (TicketCreated, TicketChanged)
}


async def _note(work: UnitOfWork, envelope: Envelope) -> None:
    # what cannot be read is no effect
    assert read(envelope, EVENTS[envelope.topic]).ticket_id == envelope.aggregate_id
    await work.write(
        insert(effect).values(
            tenant_id=work.tenant_id, event_id=envelope.id, topic=envelope.topic, aggregate_id=envelope.aggregate_id,
            aggregate_version=envelope.aggregate_version,
        )
    )  # fmt: skip


module = ServiceModule(
    name="probe",
    metadata=metadata,
    subscribers=tuple(Subscription(topic, CONSUMER, _note) for topic in EVENTS),
)


def make_tables(owner_url: str) -> None:
    """Make the service's schema, as a migration would."""
    engine = create_engine(owner_url.replace("postgresql://", "postgresql+psycopg://", 1))
    try:
        with engine.begin() as connection:
            connection.execute(text("create schema probe"))
            metadata.create_all(connection)
    finally:
        engine.dispose()
    with psycopg.connect(owner_url) as owner:
        owner.execute(ddl.create_schema("probe"))
        owner.execute(ddl.protect_local("probe.inbox"))
        owner.execute(ddl.protect_local("probe.effect", grants="select, insert"))
