"""Single sign-on: whoever uses these is not logged in, or is a provider."""

import html
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from operational.auth.api.access import BrowserSessions
from operational.auth.api.browser import Cookies, Names
from operational.auth.schemas_sso import OfferedProviderOut, OfferedProvidersOut
from operational.auth.service.oidc import Oidc
from operational.auth.service.sso import DASHBOARDS, STATE_LIVES, Back, SingleSignOn
from operational.auth.service.sso_logout import LONGEST_TOKEN, BackChannel
from operational.auth.service.sso_people import SsoPeople, SsoRefusedError
from operational.core.kernel import Kernel, TheKernel
from operational.core.payload import Words
from operational.core.routes import ServiceRouter
from operational.core.security import CookieNames, public

router = ServiceRouter(prefix="/api/auth/sso", tags=["auth"])
PATH = "/api/auth/sso"
Text = Annotated[str | None, Query(max_length=4000)]
_AWAY: dict[int | str, dict[str, Any]] = {303: {"description": "On to the next page"}}


def people_of(kernel: Kernel) -> SsoPeople:
    """Who comes in by a provider."""
    return SsoPeople(kernel.permissions, kernel.parties, kernel.revocations, kernel.settings.public_url)


def oidc_of(kernel: Kernel) -> Oidc:
    """The way to providers."""
    return Oidc(kernel.outgoing, kernel.clock)


async def _single_sign_on(kernel: TheKernel, sessions: BrowserSessions) -> SingleSignOn:
    return SingleSignOn(sessions, oidc_of(kernel), people_of(kernel))


TheSingleSignOn = Annotated[SingleSignOn, Depends(_single_sign_on)]


def _cookie(names: CookieNames) -> str:
    return f"{names.issuer}_sso"


def _sorry(refused: SsoRefusedError) -> RedirectResponse:
    return RedirectResponse(f"/login?{urlencode({'sso_error': refused.code})}", 303)


@router.get("/providers", dependencies=[public])
async def list_sso_providers(
    sso: TheSingleSignOn,
    tenant: Annotated[Words | None, Query()] = None,
    email: Annotated[Words | None, Query()] = None,
) -> OfferedProvidersOut:
    """The providers to log in by: of the tenant (its short name), of the only one there is, or for the address."""
    rows = await sso.offered(tenant, email)
    return OfferedProvidersOut(items=[OfferedProviderOut.model_validate(row) for row in rows])


@router.get(
    "/{provider_id}/start", status_code=303, response_class=RedirectResponse, responses=_AWAY, dependencies=[public]
)
async def create_sso_login(
    provider_id: UUID, request: Request, sso: TheSingleSignOn, names: Names, next: Text = None, again: bool = False
) -> Response:
    """For a browser: on to the provider. `next` is the page of ours to open afterwards.

    `again`: the provider shall ask who it is although somebody is logged in there, who may be the wrong one.
    """
    try:
        begun = await sso.begin(provider_id, next, request.cookies.get(_cookie(names)), again=again)
    except SsoRefusedError as refused:
        return _sorry(refused)
    answer = RedirectResponse(begun.address, 303)
    # comes back with the browser from another site, which a strict cookie would not
    answer.set_cookie(
        _cookie(names), begun.browser, max_age=int(STATE_LIVES.total_seconds()), path=PATH, httponly=True,
        samesite="lax", secure=request.url.scheme == "https",
    )  # fmt: skip
    return answer


@router.get(
    "/callback", status_code=303, response_class=RedirectResponse, dependencies=[public],
    responses={**_AWAY, 200: {"description": "A page that goes on to the dashboards", "content": {"text/html": {}}}},
)  # fmt: skip
async def create_browser_session_by_sso(
    request: Request, sso: TheSingleSignOn, kernel: TheKernel, names: Names, state: Text = None, code: Text = None,
    error: Text = None, iss: Text = None,
) -> Response:  # fmt: skip
    """For a browser sent back by a provider: sets cookies, on to the page; else to the log-in with `sso_error`."""
    try:
        entered = await sso.complete(Back(state, code, error, iss), request.cookies.get(_cookie(names)))
    except SsoRefusedError as refused:
        return _sorry(refused)
    answer = _page(entered.next, kernel)
    Cookies(request, answer, names, kernel.settings, kernel.clock()).put(entered.tokens)
    answer.delete_cookie(_cookie(names), path=PATH)
    return answer


def _page(next: str, kernel: Kernel) -> Response:
    if next != DASHBOARDS:
        return RedirectResponse(next, 303)
    # strict cookies are not sent on a way that began at the provider: a page of ours begins a new one
    address = html.escape(kernel.settings.dashboards_url or "/")
    return HTMLResponse(f'<!doctype html><meta http-equiv="refresh" content="0;url={address}">')


@router.post("/backchannel-logout", dependencies=[public])
async def end_sessions_by_provider(
    logout_token: Annotated[str, Form(max_length=LONGEST_TOKEN)], sessions: BrowserSessions, kernel: TheKernel
) -> None:
    """For providers: ends the sessions the logout token names, within a second (Back-Channel Logout 1.0)."""
    await BackChannel(sessions, oidc_of(kernel)).log_out(logout_token)
