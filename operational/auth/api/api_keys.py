"""API keys: the caller's own, and those of service accounts."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response

from operational.auth import repository_keys, repository_users
from operational.auth.api.users import TheUsers, detail_of
from operational.auth.models import idempotency
from operational.auth.schemas_factors import KeyIn, KeysListOut, NewKeyOut, ServiceAccountIn
from operational.auth.schemas_people import UserDetail, UserDetailsOut
from operational.auth.service.api_keys import ApiKeys
from operational.auth.service.proof import person_of
from operational.core.idempotency import Answer, OnceOnly
from operational.core.kernel import TheKernel, Work
from operational.core.routes import ServiceRouter
from operational.core.security import require

router = ServiceRouter(prefix="/api/auth", tags=["auth"])


async def _keys(work: Work, kernel: TheKernel) -> ApiKeys:
    return ApiKeys(work, kernel.permissions, kernel.parties)


TheKeys = Annotated[ApiKeys, Depends(_keys)]


async def _create(keys: ApiKeys, owner_id: UUID, body: KeyIn) -> NewKeyOut:
    row, key = await keys.create(owner_id, body.name, body.permissions, body.expires_at)
    return NewKeyOut.model_validate({**row._mapping, "key": key})


@router.get("/api-keys", dependencies=[require("auth.api_key.use")])
async def list_api_keys(work: Work) -> KeysListOut:
    """The caller's API keys that work."""
    return KeysListOut.model_validate({"items": await repository_keys.keys_of(work, person_of(work.principal))})


@router.post("/api-keys", status_code=201, dependencies=[require("auth.api_key.use")])
async def create_api_key(body: KeyIn, keys: TheKeys) -> NewKeyOut:
    """Make an API key; the answer shows it this once. Send it as a bearer token."""
    return await _create(keys, person_of(keys.work.principal), body)


@router.delete("/api-keys/{key_id}", status_code=204, dependencies=[require("auth.api_key.use")])
async def delete_api_key(key_id: UUID, keys: TheKeys) -> None:
    """End one of the caller's API keys; it is refused everywhere within a second."""
    await keys.end(person_of(keys.work.principal), key_id)


@router.get("/users/{user_id}/api-keys", dependencies=[require("auth.user.manage")])
async def list_user_api_keys(user_id: UUID, keys: TheKeys) -> KeysListOut:
    """Somebody's API keys that work."""
    owner_id = await keys.owner(user_id)
    return KeysListOut.model_validate({"items": await repository_keys.keys_of(keys.work, owner_id)})


@router.post("/users/{user_id}/api-keys", status_code=201, dependencies=[require("auth.user.manage")])
async def create_user_api_key(user_id: UUID, body: KeyIn, keys: TheKeys) -> NewKeyOut:
    """Make an API key of a service account; the answer shows it this once."""
    return await _create(keys, await keys.owner(user_id, to_create=True), body)


@router.delete("/users/{user_id}/api-keys/{key_id}", status_code=204, dependencies=[require("auth.user.manage")])
async def delete_user_api_key(user_id: UUID, key_id: UUID, keys: TheKeys) -> None:
    """End somebody's API key."""
    await keys.end(await keys.owner(user_id), key_id)


@router.get("/service-accounts", dependencies=[require("auth.user.manage")])
async def list_service_accounts(work: Work) -> UserDetailsOut:
    """Service accounts by name."""
    rows = await repository_users.service_accounts(work)
    return UserDetailsOut(items=[await detail_of(work, row) for row in rows])


@router.post(
    "/service-accounts", status_code=201, response_model=UserDetail, dependencies=[require("auth.user.manage")]
)
async def create_service_account(body: ServiceAccountIn, users: TheUsers, once: OnceOnly) -> Response:
    """Make a service account: a program that acts for itself, with API keys only."""

    async def make() -> Answer:
        row = await users.add_service(body.name, body.roles)
        return Answer(await detail_of(users.work, row), row.version, f"/api/auth/users/{row.id}")

    return await once.answer(users.work, idempotency, make)
