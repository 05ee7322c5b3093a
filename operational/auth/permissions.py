"""What the auth service lets whom do."""

from operational.core.roles import ADMIN, EVERYBODY

PERMISSIONS: dict[str, frozenset[str]] = {
    "auth.self": EVERYBODY,
    "auth.read_users": EVERYBODY,
    "auth.manage_users": frozenset({ADMIN}),
}
