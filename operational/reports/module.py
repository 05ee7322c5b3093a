"""The reports service: it keeps nothing and reads the warehouse."""

from operational.core.module import ServiceModule
from operational.reports.api import ROUTERS
from operational.reports.permissions import PERMISSIONS

module = ServiceModule(name="reports", routers=ROUTERS, permissions=PERMISSIONS)
