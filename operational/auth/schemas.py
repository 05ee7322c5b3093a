"""What the auth service takes and gives over HTTP."""

import json
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, StringConstraints

from operational.core.payload import Instant, Line, Payload, Shown

Secret = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Scope = Literal["own", "team", "all"]
LARGEST_PREFERENCE = 16_000


def _small(value: Any) -> Any:
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("must not contain half of a character") from None
    if "\\u0000" in text:
        raise ValueError("must not contain the character NUL")
    if len(text) > LARGEST_PREFERENCE:
        raise ValueError(f"must not be larger than {LARGEST_PREFERENCE} characters as JSON")
    return value


class LoginIn(Payload):
    """Who logs in; `tenant` (its short name) is needed only for an address known to several tenants."""

    email: Line
    password: Secret
    tenant: Line | None = None


class PasswordIn(Payload):
    """The present password, and the one that shall replace it."""

    current_password: Secret
    new_password: Secret


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
    # how far each permission reaches: own, team or all
    scopes: dict[str, Scope]
    customers_only: list[UUID] | None
    customers_never: list[UUID]
    contact_id: UUID | None
    # who has none comes by an identity provider, or by a passkey
    has_password: bool
    # the identity provider the session began at
    login_provider_id: UUID | None
    # a role asks for a second factor: until there is one, nothing else can be done
    lacks_factor: bool


class UserOut(Shown):
    """A member of the staff."""

    id: UUID
    name: str
    email: str | None
    team: str | None
    is_active: bool


class ResetIn(Payload):
    """Whose password shall be set anew; `tenant` only to ask one of several companies."""

    email: Line
    tenant: Line | None = None


class LinkIn(Payload):
    """The token of a one-time link: what stands behind its #."""

    token: Secret


class LinkUseIn(LinkIn):
    """The token of a one-time link, and the password it shall set."""

    new_password: Secret


class LinkOut(Shown):
    """What a one-time link is for."""

    purpose: Literal["password_reset", "invitation"]
    name: str
    email: str
    tenant_name: str
    expires_at: Instant


class SessionOut(Shown):
    """A log-in that goes on; where it came from is what the client said of itself."""

    id: UUID
    kind: str
    user_agent: str | None
    address: str | None
    created_at: Instant
    last_used_at: Instant
    expires_at: Instant
    is_current: bool


class SessionsOut(Shown):
    """Sessions, the one used last first."""

    items: list[SessionOut]


class EndedOut(Shown):
    """How many sessions were ended."""

    ended: int


class KeysOut(Shown):
    """The public keys access tokens can be checked with (a JSON Web Key Set)."""

    keys: list[dict[str, str]]


class PreferenceIn(Payload):
    """Any JSON value."""

    value: Annotated[Any, AfterValidator(_small)]


class PreferencesOut(Shown):
    """Values by name."""

    values: dict[str, Any]
