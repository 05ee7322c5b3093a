"""Calls between services in processes of their own: one client for every Protocol, and its other end.

A Protocol's methods are coroutines that take a principal first and read; that is why a call may be repeated.
"""

import asyncio
import inspect
import json
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import Any, get_args, get_origin, get_type_hints

import httpx
import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import TypeAdapter, ValidationError

from operational.core.db import Clock, Database, Facade
from operational.core.errors import Problem
from operational.core.module import ServiceModule
from operational.core.origin import current_origin
from operational.core.principal import Principal
from operational.core.routes import ServiceRouter
from operational.core.service_tokens import NOT_A_SERVICE, PeerSettings, ServiceTokens
from operational.core.tracing import span, trace_headers

HEADER = "X-PSA-Service-Token"
TIMEOUT = httpx.Timeout(5.0, connect=2.0)
PAUSES_SECONDS = (0.1, 0.4)
AWAY = frozenset({502, 503, 504})
# said of the call, not of whoever it was made for: passed on, a 401 would log somebody out
NOT_THE_ARGUMENTS = "invalid_payload"
OUR_FAULTS = frozenset({NOT_A_SERVICE, NOT_THE_ARGUMENTS})
log = structlog.get_logger("psa.peers")


class Signature:
    """How a method of a Protocol is called: its parameters after the principal, and what it answers."""

    def __init__(self, method: Callable[..., Any]) -> None:
        hints = get_type_hints(method)
        names = list(inspect.signature(method).parameters)[2:]
        self.parameters = {name: TypeAdapter[Any](_concrete(hints[name])) for name in names}
        self.answer = TypeAdapter[Any](_concrete(hints["return"]))

    def pack(self, arguments: Collection[Any], named: Mapping[str, Any]) -> bytes:
        """The arguments of a call as JSON."""
        given = {**dict(zip(self.parameters, arguments, strict=False)), **named}
        assert given.keys() == self.parameters.keys(), f"{sorted(given)} given, {sorted(self.parameters)} wanted"
        packed = {
            name: adapter.dump_python(adapter.validate_python(given[name]), mode="json")
            for name, adapter in self.parameters.items()
        }
        return json.dumps(packed).encode()

    def unpack(self, body: bytes) -> dict[str, Any]:
        """The arguments of a call from JSON; raises ValueError for others."""
        given = json.loads(body)
        if not isinstance(given, dict) or given.keys() != self.parameters.keys():
            raise ValueError(f"wanted are {', '.join(self.parameters)}")
        return {name: adapter.validate_python(given[name]) for name, adapter in self.parameters.items()}


def _concrete(hint: Any) -> Any:
    """A hint pydantic can build: any collection becomes a list."""
    if get_origin(hint) is Collection:
        return list[_concrete(get_args(hint)[0])]  # type: ignore[misc]
    return hint


def signatures(protocol: type) -> dict[str, Signature]:
    """The methods of a Protocol by name."""
    return {
        name: Signature(method)
        for name, method in vars(protocol).items()
        if not name.startswith("_") and inspect.iscoroutinefunction(method)
    }


class PeerClient:
    """Calls other services over HTTP, each call with a token of its own; `caller` is the calling process's name."""

    def __init__(self, settings: PeerSettings, caller: str, clock: Clock) -> None:
        self._addresses = settings.addresses
        self._tokens = ServiceTokens(settings.secret, clock)
        self._caller = caller
        self._http = httpx.AsyncClient(timeout=TIMEOUT, limits=httpx.Limits(max_connections=50))

    def facades(self, others: Iterable[ServiceModule]) -> dict[type, Facade]:
        """What the other services answer, by Protocol; raises ValueError for one whose address is not known."""
        found: dict[type, Facade] = {}
        for module in others:
            if module.facades and module.name not in self._addresses:
                raise ValueError(f"PSA_PEERS does not say where {module.name} is; add {module.name}=http://host:port")
            for protocol in module.facades:
                found[protocol] = self._facade(module.name, protocol)
        return found

    def _facade(self, service: str, protocol: type) -> Facade:
        known = signatures(protocol)

        class Remote:
            """The Protocol, asked for at its service."""

            def __getattr__(_self, name: str) -> Any:
                if name not in known:
                    raise AttributeError(f"{protocol.__name__} has no {name}")

                async def call(principal: Principal, *arguments: Any, **named: Any) -> Any:
                    return await self._call(service, f"{protocol.__name__}/{name}", known[name], principal,
                                            known[name].pack(arguments, named))  # fmt: skip

                return call

        return lambda _work: Remote()

    async def _call(self, service: str, path: str, known: Signature, principal: Principal, body: bytes) -> Any:
        url = f"{self._addresses[service]}/internal/{service}/{path}"
        with span(f"{service} {path}", client=True):
            for pause in (*PAUSES_SECONDS, None):
                answer = await self._ask(url, service, principal, body)
                if answer is not None and answer.status_code not in AWAY:
                    return self._read(service, known, answer)
                if pause is not None:
                    await asyncio.sleep(pause)
        log.warning("peer_away", service=service, path=path)
        raise Problem(503, "service_unavailable", f"the service {service} does not answer; try again",
                      headers={"Retry-After": "5"})  # fmt: skip

    async def _ask(self, url: str, service: str, principal: Principal, body: bytes) -> httpx.Response | None:
        headers = {
            HEADER: self._tokens.make(self._caller, service, principal, body),
            "Content-Type": "application/json",
            "X-Request-Id": current_origin().request_id or "",
            **trace_headers(),
        }
        try:
            return await self._http.post(url, content=body, headers=headers)
        except httpx.TransportError as error:
            log.info("peer_not_reached", service=service, error=f"{type(error).__name__}: {error}")
            return None

    def _read(self, service: str, known: Signature, answer: httpx.Response) -> Any:
        if answer.is_success:
            return known.answer.validate_python(answer.json())
        try:
            problem = answer.json()
            said = Problem(answer.status_code, problem["code"], problem["detail"], errors=problem.get("errors"))
        except (ValueError, KeyError, TypeError):
            raise RuntimeError(f"{service} answered {answer.status_code} and no problem") from None
        if said.code in OUR_FAULTS:
            raise RuntimeError(f"{service} refused the call: {said.detail}")
        raise said

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()


def peer_router(module: ServiceModule, database: Database, tokens: ServiceTokens) -> APIRouter:
    """The other end: a service's Protocols, for other services only; no gateway leads there."""
    router = ServiceRouter(prefix=f"/internal/{module.name}", include_in_schema=False)
    for protocol, facade in module.facades.items():
        for name, known in signatures(protocol).items():
            endpoint = _endpoint(module.name, database, tokens, facade, (name, known))
            router.add_api_route(f"/{protocol.__name__}/{name}", endpoint, methods=["POST"], tags=["gateway"])
    return router


def _endpoint(
    service: str, database: Database, tokens: ServiceTokens, facade: Facade, method: tuple[str, Signature]
) -> Callable[[Request], Any]:
    name, known = method

    async def answer(request: Request) -> JSONResponse:
        body = await request.body()
        principal = tokens.principal(request.headers.get(HEADER, ""), service, body)
        try:
            arguments = known.unpack(body)
        except (ValueError, ValidationError) as error:
            raise Problem(422, NOT_THE_ARGUMENTS, f"not the arguments of {name}: {error}") from None
        async with database.transaction(principal) as work:
            method_here: Callable[..., Awaitable[Any]] = getattr(facade(work), name)
            found = await method_here(principal, **arguments)
        return JSONResponse(known.answer.dump_python(found, mode="json"))

    return answer
