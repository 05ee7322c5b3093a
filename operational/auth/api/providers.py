"""Identity providers and linked identities, for administrators."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response

from operational.auth import repository_providers
from operational.auth.api.sso import PATH, oidc_of, people_of
from operational.auth.schemas_sso import (
    IdentitiesOut,
    IdentityIn,
    IdentityOut,
    ProviderChange,
    ProviderCheckOut,
    ProviderIn,
    ProviderOut,
    ProviderProblemOut,
    ProvidersOut,
)
from operational.auth.service.identities import Identities
from operational.auth.service.providers import Providers, problems_of
from operational.auth.service.sso import redirect_uri
from operational.core.errors import not_found, request_id_of
from operational.core.etag import IfMatch, etag
from operational.core.kernel import Kernel, TheKernel, Work
from operational.core.routes import ServiceRouter
from operational.core.security import CurrentPrincipal, require

router = ServiceRouter(prefix="/api/auth", tags=["auth"])
MANAGE = require("auth.sso.manage")


async def _providers(work: Work, kernel: TheKernel, request: Request) -> Providers:
    return Providers(work, kernel.permissions, kernel.revocations, kernel.settings, request_id_of(request))


async def _identities(work: Work, kernel: TheKernel, request: Request) -> Identities:
    return Identities(work, people_of(kernel), request_id_of(request))


TheProviders = Annotated[Providers, Depends(_providers)]
TheIdentities = Annotated[Identities, Depends(_identities)]


def _addresses(kernel: Kernel) -> dict[str, str]:
    desk = kernel.settings.public_url
    return {
        "redirect_uri": redirect_uri(kernel.settings),
        "post_logout_redirect_uri": f"{desk}/login",
        "backchannel_logout_uri": f"{desk}{PATH}/backchannel-logout",
    }


def _shown(row: Any, kernel: Kernel) -> ProviderOut:
    return ProviderOut.model_validate(
        {
            **row._mapping,
            "has_client_secret": row.client_secret is not None,
            "group_roles": sorted(row.group_roles, key=lambda rule: (rule["group"], rule["role"])),
            **_addresses(kernel),
        }
    )


@router.get("/identity-providers", dependencies=[MANAGE])
async def list_identity_providers(work: Work, kernel: TheKernel) -> ProvidersOut:
    """Identity providers by name, and what is to be registered at a new one."""
    items = [_shown(row, kernel) for row in await repository_providers.list_providers(work)]
    return ProvidersOut(items=items, **_addresses(kernel))


@router.post("/identity-providers", status_code=201, dependencies=[MANAGE])
async def create_identity_provider(
    body: ProviderIn, providers: TheProviders, kernel: TheKernel, response: Response
) -> ProviderOut:
    """Set an identity provider up; the secret is kept encrypted and never shown."""
    made = _shown(await providers.create(body.model_dump()), kernel)
    response.headers["ETag"] = etag(made.version)
    response.headers["Location"] = f"/api/auth/identity-providers/{made.id}"
    return made


@router.get("/identity-providers/{provider_id}", dependencies=[MANAGE])
async def get_identity_provider(
    provider_id: UUID, providers: TheProviders, kernel: TheKernel, response: Response
) -> ProviderOut:
    """One identity provider."""
    found = _shown(await providers.find(provider_id), kernel)
    response.headers["ETag"] = etag(found.version)
    return found


@router.patch("/identity-providers/{provider_id}", dependencies=[MANAGE])
async def update_identity_provider(
    provider_id: UUID, body: ProviderChange, expected: IfMatch, providers: TheProviders, kernel: TheKernel,
    response: Response,
) -> ProviderOut:  # fmt: skip
    """Change an identity provider; switching it off ends the sessions it began."""
    made = _shown(await providers.change(provider_id, expected, body.sent()), kernel)
    response.headers["ETag"] = etag(made.version)
    return made


@router.delete("/identity-providers/{provider_id}", status_code=204, dependencies=[MANAGE])
async def delete_identity_provider(provider_id: UUID, expected: IfMatch, providers: TheProviders) -> None:
    """Forget an identity provider and all its links; the sessions it began end."""
    await providers.remove(provider_id, expected)


@router.post("/identity-providers/{provider_id}/refresh", dependencies=[MANAGE])
async def refresh_identity_provider(
    provider_id: UUID, principal: CurrentPrincipal, kernel: TheKernel
) -> ProviderCheckOut:
    """Ask the provider anew what it says of itself, and tell what stands in the way of logging in by it."""
    async with kernel.database.transaction(principal) as work:
        row = await repository_providers.find_provider(work, provider_id)
    if row is None:
        raise not_found("identity provider")
    problems = await problems_of(oidc_of(kernel), row)
    shown = [ProviderProblemOut.model_validate(one) for one in problems]
    return ProviderCheckOut(is_usable=not problems, problems=shown)


@router.get("/users/{user_id}/identities", dependencies=[MANAGE])
async def list_user_identities(user_id: UUID, identities: TheIdentities) -> IdentitiesOut:
    """What a person is linked to at identity providers."""
    return IdentitiesOut(items=[IdentityOut.model_validate(row) for row in await identities.of(user_id)])


@router.post("/users/{user_id}/identities", status_code=201, dependencies=[MANAGE])
async def add_user_identity(user_id: UUID, body: IdentityIn, identities: TheIdentities) -> IdentityOut:
    """Link a member of the staff to a subject of a provider."""
    return IdentityOut.model_validate(await identities.link(user_id, body.provider_id, body.subject))


@router.delete("/users/{user_id}/identities/{identity_id}", status_code=204, dependencies=[MANAGE])
async def remove_user_identity(user_id: UUID, identity_id: UUID, identities: TheIdentities) -> None:
    """Take a link away; the sessions begun by it end."""
    await identities.unlink(user_id, identity_id)
