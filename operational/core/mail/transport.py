"""How a mail leaves: by SMTP, or as a file into a folder."""

import os
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as CRLF
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import aiosmtplib
from anyio import to_thread

from operational.core.outgoing import is_loopback

SECONDS = 30
# RFC 5321, 4.2.1: a first digit of 5 says that the same again will not do
PERMANENT = 500


class NotSentError(Exception):
    """The mail did not leave; `is_permanent` where trying again will not help."""

    def __init__(self, text: str, *, is_permanent: bool = False) -> None:
        super().__init__(text)
        self.is_permanent = is_permanent


class UncertainError(Exception):
    """The connection broke after the mail was handed over and before the server said that it has it."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it leaves."""

    id: UUID
    tenant_id: UUID
    recipient: str
    subject: str
    body: str
    written_at: datetime

    def message(self, sender: str) -> EmailMessage:
        """The message (RFC 5322); the same letter has the same Message-ID at every attempt."""
        domain = parseaddr(sender)[1].rpartition("@")[2]
        message = EmailMessage(policy=CRLF)
        message["From"] = sender
        message["To"] = self.recipient
        message["Subject"] = self.subject
        message["Date"] = format_datetime(self.written_at)
        message["Message-ID"] = f"<{self.id}@{domain}>"
        # RFC 3834: nobody's absence note shall answer
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(self.body)
        return message


class Transport(Protocol):
    """Takes letters away. `is_repeatable` says that the same letter twice is one letter."""

    is_repeatable: bool

    async def send(self, letter: Letter) -> None:
        """Return when the letter is somebody else's to deliver; raises NotSentError or UncertainError."""


class FolderTransport:
    """Puts letters into a folder as .eml files, one folder a tenant."""

    is_repeatable = True

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    async def send(self, letter: Letter) -> None:
        """Write the file whole or not at all, readable by its owner only."""
        try:
            await to_thread.run_sync(self._write, letter)
        except OSError as error:
            raise NotSentError(f"cannot write to {self._folder} ({error.strerror})") from error

    def _write(self, letter: Letter) -> None:
        path = self._path(letter.tenant_id, letter.id)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            file.write(letter.message(self._sender).as_bytes())
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)

    def read(self, tenant_id: UUID, mail_id: UUID) -> bytes | None:
        """The file of a letter, None where there is none."""
        path = self._path(tenant_id, mail_id)
        return path.read_bytes() if path.exists() else None

    def _path(self, tenant_id: UUID, mail_id: UUID) -> Path:
        return self._folder / str(tenant_id) / f"{mail_id}.eml"


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed in; `security` is tls (from the first byte), starttls (required) or none."""

    host: str
    port: int
    security: str
    user: str | None
    password: str | None


class SmtpTransport:
    """Hands letters to a mail server, step by step, so that it is known what has been said when it breaks."""

    is_repeatable = False

    def __init__(self, server: SmtpServer, sender: str) -> None:
        self._server = server
        self._sender = sender

    async def send(self, letter: Letter) -> None:
        """Return when the server has said that it has the letter."""
        client = self._client()
        try:
            await self._begin(client, letter)
            await self._hand_over(client, letter)
        finally:
            client.close()

    def _client(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host, port=server.port, use_tls=server.security == "tls",
            start_tls=server.security == "starttls", username=server.user, password=server.password, timeout=SECONDS,
            tls_context=ssl.create_default_context(),
        )  # fmt: skip

    async def _begin(self, client: aiosmtplib.SMTP, letter: Letter) -> None:
        try:
            await client.connect()
            await client.mail(parseaddr(self._sender)[1])
        except (aiosmtplib.SMTPException, OSError) as error:
            # whoever refuses us as such may be told otherwise tomorrow: the settings are at fault, not the letter
            raise NotSentError(_said(error)) from error
        try:
            await client.rcpt(letter.recipient)
        except aiosmtplib.SMTPResponseException as error:
            raise NotSentError(_said(error), is_permanent=error.code >= PERMANENT) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise NotSentError(_said(error)) from error

    async def _hand_over(self, client: aiosmtplib.SMTP, letter: Letter) -> None:
        try:
            await client.data(letter.message(self._sender).as_bytes())
        except aiosmtplib.SMTPResponseException as error:
            raise NotSentError(_said(error), is_permanent=error.code >= PERMANENT) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise UncertainError(_said(error)) from error


def _said(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"
    return f"{type(error).__name__}: {error}"


def make_transport(url: str, sender: str) -> Transport:
    """The transport of a URL.

    `smtp://user:password@host:587` speaks STARTTLS, and must; `smtps://…:465` speaks TLS from the start;
    `smtp://…?security=none` goes without, which only a server on this machine may be spoken to. `file:///folder` writes
    .eml files. Raises ValueError, which never repeats the password, for anything else.
    """
    if "@" not in parseaddr(sender)[1]:
        raise ValueError("PSA_MAIL_FROM must be an address, such as Service Desk <desk@example.org>")
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path.startswith("/"):
        return FolderTransport(Path(unquote(parts.path)), sender)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("PSA_MAIL_URL must look like smtp://user:password@host:587, smtps://… or file:///folder")
    tls = parts.scheme == "smtps"
    security = parse_qs(parts.query).get("security", ["tls" if tls else "starttls"])[0]
    if security not in ("tls", "starttls", "none"):
        raise ValueError("security in PSA_MAIL_URL must be tls, starttls or none")
    if security == "none" and not is_loopback(parts.hostname):
        raise ValueError("PSA_MAIL_URL may say security=none for a mail server on this machine only")
    user, password = (unquote(part) if part else None for part in (parts.username, parts.password))
    return SmtpTransport(
        SmtpServer(parts.hostname, parts.port or (465 if tls else 587), security, user, password), sender
    )
