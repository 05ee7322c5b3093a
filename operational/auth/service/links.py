"""One-time links: whoever holds one sets a person's password, once."""

import secrets
from datetime import timedelta
from uuid import UUID

from operational.auth import repository_links
from operational.auth.service.letters import letter
from operational.auth.service.tokens import digest, read_secret
from operational.core.db import UnitOfWork
from operational.core.errors import Problem, not_found
from operational.core.mail.queue import send_mail

RESET, INVITATION = "password_reset", "invitation"
LIVES = {RESET: timedelta(hours=1), INVITATION: timedelta(days=7)}


def make_secret(tenant_id: UUID) -> tuple[str, str]:
    """(the link's token, the digest that is kept of its secret)."""
    secret = secrets.token_urlsafe(32)
    return f"{tenant_id.hex}.{secret}", digest(secret)


def address_of_link(desk: str, token: str) -> str:
    """The link; what stands behind # is sent to no server, and so stands in no log."""
    return f"{desk}/set-password#{token}"


def read_token(token: str) -> tuple[UUID, str]:
    """Tenant and digest of a link's token; raises 410 for anything else."""
    found = read_secret(token)
    if found is None:
        raise link_gone()
    return found


def link_gone() -> Problem:
    """410: the link works no more, or never did."""
    return Problem(410, "link_gone", "this link has been used or is too old; ask for a new one")


async def mail_link(work: UnitOfWork, user_id: UUID, desk: str) -> str:
    """Mail a person a link to set their password with: an invitation when they have none, else a reset.

    Returns which; raises 404 for somebody without an address, or no longer there.
    """
    person = await repository_links.addressee(work, user_id)
    if person is None:
        raise not_found("active user with an e-mail address")
    purpose = INVITATION if person.credential_id is None else RESET
    token, hashed = make_secret(work.tenant_id)
    until = work.now + LIVES[purpose]
    await repository_links.add_link(work, user_id, purpose, hashed, until)
    link = address_of_link(desk, token)
    await send_mail(work, letter(purpose, person, desk=desk, is_secret=True, link=link, until=until))
    return purpose
