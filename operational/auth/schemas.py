"""What the auth service takes and gives over HTTP."""

from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from operational.core.payload import Line, Payload, Shown

Secret = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class LoginIn(Payload):
    """Who logs in; `tenant` (its short name) is needed only for an address known to several tenants."""

    email: Line
    password: Secret
    tenant: Line | None = None


class RefreshIn(Payload):
    """A refresh token."""

    refresh_token: Secret


class TokensOut(Shown):
    """Tokens of a session; `expires_in` is the access token's life in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int
    token_type: str = "Bearer"


class MeOut(Shown):
    """The logged-in person."""

    id: UUID
    name: str
    email: str | None
    team: str | None
    tenant_id: UUID
    tenant: str
    tenant_name: str
    timezone: str
    locale: str
    roles: list[str]
    permissions: list[str]


class UserOut(Shown):
    """A member of the staff."""

    id: UUID
    name: str
    email: str | None
    team: str | None
    is_active: bool


class KeysOut(Shown):
    """The public keys access tokens can be checked with (a JSON Web Key Set)."""

    keys: list[dict[str, str]]
