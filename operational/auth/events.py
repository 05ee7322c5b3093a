"""PUBLIC: what the auth service tells of itself; a changed meaning gets a new version."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class UserSaved:
    """A person was added (`changed` names every value given) or changed, their roles and customers included."""

    TOPIC: ClassVar[str] = "auth.user_saved.v1"
    AGGREGATE: ClassVar[str] = "user"

    user_id: UUID
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoleSaved:
    """A role was made or changed; `changed` names the permissions that differ."""

    TOPIC: ClassVar[str] = "auth.role_saved.v1"
    AGGREGATE: ClassVar[str] = "role"

    role_id: UUID
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IdentityProviderSaved:
    """An identity provider was set up, changed or removed; `changed` names the values, `removed` when it is gone."""

    TOPIC: ClassVar[str] = "auth.identity_provider_saved.v1"
    AGGREGATE: ClassVar[str] = "identity_provider"

    provider_id: UUID
    changed: tuple[str, ...]
