"""Second factors: the caller's own, and at log-in."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request

from operational.auth import repository_factors
from operational.auth.api.access import ProgramSessions, address_of, relying_party
from operational.auth.schemas import TokensOut
from operational.auth.schemas_factors import (
    ChallengeIn,
    CodesOut,
    FactorsOut,
    PasskeyIn,
    PasskeyOptionsOut,
    ProofIn,
    SecondFactorIn,
    TotpCodeIn,
    TotpOut,
)
from operational.auth.service.factors import Factors
from operational.auth.service.proof import Proofs, person_of
from operational.auth.service.second_step import SecondStep
from operational.core.errors import request_id_of
from operational.core.kernel import TheKernel, Work
from operational.core.routes import ServiceRouter
from operational.core.security import CurrentPrincipal, public, require

router = ServiceRouter(prefix="/api/auth", tags=["auth"])
MINE = require("auth.account.use")


async def _factors(kernel: TheKernel, request: Request) -> Factors:
    proofs = Proofs(kernel.database, request_id_of(request), address_of(request))
    settings = kernel.settings
    return Factors(proofs, kernel.parties, settings.keys_dir, relying_party(kernel), settings.public_url)


TheFactors = Annotated[Factors, Depends(_factors)]


def second_step(kernel: TheKernel, sessions: Any) -> SecondStep:
    """The second step of a log-in."""
    return SecondStep(sessions, relying_party(kernel), kernel.settings.keys_dir)


@router.get("/second-factors", dependencies=[MINE])
async def list_second_factors(work: Work) -> FactorsOut:
    """The caller's second factors."""
    found = await repository_factors.factors_of(work, person_of(work.principal))
    return FactorsOut.model_validate({**found, "lacks_factor": work.principal.lacks_factor})


@router.post("/second-factors/totp", dependencies=[MINE])
async def create_totp(body: ProofIn, principal: CurrentPrincipal, factors: TheFactors) -> TotpOut:
    """A new secret for an authenticator app; it counts once a code has confirmed it."""
    return TotpOut.model_validate(await factors.begin_totp(principal, body.current_password))


@router.post("/second-factors/totp/confirm", dependencies=[MINE])
async def add_totp(body: TotpCodeIn, principal: CurrentPrincipal, factors: TheFactors) -> CodesOut:
    """Let the authenticator app count from now on."""
    return CodesOut(recovery_codes=await factors.confirm_totp(principal, body.code))


@router.post("/second-factors/totp/remove", status_code=204, dependencies=[MINE])
async def remove_totp(body: ProofIn, principal: CurrentPrincipal, factors: TheFactors) -> None:
    """Forget the authenticator app."""
    await factors.remove_totp(principal, body.current_password)


@router.post("/second-factors/recovery-codes", dependencies=[MINE])
async def create_recovery_codes(body: ProofIn, principal: CurrentPrincipal, factors: TheFactors) -> CodesOut:
    """Ten new recovery codes instead of those there are."""
    return CodesOut(recovery_codes=await factors.new_codes(principal, body.current_password))


@router.post("/second-factors/passkeys/options", dependencies=[MINE])
async def create_passkey_options(body: ProofIn, principal: CurrentPrincipal, factors: TheFactors) -> PasskeyOptionsOut:
    """What the browser needs to make a passkey."""
    return PasskeyOptionsOut.model_validate(await factors.begin_passkey(principal, body.current_password))


@router.post("/second-factors/passkeys", dependencies=[MINE])
async def add_passkey(body: PasskeyIn, principal: CurrentPrincipal, factors: TheFactors) -> CodesOut:
    """Keep a passkey the browser has made."""
    return CodesOut(recovery_codes=await factors.add_passkey(principal, body.state, body.credential, body.name))


@router.post("/second-factors/passkeys/{passkey_id}/remove", status_code=204, dependencies=[MINE])
async def remove_passkey(passkey_id: UUID, body: ProofIn, principal: CurrentPrincipal, factors: TheFactors) -> None:
    """Forget a passkey."""
    await factors.remove_passkey(principal, passkey_id, body.current_password)


@router.delete("/users/{user_id}/second-factors", status_code=204, dependencies=[require("auth.user.manage")])
async def remove_user_second_factors(user_id: UUID, work: Work, factors: TheFactors) -> None:
    """Forget every second factor of a person who has lost them; they are told by mail."""
    await factors.remove_all(work, user_id)


@router.post("/second-factor", dependencies=[public])
async def create_session_by_second_factor(
    body: SecondFactorIn, kernel: TheKernel, sessions: ProgramSessions
) -> TokensOut:
    """The second step of a log-in."""
    answer = body.model_dump(exclude={"token"})
    return TokensOut.model_validate(await second_step(kernel, sessions).complete(body.token, answer))


@router.post("/second-factor/passkey-options", dependencies=[public])
async def get_second_factor_passkey_options(
    body: ChallengeIn, kernel: TheKernel, sessions: ProgramSessions
) -> PasskeyOptionsOut:
    """What the browser needs to answer the second step with a passkey."""
    return PasskeyOptionsOut.model_validate(await second_step(kernel, sessions).passkey_options(body.token))


@router.post("/passkey-login/options", dependencies=[public])
async def get_passkey_login_options(kernel: TheKernel) -> PasskeyOptionsOut:
    """What the browser needs to log in by a passkey alone."""
    return PasskeyOptionsOut.model_validate(relying_party(kernel).use_options())
