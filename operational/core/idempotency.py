"""A POST sent twice with one Idempotency-Key has its effect once."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import Column, Index, MetaData, SmallInteger, Table, Text, UniqueConstraint, Uuid, func, select
from sqlalchemy.dialects.postgresql import JSONB

from operational.core.db import UnitOfWork
from operational.core.errors import Problem, bad_request, conflict
from operational.core.etag import etag
from operational.core.statements import TENANT, Statement, given
from operational.core.tables import instant, local_table


def idempotency_table(metadata: MetaData) -> Table:
    """The answers a service has given, by user and key."""
    return local_table(
        "idempotency",
        metadata,
        Column("user_id", Uuid, nullable=False),
        Column("key", Text, nullable=False),
        Column("fingerprint", Text, nullable=False),
        Column("status", SmallInteger, nullable=False),
        Column("headers", JSONB, nullable=False),
        Column("body", JSONB, nullable=False),
        instant("answered_at", nullable=False),
        UniqueConstraint("tenant_id", "user_id", "key"),
        Index("ix_idempotency_tenant_id_answered_at", "tenant_id", "answered_at"),
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a POST answers with when it has made something."""

    body: BaseModel
    version: int | None = None
    location: str | None = None
    status: int = 201

    def headers(self) -> dict[str, str]:
        """ETag and Location, where there are any."""
        tag = {"ETag": etag(self.version)} if self.version is not None else {}
        return tag | ({"Location": self.location} if self.location is not None else {})


_LOCK = Statement(select(func.pg_try_advisory_xact_lock(func.hashtextextended(given("named", Text), 0))))


@lru_cache
def _known(table: Table) -> Statement:
    mine = (table.c.tenant_id == TENANT, table.c.user_id == given("who", Uuid))
    return Statement(select(table).where(*mine, table.c.key == given("named", Text)))


class Once:
    """The key and fingerprint of one request."""

    def __init__(self, key: str, fingerprint: str) -> None:
        self._key = key
        self._fingerprint = fingerprint

    async def answer(self, work: UnitOfWork, table: Table, make: Callable[[], Awaitable[Answer]]) -> JSONResponse:
        """The stored answer of this key, or the answer of `make`, stored in the same transaction.

        Raises 409 while another request with the key runs, 422 when the key was used for another request.
        """
        await self._lock(work, table)
        known = (await work.read(_known(table), {"who": work.principal.user_id, "named": self._key})).first()
        if known is not None:
            if known.fingerprint != self._fingerprint:
                raise Problem(422, "idempotency_key_reused", "this Idempotency-Key was used for another request")
            return JSONResponse(known.body, known.status, {**known.headers, "Idempotency-Replayed": "true"})
        answer = await make()
        body: Any = answer.body.model_dump(mode="json")
        row = {
            "user_id": work.principal.user_id,
            "key": self._key,
            "fingerprint": self._fingerprint,
            "status": answer.status,
            "headers": answer.headers(),
            "body": body,
            "answered_at": work.now,
        }
        await work.add(table, row)
        return JSONResponse(body, answer.status, answer.headers())

    async def _lock(self, work: UnitOfWork, table: Table) -> None:
        # a unique insert would wait for the other request; this one says at once that it runs
        name = f"{table}/{work.tenant_id}/{work.principal.user_id}/{self._key}"
        locked = (await work.read(_LOCK, {"named": name})).scalar_one()
        if not locked:
            raise conflict("request_in_progress", "a request with this Idempotency-Key is still running; ask again")


async def _once(
    request: Request,
    idempotency_key: Annotated[str | None, Header(max_length=200, description="Unique for what you want done")] = None,
) -> Once:
    if not idempotency_key:
        raise bad_request("idempotency_key_required", "send an Idempotency-Key header, such as a random UUID")
    digest = hashlib.sha256(f"{request.method} {request.url.path}\n".encode() + await request.body())
    return Once(idempotency_key, digest.hexdigest())


OnceOnly = Annotated[Once, Depends(_once)]
