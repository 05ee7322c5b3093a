"""Who a token speaks for, with what they may do now: asked of the database, believed for less than a second."""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Uuid, bindparam, text

from operational.core.access import Permission, Reach, scopes
from operational.core.db import Database, UnitOfWork
from operational.core.errors import Problem
from operational.core.principal import Principal

# what ended or was taken away is refused everywhere within a second: no process believes what it knows for longer
BELIEVED_SECONDS = 0.8
MOST_KNOWN = 10_000
# core.rights_of is made by the auth service, whose tables no other service reads
_QUERY = text(
    """select (select max(before) from core.revocation
               where tenant_id = :tenant and subject = any(array[:person, :session])) as before,
              core.rights_of(:person, :session, :day) as rights"""
).bindparams(
    bindparam("tenant", type_=Uuid), bindparam("person", type_=Uuid), bindparam("session", type_=Uuid),
    bindparam("day", type_=Date),
)  # fmt: skip


class Parties:
    """What one process knows of parties; `ticks` gives seconds that only go forward."""

    def __init__(
        self,
        database: Database,
        permissions: Mapping[str, Permission],
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._permissions = permissions
        self._ticks = ticks
        self._known: dict[tuple[UUID, UUID | None], tuple[float, datetime | None, Principal | None]] = {}

    def forget(self) -> None:
        """Ask anew for everybody."""
        self._known.clear()

    async def present(self, proven: Principal) -> Principal:
        """The party a token has proven to be, with their present roles and rights.

        Raises 401 when the token was taken back, or the person is no longer there.
        """
        assert proven.user_id is not None
        key = (proven.user_id, proven.session_id)
        asked_at, before, party = self._known.get(key, (None, None, None))
        # the age counts from before the question, not from its answer
        now = self._ticks()
        if asked_at is None or now - asked_at > BELIEVED_SECONDS:
            before, party = await self._ask(proven)
            self._keep(key, (now, before, party))
        revoked = before is not None and proven.issued_at is not None and proven.issued_at <= before
        if party is None or revoked:
            raise Problem(
                401, "session_ended", "this session has ended; log in again", headers={"WWW-Authenticate": "Bearer"}
            )
        return replace(party, issued_at=proven.issued_at)

    async def _ask(self, proven: Principal) -> tuple[datetime | None, Principal | None]:
        async with self._database.transaction(Principal(proven.tenant_id)) as work:
            row = await rights_of(work, proven.user_id, proven.session_id)
        party = None if row.rights is None else party_of(proven, row.rights, self._permissions)
        return row.before, party

    def _keep(self, key: tuple[UUID, UUID | None], known: tuple[float, datetime | None, Principal | None]) -> None:
        if len(self._known) >= MOST_KNOWN:
            self._known = {k: v for k, v in self._known.items() if known[0] - v[0] <= BELIEVED_SECONDS}
        self._known[key] = known


async def rights_of(work: UnitOfWork, user_id: UUID | None, session_id: UUID | None) -> Any:
    """(before, rights): until when tokens are taken back, and what the tenant has given the person; None for nobody."""
    found = {"tenant": work.tenant_id, "person": user_id, "session": session_id, "day": work.now.date()}
    return (await work.read(_QUERY, found)).one()


def party_of(proven: Principal, rights: Mapping[str, Any], permissions: Mapping[str, Permission]) -> Principal:
    """The principal of what the database says of a person.

    A portal user has to do with one customer at a time, and with none when they belong to none.
    """
    reach = Reach(
        None if rights["only"] is None else _ids(rights["only"]),
        frozenset() if not rights["never"] else _ids(rights["never"]),
    )
    contact_id = None
    if rights["is_portal"]:
        place = rights["portal"]
        reach = Reach(_ids([place["customer_id"]] if place else []))
        contact_id = UUID(place["contact_id"]) if place else None
    return Principal(
        proven.tenant_id,
        proven.user_id,
        roles=frozenset(rights["roles"]),
        scopes=scopes(rights["roles"], permissions, is_confined=reach.is_confined),
        team=_ids(rights["team"]),
        customers=reach,
        contact_id=contact_id,
        session_id=proven.session_id,
    )


def _ids(values: Collection[str]) -> frozenset[UUID]:
    return frozenset(map(UUID, values))
