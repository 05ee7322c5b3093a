"""What one running process of the house shares, and the request's way to it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from operational.core.access import Permission
from operational.core.db import Clock, Database, UnitOfWork
from operational.core.jobs import JobQueue
from operational.core.limits import Limits
from operational.core.live import LiveHub
from operational.core.outgoing import Outgoing
from operational.core.parties import Parties
from operational.core.peers import PeerClient
from operational.core.personal.declared import PersonalData
from operational.core.revocations import Revocations
from operational.core.security import CurrentPrincipal, TokenVerifier
from operational.core.settings import Settings
from operational.core.warehouse import Snapshot, Warehouse


@dataclass(frozen=True)
class Kernel:
    """Databases by role, the warehouse, jobs, keys, what open pages hear, and every permission."""

    settings: Settings
    clock: Clock
    database: Database
    # the role that looks people up before it is known whose they are; only where the auth service is
    logins: Database | None
    verifier: TokenVerifier
    jobs: JobQueue
    live: LiveHub
    parties: Parties
    revocations: Revocations
    warehouse: Warehouse
    outgoing: Outgoing
    permissions: Mapping[str, Permission]
    limits: Limits
    # by service, the permission to hear of what happens in it
    heard_by: Mapping[str, str]
    # by background job, when it is due; None for one that is asked for
    schedules: Mapping[str, str | None]
    # what every service keeps of people
    personal: Sequence[PersonalData]
    # calls to services in other processes; None where all are here
    peers: PeerClient | None

    @property
    def login_database(self) -> Database:
        """The database as the role that logs people in; raises RuntimeError where the auth service is not."""
        if self.logins is None:
            raise RuntimeError("this process logs nobody in")
        return self.logins

    async def close(self) -> None:
        """Close all connections."""
        await self.live.close()
        await self.database.close()
        if self.logins is not None:
            await self.logins.close()
        if self.peers is not None:
            await self.peers.close()
        await self.warehouse.close()
        await self.outgoing.close()


def kernel_of(request: Request) -> Kernel:
    """The kernel of the app that answers this request."""
    kernel: Kernel = request.app.state.kernel
    return kernel


# asynchronous, as every dependency is: others are run in a thread
async def _kernel(request: Request) -> Kernel:
    return kernel_of(request)


async def _unit_of_work(request: Request, principal: CurrentPrincipal) -> AsyncIterator[UnitOfWork]:
    async with kernel_of(request).database.transaction(principal) as work:
        yield work


async def _snapshot(request: Request, principal: CurrentPrincipal) -> AsyncIterator[Snapshot]:
    async with kernel_of(request).warehouse.snapshot(principal) as snapshot:
        yield snapshot


TheKernel = Annotated[Kernel, Depends(_kernel)]
# "function": the transaction has committed before the first byte of the answer leaves
Work = Annotated[UnitOfWork, Depends(_unit_of_work, scope="function")]
# the warehouse as the caller's tenant sees it at this moment
Serving = Annotated[Snapshot, Depends(_snapshot, scope="function")]
