"""Who acts: a logged-in person, or the system on a tenant's behalf."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Principal:
    """An acting party of one tenant; `user_id` is None when the system itself acts."""

    tenant_id: UUID
    user_id: UUID | None = None
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()

    def may(self, permission: str) -> bool:
        """Whether this party holds the permission."""
        return permission in self.permissions
