"""New passwords by one-time links; whoever uses these is not logged in."""

from typing import Annotated

from fastapi import Depends, Request

from operational.auth.schemas import LinkIn, LinkOut, LinkUseIn, ResetIn
from operational.auth.service.resets import Resets
from operational.core.errors import request_id_of
from operational.core.kernel import TheKernel
from operational.core.routes import ServiceRouter
from operational.core.security import public

router = ServiceRouter(prefix="/api/auth", tags=["auth"])


async def _resets(kernel: TheKernel, request: Request) -> Resets:
    return Resets(
        kernel.database, kernel.login_database, kernel.revocations, kernel.settings.public_url, request_id_of(request)
    )


TheResets = Annotated[Resets, Depends(_resets)]


@router.post("/password-resets", status_code=202, dependencies=[public])
async def create_password_reset(body: ResetIn, resets: TheResets) -> None:
    """Mail a link to set a new password with. The answer is the same for an address nobody knows."""
    await resets.request(body.email, body.tenant)


@router.post("/one-time-links/look", dependencies=[public])
async def get_one_time_link(body: LinkIn, resets: TheResets) -> LinkOut:
    """Whom a link is for and until when; 410 for one that has been used or is too old."""
    link, person = await resets.look_at(body.token)
    return LinkOut(
        purpose=link.purpose, name=person.name, email=person.email, tenant_name=person.tenant,
        expires_at=link.expires_at,
    )  # fmt: skip


@router.post("/one-time-links/use", status_code=204, dependencies=[public])
async def set_password_by_link(body: LinkUseIn, resets: TheResets) -> None:
    """Set the password. The link is used up, and every session of the person ends."""
    await resets.complete(body.token, body.new_password)
