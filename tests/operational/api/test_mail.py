"""Outbound mail: sent once, tried again, stuck where somebody can see it."""

import email
import email.policy
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from operational.core.db import Database
from operational.core.leader import leading
from operational.core.mail.carrier import INTERRUPTED, MAX_ATTEMPTS, MailCarrier
from operational.core.mail.queue import SENDING, Mail, send_mail
from operational.core.mail.transport import FolderTransport, Transport, make_transport
from operational.core.principal import Principal

pytestmark = pytest.mark.anyio
SENDER = "Service Desk <desk@example.test>"
STATES = (
    "select status, is_uncertain, attempts, coalesce(last_error, '') from core.mail_message order by created_at, id"
)


class Server:
    """A real mail server: what it has taken, and what it answers to recipients and messages instead."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.refuse_recipient: str | None = None
        self.refuse_message: str | None = None
        self.hang_up = False

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if self.refuse_recipient:
            return self.refuse_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Any) -> str:
        if self.hang_up:
            server.transport.abort()
            return ""
        if self.refuse_message:
            return self.refuse_message
        self.taken.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


class _AnyPort(Controller):
    """On a free port, which the system chooses."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()


@contextmanager
def serving(server: Server) -> Iterator[str]:
    controller = _AnyPort(server, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{controller.port}?security=none"
    finally:
        controller.stop()


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def smtp(server: Server) -> Iterator[Transport]:
    with serving(server) as url:
        yield make_transport(url, SENDER)


@pytest.fixture
async def relay(api: Any) -> AsyncIterator[Database]:
    database = Database(api.kernel.settings.relay_url, clock=api.clock, pool_size=2)
    yield database
    await database.close()


async def write(
    api: Any, subject: str = "Grüße", *, is_secret: bool = False, tenant: Any = None, then: str = "select 1"
) -> Any:
    async with api.kernel.database.transaction(Principal(tenant or api.house.tenant)) as work:
        mail_id = await send_mail(work, Mail("test", "anna@example.test", subject, "Schöne Grüße\n", is_secret))
        await work.read(text(then))
    return mail_id


async def carry(relay: Database, transport: Transport) -> int:
    async with leading(relay, "psa.mail", "AUTOCOMMIT") as connection:
        assert connection is not None
        carrier = MailCarrier(relay, transport)
        await carrier.take_over(connection)
        return await carrier.send_waiting(connection)


async def test_mail_leaves_once_with_the_transaction_that_wanted_it(
    api: Any, relay: Database, server: Server, smtp: Transport
) -> None:
    with pytest.raises(DBAPIError):
        await write(api, "never", then="select 1 / 0")
    mail_id = await write(api)
    await write(api, "secret", is_secret=True, tenant=api.house.other_tenant)
    assert await carry(relay, smtp) == 2
    assert await carry(relay, smtp) == 0
    first = next(message for message in server.taken if message["subject"] == "Grüße")
    assert (first["to"], first["from"]) == ("anna@example.test", SENDER)
    assert first["message-id"] == f"<{mail_id}@example.test>"
    assert first.get_content().splitlines() == ["Schöne Grüße"]
    # what was secret is kept no longer than it has to be
    assert api.query("select status, body is null from core.mail_message order by is_secret") == [
        ("sent", False),
        ("sent", True),
    ]


async def test_what_the_server_does_not_take_now_is_tried_again_and_then_stuck(
    api: Any, relay: Database, server: Server, smtp: Transport
) -> None:
    await write(api)
    server.refuse_recipient = "451 come back later"
    for attempt in range(1, MAX_ATTEMPTS):
        assert await carry(relay, smtp) == 0
        assert api.query(STATES) == [("waiting", False, attempt, "451 come back later")]
        assert await carry(relay, smtp) == 0, "not before its time"
        api.clock.advance(hours=1)
    await carry(relay, smtp)
    assert api.query(STATES)[0][:3] == ("stuck", False, MAX_ATTEMPTS)
    assert server.taken == []


@pytest.mark.parametrize("kind", ["refuse_recipient", "refuse_message"])
async def test_what_is_refused_for_good_is_stuck_at_once_until_somebody_sends_it_again(
    api: Any, relay: Database, server: Server, smtp: Transport, kind: str
) -> None:
    mail_id = await write(api)
    setattr(server, kind, "550 no such user")
    await carry(relay, smtp)
    assert api.query(STATES) == [("stuck", False, 1, "550 no such user")]
    admin = await api.caller("admin")
    (item,) = (await admin.get("/api/auth/mail", status="stuck")).json()["items"]
    assert (item["id"], item["last_error"]) == (str(mail_id), "550 no such user")
    setattr(server, kind, None)
    assert (await admin.post(f"/api/auth/mail/{mail_id}/retry", None)).status_code == 204
    assert (await admin.post(f"/api/auth/mail/{mail_id}/retry", None)).json()["code"] == "mail_not_stuck"
    assert await carry(relay, smtp) == 1
    assert len(server.taken) == 1


async def test_what_may_have_arrived_is_never_sent_again_by_itself(
    api: Any, relay: Database, server: Server, smtp: Transport
) -> None:
    broken = await write(api)
    server.hang_up = True
    await carry(relay, smtp)
    ((status, is_uncertain, attempts, error),) = api.query(STATES)
    assert (status, is_uncertain, attempts, bool(error)) == ("stuck", True, 1, True)
    server.hang_up = False
    # a process that ended while it was sending
    api.query_write("update core.mail_message set status = %s, is_uncertain = false returning id", SENDING)
    assert await carry(relay, smtp) == 0
    assert api.query(STATES) == [("stuck", True, 1, INTERRUPTED)]
    admin = await api.caller("admin")
    assert (await admin.post(f"/api/auth/mail/{broken}/discard", None)).status_code == 204
    assert api.query("select status, body from core.mail_message") == [("discarded", None)]


async def test_a_server_that_is_away_costs_nothing_but_time(api: Any, relay: Database, server: Server) -> None:
    await write(api)
    with serving(server) as url:
        pass
    await carry(relay, make_transport(url, SENDER))
    assert api.query(STATES)[0][:3] == ("waiting", False, 1)
    with serving(server) as url:
        api.clock.advance(minutes=1)
        assert await carry(relay, make_transport(url, SENDER)) == 1


@pytest.mark.one_process
async def test_without_a_server_mail_lies_in_a_folder_and_can_be_read_there(
    api: Any, relay: Database, tmp_path: Path
) -> None:
    folder = make_transport(tmp_path.as_uri(), SENDER)
    assert isinstance(folder, FolderTransport)
    mail_id = await write(api, is_secret=True)
    api.query_write("update core.mail_message set status = %s returning id", SENDING)
    assert await carry(relay, folder) == 1, "the same file twice is one file: it is simply written again"
    (path,) = tmp_path.rglob("*.eml")
    assert path.stat().st_mode & 0o077 == 0
    admin = await api.caller("admin")
    assert (await admin.get(f"/api/auth/mail/{mail_id}")).json()["body"] is None, "this API knows of no folder"
    object.__setattr__(api.kernel.settings, "mail_url", tmp_path.as_uri())
    assert (await admin.get(f"/api/auth/mail/{mail_id}")).json()["body"] == "Schöne Grüße\n"


@pytest.mark.parametrize(
    ("url", "sender", "said"),
    [
        ("http://x", SENDER, "must look like"),
        ("smtp://mail.example.org?security=none", SENDER, "on this machine only"),
        ("smtp://u:hunter2@h?security=maybe", SENDER, "tls, starttls or none"),
        ("smtps://u:hunter2@h", "nobody", "must be an address"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused_without_the_password(url: str, sender: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        make_transport(url, sender)
    assert "hunter2" not in str(caught.value)
