"""Log-in of programs: tokens in the body."""

from fastapi import Response

from operational.auth.api.access import ProgramSessions
from operational.auth.schemas import KeysOut, LoginIn, RefreshIn, TokensOut
from operational.auth.schemas_factors import SecondFactorOut
from operational.auth.service.sessions import Challenge
from operational.core.kernel import TheKernel, Work
from operational.core.routes import ServiceRouter
from operational.core.security import public, require

router = ServiceRouter(prefix="/api/auth", tags=["auth"])


@router.post("/login", dependencies=[public], responses={202: {"model": SecondFactorOut}})
async def create_session(body: LoginIn, sessions: ProgramSessions, response: Response) -> TokensOut | SecondFactorOut:
    """Log in; 202 when a second factor is waited for, which goes to POST /api/auth/second-factor."""
    found = await sessions.log_in(body.email, body.password, body.tenant)
    if isinstance(found, Challenge):
        response.status_code = 202
        return SecondFactorOut.model_validate(found)
    return TokensOut.model_validate(found)


@router.post("/refresh", dependencies=[public])
async def refresh_session(body: RefreshIn, sessions: ProgramSessions) -> TokensOut:
    """Exchange a refresh token for new tokens; it can be used once."""
    return TokensOut.model_validate(await sessions.refresh(body.refresh_token))


@router.post("/logout", status_code=204, dependencies=[require("auth.account.use")])
async def end_session(body: RefreshIn, sessions: ProgramSessions, work: Work) -> None:
    """End the log-in the refresh token belongs to."""
    await sessions.log_out(work, body.refresh_token)


@router.get("/jwks", dependencies=[public])
async def get_jwks(kernel: TheKernel) -> KeysOut:
    """The public keys access tokens can be checked with."""
    return KeysOut.model_validate(kernel.verifier.keys().as_dict(private=False))
