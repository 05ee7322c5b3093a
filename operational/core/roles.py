"""The roles every tenant starts with; services name them in their permissions."""

ADMIN = "admin"
DISPATCHER = "dispatcher"
TECHNICIAN = "technician"
FINANCE = "finance"
VCIO = "vcio"
MANAGER = "manager"
ANALYST = "analyst"
PORTAL_USER = "portal_user"

STAFF = frozenset({ADMIN, DISPATCHER, TECHNICIAN, FINANCE, VCIO, MANAGER, ANALYST})
SHIPPED = STAFF | {PORTAL_USER}
DESK = frozenset({ADMIN, MANAGER, DISPATCHER, TECHNICIAN})
LEADS = frozenset({ADMIN, MANAGER})
