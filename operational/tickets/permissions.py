"""What the tickets service lets whom do."""

from operational.core.roles import DESK, EVERYBODY

PERMISSIONS: dict[str, frozenset[str]] = {
    "tickets.read": EVERYBODY,
    "tickets.create": DESK,
    "tickets.update": DESK,
    "tickets.reply": DESK,
    "tickets.add_time": DESK,
}
