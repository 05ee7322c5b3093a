"""Log-in of browsers: tokens in cookies that no script can read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.responses import JSONResponse

from operational.auth.api.access import BrowserSessions
from operational.auth.api.factors import second_step
from operational.auth.schemas import LoginIn, MeOut
from operational.auth.schemas_factors import PasskeyAnswerIn, SecondFactorIn, SecondFactorOut
from operational.auth.schemas_sso import LogoutOut
from operational.auth.service.sessions import Challenge, myself
from operational.auth.service.sso_logout import logout_address
from operational.auth.service.tokens import Tokens, dashboard_token
from operational.core.errors import Problem
from operational.core.kernel import TheKernel, Work
from operational.core.principal import Principal
from operational.core.routes import ServiceRouter
from operational.core.security import CookieNames, bearer_of, public, require
from operational.core.settings import Settings

router = ServiceRouter(prefix="/api/auth", tags=["auth"])
REFRESH_PATH = "/api/auth/browser-session"


async def _names(kernel: TheKernel) -> CookieNames:
    return CookieNames(kernel.settings.issuer)


Names = Annotated[CookieNames, Depends(_names)]


@dataclass(frozen=True, slots=True)
class Cookies:
    """Puts the tokens of a session into cookies."""

    request: Request
    response: Response
    names: CookieNames
    settings: Settings
    now: datetime

    def put(self, tokens: Tokens) -> None:
        """Let the answer set them."""
        dashboards = dashboard_token(self.settings, tokens, self.now)
        _set(self.response, self.request, self.names, tokens, dashboards)


async def _cookies(request: Request, response: Response, names: Names, kernel: TheKernel) -> Cookies:
    return Cookies(request, response, names, kernel.settings, kernel.clock())


TheCookies = Annotated[Cookies, Depends(_cookies)]


@router.post(
    "/browser-session", status_code=204, response_model=None, dependencies=[public],
    responses={202: {"model": SecondFactorOut}},
)  # fmt: skip
async def create_browser_session(body: LoginIn, sessions: BrowserSessions, cookies: TheCookies) -> Response | None:
    """Log in; the answer sets cookies, or is 202 where a second factor is waited for.

    A request that changes something must send the readable cookie `<issuer>_csrf` as the header X-CSRF-Token.
    """
    found = await sessions.log_in(body.email, body.password, body.tenant)
    if isinstance(found, Challenge):
        return JSONResponse(SecondFactorOut.model_validate(found).model_dump(), 202)
    cookies.put(found)
    return None


@router.post("/browser-session/second-factor", status_code=204, dependencies=[public])
async def create_browser_session_by_second_factor(
    body: SecondFactorIn, kernel: TheKernel, sessions: BrowserSessions, cookies: TheCookies
) -> None:
    """The second step of a log-in; the answer sets cookies."""
    cookies.put(await second_step(kernel, sessions).complete(body.token, body.model_dump(exclude={"token"})))


@router.post("/browser-session/passkey", status_code=204, dependencies=[public])
async def create_browser_session_by_passkey(
    body: PasskeyAnswerIn, kernel: TheKernel, sessions: BrowserSessions, cookies: TheCookies
) -> None:
    """Log in by a passkey alone; the answer sets cookies."""
    cookies.put(await second_step(kernel, sessions).by_passkey(body.state, body.credential))


@router.post("/browser-session/refresh", status_code=204, dependencies=[public])
async def refresh_browser_session(
    request: Request, sessions: BrowserSessions, names: Names, cookies: TheCookies
) -> None:
    """New cookies for the refresh cookie, which can be used once."""
    token = request.cookies.get(names.refresh)
    if not token:
        raise Problem(401, "session_ended", "there is no session; log in")
    cookies.put(await sessions.refresh(token))


@router.delete(
    "/browser-session", status_code=204, response_model=None, dependencies=[require("auth.account.use")],
    responses={200: {"model": LogoutOut}},
)  # fmt: skip
async def end_browser_session(
    request: Request, sessions: BrowserSessions, names: Names, work: Work, kernel: TheKernel
) -> Response:
    """Log out: the session ends on the server, and the cookies go.

    200 with `logout_url` where the browser goes there to log out at the identity provider as well.
    """
    token = request.cookies.get(names.refresh)
    ended = await sessions.log_out(work, token) if token else None
    away = await logout_address(work, kernel.settings, ended)
    response = Response(status_code=204) if away is None else JSONResponse({"logout_url": away})
    response.delete_cookie(names.refresh, path=REFRESH_PATH)
    for name in (names.access, names.csrf, names.dashboards):
        response.delete_cookie(name)
    return response


@router.get("/dashboard-session", dependencies=[public])
async def get_dashboard_session(request: Request, kernel: TheKernel, sessions: BrowserSessions) -> MeOut:
    """Who holds a dashboards' cookie, which is sent here as a bearer token; 401 once the session has ended."""
    claims = kernel.verifier.dashboard_claims(bearer_of(request))
    principal: Principal = await sessions.dashboard_principal(claims)
    async with kernel.database.transaction(principal) as work:
        return MeOut.model_validate(await myself(work))


def _set(response: Response, request: Request, names: CookieNames, tokens: Tokens, dashboards: str) -> None:
    secure = request.url.scheme == "https"

    def cookie(name: str, value: str, seconds: int, *, readable: bool = False, path: str = "/") -> None:
        response.set_cookie(
            name, value, max_age=seconds, path=path, secure=secure, httponly=not readable, samesite="strict"
        )

    cookie(names.access, tokens.access_token, tokens.expires_in)
    cookie(names.csrf, tokens.csrf, tokens.refresh_expires_in, readable=True)
    cookie(names.refresh, tokens.refresh_token, tokens.refresh_expires_in, path=REFRESH_PATH)
    cookie(names.dashboards, dashboards, tokens.refresh_expires_in)
