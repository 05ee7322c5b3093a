"""What the reports service lets whom do."""

from operational.core.roles import ANALYST, EVERYBODY, LEADS, VCIO

PERMISSIONS: dict[str, frozenset[str]] = {
    # the dashboards ask for this one
    "reports.read": LEADS | {VCIO, ANALYST},
    # the strip above the queue, which technicians see as well
    "reports.read_forecast": EVERYBODY,
}
