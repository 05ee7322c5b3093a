"""What the tickets service lets whom do.

One's own are the tickets one is assigned, the team's those of its people and those nobody has taken yet. A portal
user's own are those they are the contact of, and their team is their company.
"""

from operational.core.access import Permission, grant
from operational.core.roles import DESK, PORTAL_USER, STAFF

PERMISSIONS: dict[str, Permission] = {
    "tickets.ticket.read": grant(STAFF, team={PORTAL_USER}, scoped=True),
    # what colleagues write for each other
    "tickets.note.read": grant(STAFF),
    "tickets.ticket.create": grant(DESK | {PORTAL_USER}),
    "tickets.ticket.update": grant(DESK, scoped=True),
    "tickets.ticket.assign": grant(DESK, scoped=True),
    "tickets.ticket.reply": grant(DESK, team={PORTAL_USER}, scoped=True),
    "tickets.note.create": grant(DESK, scoped=True),
    "tickets.time_entry.create": grant(DESK, scoped=True),
}
