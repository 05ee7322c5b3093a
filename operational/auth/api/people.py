"""The logged-in person, and the staff."""

from typing import Annotated

from fastapi import Query, Request

from operational.auth import repository
from operational.auth.api.access import address_of
from operational.auth.models import user_account
from operational.auth.schemas import MeOut, PasswordIn, UserOut
from operational.auth.service.password_change import PasswordChange
from operational.auth.service.proof import Proofs
from operational.auth.service.sessions import myself
from operational.core.errors import request_id_of
from operational.core.kernel import TheKernel, Work
from operational.core.pagination import Cursor, Limit, Page, PageRequest, Sort, page_of
from operational.core.payload import Words
from operational.core.routes import ServiceRouter
from operational.core.security import CurrentPrincipal, require

router = ServiceRouter(prefix="/api/auth", tags=["auth"])
BY_NAME = Sort(user_account.c.name, user_account.c.id, str)


@router.get("/me", dependencies=[require("auth.account.use")])
async def get_me(work: Work) -> MeOut:
    """The logged-in person, with roles and permissions."""
    return MeOut.model_validate(await myself(work))


@router.put("/password", status_code=204, dependencies=[require("auth.account.use")])
async def set_password(body: PasswordIn, request: Request, principal: CurrentPrincipal, kernel: TheKernel) -> None:
    """Change one's own password; all other sessions end. Length counts, not the kinds of characters."""
    proofs = Proofs(kernel.database, request_id_of(request), address_of(request))
    change = PasswordChange(proofs, kernel.revocations, kernel.settings.public_url)
    await change.change(principal, body.current_password, body.new_password)


@router.get("/users", dependencies=[require("auth.user.read")])
async def list_users(
    work: Work, limit: Limit = 50, cursor: Cursor = None, text: Annotated[Words | None, Query()] = None
) -> Page[UserOut]:
    """Staff by name; `text` is a part of the name."""
    request = PageRequest("auth.users", BY_NAME, {"text": text}, limit, cursor)
    rows, next_cursor = page_of(await repository.list_users(work, request), request, lambda row: (row.name, row.id))
    return Page[UserOut](items=[UserOut.model_validate(row) for row in rows], next_cursor=next_cursor)
