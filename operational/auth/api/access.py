"""The use cases of log-in, ready for a route."""

from typing import Annotated, Any

from fastapi import Depends, Request

from operational.auth.service.passkeys import RelyingParty
from operational.auth.service.sessions import Client, Sessions
from operational.core.errors import request_id_of
from operational.core.kernel import Kernel, TheKernel

LONGEST_USER_AGENT = 300


def _sessions(kind: str) -> Any:
    async def make(kernel: TheKernel, request: Request) -> Sessions:
        return Sessions(
            kernel.settings, kernel.database, kernel.login_database, kernel.parties, request_id_of(request),
            _client(kind, request), kernel.revocations,
        )  # fmt: skip

    return Depends(make)


def _client(kind: str, request: Request) -> Client:
    agent = request.headers.get("User-Agent", "")[:LONGEST_USER_AGENT]
    return Client(kind, agent or None, address_of(request))


def relying_party(kernel: Kernel) -> RelyingParty:
    """Us, as browsers know us when they make and use passkeys."""
    settings = kernel.settings
    return RelyingParty(settings.public_url, settings.issuer, settings.keys_dir, kernel.verifier.keys, kernel.clock)


def address_of(request: Request) -> str | None:
    """Where a request comes from, as the server in front of us says."""
    return request.client.host if request.client else None


ProgramSessions = Annotated[Sessions, _sessions("program")]
BrowserSessions = Annotated[Sessions, _sessions("browser")]
