"""What the crm service lets whom do."""

from operational.core.roles import ANALYST, EVERYBODY, LEADS, TECHNICIAN, VCIO

PERMISSIONS: dict[str, frozenset[str]] = {
    "crm.read": EVERYBODY,
    # contracts show fees
    "crm.read_contracts": LEADS | {VCIO, ANALYST},
    "crm.write_customers": LEADS | {VCIO},
    "crm.write_contacts": LEADS | {VCIO, TECHNICIAN},
}
