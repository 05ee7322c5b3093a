"""Log-in of programs: tokens in the body."""

from fastapi import APIRouter

from operational.auth.api.access import ProgramSessions
from operational.auth.schemas import KeysOut, LoginIn, RefreshIn, TokensOut
from operational.core.kernel import TheKernel, Work
from operational.core.security import public, require

router = APIRouter(prefix="/api/auth", tags=["auth"])


@router.post("/login", dependencies=[public])
async def create_session(body: LoginIn, sessions: ProgramSessions) -> TokensOut:
    """Log in."""
    return TokensOut.model_validate(await sessions.log_in(body.email, body.password, body.tenant))


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
