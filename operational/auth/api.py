"""Log-in, the logged-in person, and the staff."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from operational.auth import repository
from operational.auth.models import user_account
from operational.auth.schemas import KeysOut, LoginIn, MeOut, RefreshIn, TokensOut, UserOut
from operational.auth.service.sessions import Sessions
from operational.core.errors import not_found, request_id_of
from operational.core.kernel import TheKernel, Work
from operational.core.pagination import Cursor, Limit, Page, PageRequest, Sort, page_of
from operational.core.payload import Words
from operational.core.security import public, require

router = APIRouter(prefix="/api/auth", tags=["auth"])
BY_NAME = Sort(user_account.c.name, user_account.c.id, str)


def _sessions(kernel: TheKernel, request: Request) -> Sessions:
    return Sessions(kernel.settings, kernel.database, kernel.login_database, kernel.permissions, request_id_of(request))


TheSessions = Annotated[Sessions, Depends(_sessions)]


@router.post("/login", dependencies=[public])
async def create_session(body: LoginIn, sessions: TheSessions) -> TokensOut:
    """Log in."""
    return TokensOut.model_validate(await sessions.log_in(body.email, body.password, body.tenant))


@router.post("/refresh", dependencies=[public])
async def refresh_session(body: RefreshIn, sessions: TheSessions) -> TokensOut:
    """Exchange a refresh token for new tokens; it can be used once."""
    return TokensOut.model_validate(await sessions.refresh(body.refresh_token))


@router.post("/logout", status_code=204, dependencies=[require("auth.self")])
async def end_session(body: RefreshIn, sessions: TheSessions, work: Work) -> None:
    """End the log-in the refresh token belongs to."""
    await sessions.log_out(work, body.refresh_token)


@router.get("/me", dependencies=[require("auth.self")])
async def get_me(work: Work) -> MeOut:
    """The logged-in person, with roles and permissions as the access token has them."""
    principal = work.principal
    account = None if principal.user_id is None else await repository.account(work, principal.user_id)
    if account is None:
        raise not_found("user")
    return MeOut.model_validate(
        {**account._mapping, "roles": sorted(principal.roles), "permissions": sorted(principal.permissions)}
    )


@router.get("/jwks", dependencies=[public])
async def get_jwks(kernel: TheKernel) -> KeysOut:
    """The public keys access tokens can be checked with."""
    return KeysOut.model_validate(kernel.verifier.keys().as_dict(private=False))


@router.get("/users", dependencies=[require("auth.read_users")])
async def list_users(
    work: Work, limit: Limit = 50, cursor: Cursor = None, text: Annotated[Words | None, Query()] = None
) -> Page[UserOut]:
    """Staff by name; `text` is a part of the name."""
    request = PageRequest("auth.users", BY_NAME, {"text": text}, limit, cursor)
    rows, next_cursor = page_of(await repository.list_users(work, request), request, lambda row: (row.name, row.id))
    return Page[UserOut](items=[UserOut.model_validate(row) for row in rows], next_cursor=next_cursor)
