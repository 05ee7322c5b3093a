"""The roles every tenant starts with; services name them in the defaults of their permissions."""

ADMIN = "admin"
MANAGER = "manager"
TECHNICIAN = "technician"
VCIO = "vcio"
ANALYST = "analyst"

EVERYBODY = frozenset({ADMIN, MANAGER, TECHNICIAN, VCIO, ANALYST})
DESK = frozenset({ADMIN, MANAGER, TECHNICIAN})
LEADS = frozenset({ADMIN, MANAGER})
