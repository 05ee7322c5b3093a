"""Forgets what has served: kept answers and handled events."""

from datetime import timedelta

from sqlalchemy import Table, delete

from operational.core.db import UnitOfWork
from operational.core.jobs import Job

ANSWERS_LIVE = timedelta(days=2)
# longer than the relay keeps what it has delivered, so that nothing is delivered after its inbox row is gone
HANDLED_LIVE = timedelta(days=30)


def housekeeping(service: str, idempotency: Table, inbox: Table) -> Job:
    """A nightly job of a service that empties its idempotency and inbox tables of what is old."""

    async def forget(work: UnitOfWork) -> None:
        for column, life in ((idempotency.c.answered_at, ANSWERS_LIVE), (inbox.c.handled_at, HANDLED_LIVE)):
            table = column.table
            await work.write(delete(table).where(table.c.tenant_id == work.tenant_id, column < work.now - life))

    return Job(f"{service}.housekeeping", forget, cron="17 3 * * *")
