"""Takes in the staff of an imported history: accounts without a way to log in."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection

from operational.core.bulk import Loader, MergeCount, merge
from operational.core.ids import source_id

# an imported account was not created here; a fixed instant keeps repeated imports equal
_IMPORTED = datetime(1970, 1, 1, tzinfo=UTC)


def load_users(
    connection: Connection, tenant_id: UUID, system: str, records: Sequence[Mapping[str, Any]]
) -> dict[str, MergeCount]:
    """Write users of the import format (`users.csv`)."""
    columns = ("id", "tenant_id", "name", "email", "team", "active_from", "active_to", "created_at")
    rows = [
        (
            source_id(tenant_id, system, "user", r["ref"]),
            tenant_id,
            r["name"],
            r["email"],
            r["team"],
            r["active_from"],
            r["active_to"],
            _IMPORTED,
        )
        for r in records
    ]
    return {"users": merge(connection, "auth.user_account", columns, rows, only_where="t.version = 0")}


LOADERS: dict[str, Loader] = {"users": load_users}
