"""What single sign-on takes and gives over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from operational.auth.schemas import Secret
from operational.auth.schemas_people import RoleName
from operational.core.payload import Instant, Line, Payload, Shown

PresetName = Literal["entra", "google", "keycloak", "generic"]
ProviderProblemCode = Literal[
    "provider_unavailable", "provider_misconfigured", "no_code_flow", "no_pkce", "scope_not_offered", "no_groups_claim",
    "email_unverified",
]  # fmt: skip
Scope = Annotated[str, StringConstraints(pattern=r"^[\x21\x23-\x5b\x5d-\x7e]{1,200}$")]
Domains = Annotated[list[Line], Field(max_length=100)]
Roles = Annotated[list[RoleName], Field(max_length=20)]


class OfferedProviderOut(Shown):
    """A provider to log in by, at GET /api/auth/sso/{id}/start."""

    id: UUID
    name: str
    preset: PresetName


class OfferedProvidersOut(Shown):
    """Providers to log in by, by name."""

    items: list[OfferedProviderOut]


class LogoutOut(Shown):
    """Where the browser goes now to log out at the identity provider as well."""

    logout_url: str


class GroupRole(Payload):
    """Who is in the group at the provider holds the role here."""

    group: Line
    role: RoleName


Rules = Annotated[list[GroupRole], Field(max_length=200)]


class ProviderIn(Payload):
    """A provider to set up; what is left out is as usual for the preset.

    `issuer`: for entra the directory (tenant) id, for google nothing, for keycloak the realm's address. `trusts_email`:
    you stand for its addresses being its people's, where it does not say so itself.
    """

    name: Line
    preset: PresetName
    issuer: Line | None = None
    client_id: Line
    client_secret: Secret | None = None
    scopes: Annotated[list[Scope], Field(max_length=20)] | None = None
    groups_claim: Line | None = None
    allowed_domains: Domains = Field(default_factory=list)
    is_enabled: bool = True
    link_by_verified_email: bool = False
    trusts_email: bool = False
    creates_accounts: bool = False
    default_roles: Roles = Field(default_factory=list)
    group_roles: Rules = Field(default_factory=list)


class ProviderChange(Payload):
    """Values to change; those left out stay, the secret too. `client_secret` null: a public client."""

    name: Line = ""
    issuer: Line = ""
    client_id: Line = ""
    client_secret: Secret | None = None
    scopes: Annotated[list[Scope], Field(max_length=20)] = Field(default_factory=list)
    groups_claim: Line | None = None
    allowed_domains: Domains = Field(default_factory=list)
    is_enabled: bool = True
    link_by_verified_email: bool = False
    trusts_email: bool = False
    creates_accounts: bool = False
    default_roles: Roles = Field(default_factory=list)
    group_roles: Rules = Field(default_factory=list)


class GroupRoleOut(Shown):
    """Who is in the group at the provider holds the role here."""

    group: str
    role: str


class AddressesOut(Shown):
    """What is to be registered at a provider."""

    redirect_uri: str
    post_logout_redirect_uri: str
    backchannel_logout_uri: str


class ProviderOut(AddressesOut):
    """A provider as administrators see it; the three addresses are what its own set-up asks for.

    `people`: how many are linked to it.
    """

    id: UUID
    name: str
    preset: PresetName
    issuer: str
    client_id: str
    has_client_secret: bool
    scopes: list[str]
    groups_claim: str | None
    allowed_domains: list[str]
    is_enabled: bool
    link_by_verified_email: bool
    trusts_email: bool
    creates_accounts: bool
    default_roles: list[str]
    group_roles: list[GroupRoleOut]
    version: int
    people: int


class ProvidersOut(AddressesOut):
    """Providers by name, and the addresses the set-up of a new one asks for."""

    items: list[ProviderOut]


class ProviderProblemOut(Shown):
    """What stands in the way: a stable code, the sentence, and what it is about where the code needs that."""

    code: ProviderProblemCode
    detail: str
    about: str | None


class ProviderCheckOut(Shown):
    """Whether a provider, as it describes itself now, can be used; `problems` say what stands in the way."""

    is_usable: bool
    problems: list[ProviderProblemOut]


class IdentityIn(Payload):
    """A subject of a provider: its claim `sub`, for entra the object id of the user."""

    provider_id: UUID
    subject: Annotated[Line, StringConstraints(max_length=255)]


class IdentityOut(Shown):
    """A subject of a provider somebody is linked to; `email` is that of the moment of linking."""

    id: UUID
    provider_id: UUID
    provider_name: str
    subject: str
    email: str | None
    linked_by: Literal["verified_email", "created", "administrator"]
    linked_at: Instant
    last_used_at: Instant | None


class IdentitiesOut(Shown):
    """A person's identities, the oldest first."""

    items: list[IdentityOut]
