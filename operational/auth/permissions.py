"""What the auth service lets whom do."""

from operational.core.access import Permission, grant
from operational.core.roles import ADMIN, SHIPPED, STAFF

PERMISSIONS: dict[str, Permission] = {
    # one's own account: log-ins, password, preferences
    "auth.account.use": grant(SHIPPED),
    "auth.api_key.use": grant(STAFF),
    "auth.user.read": grant(STAFF),
    "auth.user.manage": grant({ADMIN}, needs_all_customers=True),
    "auth.role.read": grant({ADMIN}),
    "auth.role.manage": grant({ADMIN}, needs_all_customers=True),
    # whoever sets up how people log in can become any of them
    "auth.sso.manage": grant({ADMIN}, needs_all_customers=True),
    "auth.background.read": grant({ADMIN}, needs_all_customers=True),
    "auth.background.manage": grant({ADMIN}, needs_all_customers=True),
    # all that is kept of a person is given or erased, whoever else it is about
    "auth.person_data.export": grant({ADMIN}, needs_all_customers=True),
    "auth.person_data.erase": grant({ADMIN}, needs_all_customers=True),
    "auth.mail.read": grant({ADMIN}, needs_all_customers=True),
    "auth.mail.manage": grant({ADMIN}, needs_all_customers=True),
}
