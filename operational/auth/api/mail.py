"""Outbound mail to look at: what waits, what is stuck, and what was in it."""

from email import message_from_bytes
from email.policy import default
from typing import Annotated, Any
from uuid import UUID

from anyio import to_thread
from fastapi import Query

from operational.auth.schemas_people import MailDetail, MailOut
from operational.core.errors import conflict, not_found
from operational.core.kernel import Kernel, TheKernel, Work
from operational.core.mail import queue
from operational.core.mail.transport import FolderTransport, make_transport
from operational.core.pagination import Cursor, Limit, Page, PageRequest, page_of
from operational.core.payload import Words
from operational.core.routes import ServiceRouter
from operational.core.security import require

router = ServiceRouter(prefix="/api/auth/mail", tags=["auth"])


@router.get("", dependencies=[require("auth.mail.read")])
async def list_mail(
    work: Work, limit: Limit = 50, cursor: Cursor = None, status: Annotated[Words | None, Query()] = None
) -> Page[MailOut]:
    """Mails, the newest first; `status` is waiting, sending, sent, stuck or discarded."""
    request = PageRequest("auth.mail", queue.NEWEST, {"status": status}, limit, cursor)
    rows, next_cursor = page_of(await queue.list_mail(work, request), request, lambda row: (row.created_at, row.id))
    return Page[MailOut](items=[MailOut.model_validate(row) for row in rows], next_cursor=next_cursor)


@router.get("/{mail_id}", dependencies=[require("auth.mail.read")])
async def get_mail(mail_id: UUID, work: Work, kernel: TheKernel) -> MailDetail:
    """A mail with its text.

    One with a secret can be read where mails are put into a folder, and nowhere else.
    """
    row = await queue.find_mail(work, mail_id)
    if row is None:
        raise not_found("mail")
    folder = _folder(kernel)
    body = None if row.is_secret and folder is None else row.body
    if body is None and folder is not None and row.status == queue.SENT:
        body = await to_thread.run_sync(_text, folder, row)
    return MailDetail.model_validate({**row._mapping, "body": body})


@router.post("/{mail_id}/retry", status_code=204, dependencies=[require("auth.mail.manage")])
async def refresh_mail(mail_id: UUID, work: Work) -> None:
    """Send a stuck mail once more; one that may have arrived arrives twice then."""
    await _settle(work, mail_id, again=True)


@router.post("/{mail_id}/discard", status_code=204, dependencies=[require("auth.mail.manage")])
async def remove_mail(mail_id: UUID, work: Work) -> None:
    """Give a stuck mail up."""
    await _settle(work, mail_id, again=False)


async def _settle(work: Work, mail_id: UUID, *, again: bool) -> None:
    if await queue.settle_mail(work, mail_id, again=again):
        return
    if await queue.find_mail(work, mail_id) is None:
        raise not_found("mail")
    raise conflict("mail_not_stuck", "this mail is not stuck")


def _folder(kernel: Kernel) -> FolderTransport | None:
    url = kernel.settings.mail_url
    transport = None if url is None else make_transport(url, kernel.settings.mail_from)
    return transport if isinstance(transport, FolderTransport) else None


def _text(folder: FolderTransport, row: Any) -> str | None:
    content = folder.read(row.tenant_id, row.id)
    if content is None:
        return None
    part = message_from_bytes(content, policy=default).get_body(("plain",))
    return None if part is None else str(part.get_content()).replace("\r\n", "\n")
