"""Requests to servers of others: where they may go, and what of an answer is taken."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from operational.core.outgoing import (
    MOST_BYTES,
    Outgoing,
    OutgoingError,
    RefusedAddressError,
    check_address,
    is_internal,
)

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def server(answer: Callable[[str], bytes], context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server that gives `answer` of a request's first line and headers; its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        writer.write(answer(head))
        writer.close()

    made = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    async with made:
        yield made.sockets[0].getsockname()[1]


def ok(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


@asynccontextmanager
async def outgoing(*internal: str, now: Callable[[], datetime] = lambda: NOW) -> AsyncIterator[Outgoing]:
    made = Outgoing(internal, now)
    try:
        yield made
    finally:
        await made.close()


@pytest.mark.parametrize(
    "url",
    ["http://example.org/", "ftp://example.org/", "//example.org", "", "https://", "https://a:b@example.org/",
     "javascript:alert(1)", "http://127.0.0.1.example.org/", "http://localhost.example.org", "https://[", "http://[::2]/"],
)  # fmt: skip
def test_only_https_is_asked_and_http_on_this_machine(url: str) -> None:
    with pytest.raises(RefusedAddressError):
        check_address(url)
    for good in ("https://example.org/x?y", "http://127.0.0.1:81/", "http://localhost/", "http://[::1]/"):
        assert str(check_address(good)) == good


@pytest.mark.parametrize(
    ("address", "internal"),
    [("8.8.8.8", False), ("2606:4700::1111", False), ("127.0.0.1", True), ("10.1.2.3", True), ("172.16.0.1", True),
     ("192.168.1.1", True), ("169.254.169.254", True), ("100.64.0.1", True), ("0.0.0.0", True), ("224.0.0.1", True),
     ("::1", True), ("::", True), ("fe80::1%eth0", True), ("fd00::1", True), ("::ffff:10.0.0.1", True),
     ("::ffff:8.8.8.8", False), ("64:ff9b::a00:1", True), ("2002:a00:1::", True), ("ff02::1", True)],
)  # fmt: skip
def test_what_is_inside_a_network_is_known(address: str, internal: bool) -> None:
    assert is_internal(address) is internal


async def test_a_name_that_leads_inside_is_refused_unless_it_is_said_to_be_meant() -> None:
    async with server(lambda _: ok(b'{"a": 1}')) as port, outgoing() as strict, outgoing("LocalHost") as open_:
        for host in ("localhost", "127.0.0.1"):
            with pytest.raises(RefusedAddressError, match="PSA_INTERNAL_HOSTS"):
                await strict.get_json(f"http://{host}:{port}/")
        assert await open_.get_json(f"http://localhost:{port}/") == {"a": 1}
        with pytest.raises(RefusedAddressError, match=r"127\.0\.0\.1 is at"):
            await open_.get_json(f"http://127.0.0.1:{port}/")
        with pytest.raises(OutgoingError, match="is not known"):
            await open_.get_json("https://nobody.invalid/")


async def test_redirects_are_not_followed_and_only_small_json_objects_are_taken() -> None:
    answers = {
        "/away": b"HTTP/1.1 302 Found\r\nLocation: /good\r\nContent-Length: 0\r\n\r\n",
        "/broken": b"HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno",
        "/missing": b"HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\n{}",
        "/page": ok(b"<html>"),
        "/list": ok(b"[1]"),
        "/big": ok(b'{"a": "' + b"x" * MOST_BYTES + b'"}'),
        "/silent": b"",
        "/good": ok(b"{}"),
    }
    said = {
        "/away": "answered 302", "/broken": "answered 500", "/missing": "answered 404", "/page": "JSON object",
        "/list": "JSON object", "/big": "more than", "/silent": "cannot be reached",
    }  # fmt: skip
    async with server(lambda head: answers[head.split()[1]]) as port, outgoing("127.0.0.1") as way:
        for path, reason in said.items():
            with pytest.raises(OutgoingError, match=reason):
                await way.get_json(f"http://127.0.0.1:{port}{path}")
        base = f"http://127.0.0.1:{port}"
        assert await way.post_form(f"{base}/missing", {"code": "secret"}) == (404, {})
        for path in ("/away", "/broken"):
            with pytest.raises(OutgoingError):
                await way.post_form(f"{base}{path}", {"code": "secret"})


async def test_what_is_kept_is_asked_for_again_after_its_time_or_when_somebody_must_know() -> None:
    asked = 0
    now = NOW

    def count(_: str) -> bytes:
        nonlocal asked
        asked += 1
        return ok(b'{"n": %d}' % asked)

    async with server(count) as port, outgoing("127.0.0.1", now=lambda: now) as way:
        url = f"http://127.0.0.1:{port}/"
        assert [(await way.kept_json(url, HOUR))["n"] for _ in range(3)] == [1, 1, 1]
        assert (await way.kept_json(url, HOUR, anew=True))["n"] == 1, "asked this very moment"
        now += timedelta(seconds=10)
        assert (await way.kept_json(url, HOUR, anew=True))["n"] == 2
        assert (await way.kept_json(url, HOUR))["n"] == 2
        now += HOUR
        assert (await way.kept_json(url, HOUR))["n"] == 3


def _certificates(folder: Path, name: str) -> tuple[Path, ssl.SSLContext]:
    """The file of an authority, and a server's context with its certificate for a name."""
    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test authority")])
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    start = datetime.now(UTC) - HOUR

    def make(whose: x509.Name, public: ec.EllipticCurvePublicKey, extension: x509.ExtensionType) -> x509.Certificate:
        builder = x509.CertificateBuilder(issuer, whose, public, x509.random_serial_number(), start, start + 24 * HOUR)
        return builder.add_extension(extension, critical=False).sign(authority, hashes.SHA256())

    root = make(issuer, authority.public_key(), x509.BasicConstraints(ca=True, path_length=None))
    own = make(subject, key.public_key(), x509.SubjectAlternativeName([x509.DNSName(name)]))
    pem = serialization.Encoding.PEM
    ca, chain = folder / "ca.pem", folder / f"{name}.pem"
    ca.write_bytes(root.public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    chain.write_bytes(private + own.public_bytes(pem))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chain)
    return ca, context


async def test_the_certificate_must_be_the_names_although_we_connect_to_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, trusted, fits in (("localhost", True, True), ("other.test", True, False), ("localhost", False, False)):
        ca, context = _certificates(tmp_path, name)
        if trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(ca))
        else:
            monkeypatch.delenv("SSL_CERT_FILE")
        async with server(lambda _: ok(b"{}"), context) as port, outgoing("localhost") as way:
            if fits:
                assert await way.get_json(f"https://localhost:{port}/") == {}
            else:
                with pytest.raises(OutgoingError, match="cannot be reached"):
                    await way.get_json(f"https://localhost:{port}/")
