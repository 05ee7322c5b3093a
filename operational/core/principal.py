"""Who acts: a logged-in person, or the system on a tenant's behalf."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from operational.core.access import EVERYWHERE, Reach


@dataclass(frozen=True, slots=True)
class Principal:
    """An acting party of one tenant; `user_id` is None when the system itself acts.

    `scopes` are the permissions held, each with its reach (own, team, all); `team` are the people whose work counts as
    the team's, `customers` which customers there are for the party. `contact_id` is the contact a portal user is.
    `session_id` and `issued_at` are those of the token that proves it, `key_id` the API key, where there is one.
    `lacks_factor`: a role asks for a second factor they do not have, and until then they may only make one.
    """

    tenant_id: UUID
    user_id: UUID | None = None
    roles: frozenset[str] = frozenset()
    scopes: Mapping[str, str] = field(default_factory=dict)
    team: frozenset[UUID] = frozenset()
    customers: Reach = EVERYWHERE
    contact_id: UUID | None = None
    session_id: UUID | None = None
    issued_at: datetime | None = None
    key_id: UUID | None = None
    lacks_factor: bool = False

    @property
    def permissions(self) -> frozenset[str]:
        """The permissions held, however far they reach."""
        return frozenset(self.scopes)

    def may(self, permission: str) -> bool:
        """Whether this party holds the permission, however far it reaches."""
        return permission in self.scopes

    def scope_of(self, permission: str) -> str:
        """How far a permission held reaches; raises KeyError for one that is not held."""
        return self.scopes[permission]
