"""Who acts: a logged-in person, or the system on a tenant's behalf."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Principal:
    """An acting party of one tenant; `user_id` is None when the system itself acts.

    `session_id` and `issued_at` are those of the token that proves it, where there is one.
    """

    tenant_id: UUID
    user_id: UUID | None = None
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    session_id: UUID | None = None
    issued_at: datetime | None = None

    def may(self, permission: str) -> bool:
        """Whether this party holds the permission."""
        return permission in self.permissions
