"""Requests to servers of others: only where they may go, not for long, and never too much of an answer."""

import asyncio
import json
import re
import socket
import ssl
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

import certifi
import httpx

from operational.core.db import Clock

# of one request, however slowly its answer drips in
SECONDS = 10.0
MOST_BYTES = 1_000_000
MOST_KEPT = 200
# whoever can make us ask anew must not make us ask without end
NOT_ANEW_WITHIN = timedelta(seconds=10)
# IPv6 addresses that hold an IPv4 address: NAT64, 6to4, Teredo
_WAYS_ROUND = tuple(map(ip_network, ("64:ff9b::/96", "2002::/16", "2001::/32")))
_HOST = re.compile(r"[A-Za-z0-9._:-]+")
_TIMEOUT = httpx.Timeout(5.0, connect=3.0)


class OutgoingError(RuntimeError):
    """A server of others could not be asked, or what it said is of no use; the message says why."""


class RefusedAddressError(OutgoingError):
    """We do not send requests to this address."""


def is_loopback(host: str) -> bool:
    """Whether a host of an address is this machine by its very name."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_internal(address: str) -> bool:
    """Whether an IP address is none of the public internet: private, of this machine or link, or a way round to one."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found
    return not found.is_global or found.is_multicast or any(found in network for network in _WAYS_ROUND)


def check_address(url: str) -> httpx.URL:
    """The address, read; raises RefusedAddressError for one that is not https (http: on this machine only)."""
    try:
        found = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        raise RefusedAddressError(f"{url[:200]!r} is no web address") from None
    if not _HOST.fullmatch(found.raw_host.decode()) or found.userinfo:
        raise RefusedAddressError(f"{url[:200]!r} must name a host, and neither user nor password")
    if found.scheme != "https" and not (found.scheme == "http" and is_loopback(found.host)):
        raise RefusedAddressError(f"{url[:200]!r} must begin with https://")
    return found


class _Guarded(httpx.AsyncHTTPTransport):
    """Looks a name up once, refuses what is inside our own network, and connects to what it has looked at.

    Were the name looked up a second time to connect, it could lead elsewhere by then. The certificate is still that of
    the name (`sni_hostname`).
    """

    def __init__(self, internal_hosts: Collection[str]) -> None:
        context = ssl.create_default_context()
        # a system without certificates of its own still knows the usual authorities
        context.load_verify_locations(certifi.where())
        # a connection is to an address here, and must not serve another name that happens to be there too
        super().__init__(verify=context, retries=0, limits=httpx.Limits(max_keepalive_connections=0))
        self._internal = frozenset(host.lower() for host in internal_hosts)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        failed: Exception | None = None
        for address in await self._addresses(host, request.url.port or (443 if request.url.scheme == "https" else 80)):
            extensions = {**request.extensions, "sni_hostname": host}
            there = httpx.Request(
                request.method, request.url.copy_with(host=address), headers=request.headers, stream=request.stream,
                extensions=extensions,
            )  # fmt: skip
            try:
                return await super().handle_async_request(there)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failed = error
        assert failed is not None
        raise failed

    async def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise OutgoingError(f"the name {host} is not known") from None
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        inside = [address for address in addresses if is_internal(address)]
        if inside and host.lower() not in self._internal:
            raise RefusedAddressError(
                f"{host} is at {inside[0]}, inside a network; name it in PSA_INTERNAL_HOSTS where that is meant"
            )
        return addresses


class Outgoing:
    """One process's way out.

    Redirects are not followed, proxies of the environment not used. `internal_hosts` may be on private addresses.
    What was fetched can be kept and is then shared by everybody who asks for the same address.
    """

    def __init__(self, internal_hosts: Collection[str], clock: Clock) -> None:
        self._internal_hosts = internal_hosts
        self._clock = clock
        self._client: httpx.AsyncClient | None = None
        self._kept: dict[str, tuple[datetime, dict[str, Any]]] = {}

    async def kept_json(self, url: str, keep: timedelta, *, anew: bool = False) -> dict[str, Any]:
        """The JSON object at an address, as it was at most `keep` ago; `anew`: as it is now, give or take seconds.

        Raises OutgoingError.
        """
        now = self._clock()
        fetched_at, known = self._kept.get(url, (None, None))
        if known is not None and fetched_at is not None and now - fetched_at < (NOT_ANEW_WITHIN if anew else keep):
            return known
        found = await self.get_json(url)
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[url] = (now, found)
        return found

    async def get_json(self, url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The JSON object at an address; raises OutgoingError."""
        status, content = await self._send("GET", url, headers or {}, None)
        if status != 200:
            raise OutgoingError(f"{_named(url)} answered {status}")
        return _object(url, content)

    async def post_form(
        self, url: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """(status, JSON object) of what is answered to a form, 200 or 4xx; raises OutgoingError."""
        status, content = await self._send("POST", url, headers or {}, form)
        if status != 200 and not 400 <= status < 500:
            raise OutgoingError(f"{_named(url)} answered {status}")
        return status, _object(url, content)

    async def close(self) -> None:
        """Close all connections."""
        if self._client is not None:
            await self._client.aclose()

    async def _send(
        self, method: str, url: str, headers: Mapping[str, str], form: Mapping[str, str] | None
    ) -> tuple[int, bytes]:
        address = check_address(url)
        if self._client is None:
            self._client = httpx.AsyncClient(
                transport=_Guarded(self._internal_hosts), timeout=_TIMEOUT, follow_redirects=False
            )
        # nothing packed, which could become any size
        accept = {"Accept": "application/json", "Accept-Encoding": "identity", **headers}
        try:
            async with (
                asyncio.timeout(SECONDS),
                self._client.stream(method, address, data=form, headers=accept) as answer,
            ):
                content = bytearray()
                async for part in answer.aiter_raw():
                    content += part
                    if len(content) > MOST_BYTES:
                        raise OutgoingError(f"{_named(url)} answers with more than {MOST_BYTES} bytes")
        except (httpx.TimeoutException, TimeoutError):
            raise OutgoingError(f"{_named(url)} does not answer in time") from None
        except httpx.HTTPError as error:
            raise OutgoingError(f"{_named(url)} cannot be reached ({error or type(error).__name__})") from None
        return answer.status_code, bytes(content)


def _object(url: str, content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise OutgoingError(f"{_named(url)} does not answer with a JSON object")
    return found


def _named(url: str) -> str:
    """An address without its query, which may hold secrets."""
    return url.partition("?")[0][:200]
