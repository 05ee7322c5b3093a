"""What the crm service lets whom do."""

from operational.core.access import Permission, grant
from operational.core.roles import ANALYST, DISPATCHER, FINANCE, LEADS, STAFF, TECHNICIAN, VCIO

PERMISSIONS: dict[str, Permission] = {
    "crm.customer.read": grant(STAFF),
    "crm.customer.write": grant(LEADS | {VCIO}),
    "crm.contact.read": grant(STAFF),
    "crm.contact.write": grant(LEADS | {VCIO, TECHNICIAN, DISPATCHER}),
    # contracts show fees
    "crm.contract.read": grant(LEADS | {VCIO, ANALYST, FINANCE}),
}
