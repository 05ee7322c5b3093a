"""What the reports service lets whom do; its figures are of all customers together."""

from operational.core.access import Permission, grant
from operational.core.roles import ANALYST, FINANCE, LEADS, STAFF, VCIO

PERMISSIONS: dict[str, Permission] = {
    # the dashboards ask for this one
    "reports.dashboard.read": grant(LEADS | {VCIO, ANALYST, FINANCE}, needs_all_customers=True),
    # the strip above the queue, which technicians see as well
    "reports.forecast.read": grant(STAFF, needs_all_customers=True),
}
