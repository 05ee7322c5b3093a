"""The reports service: it keeps nothing and reads the warehouse."""

from fastapi import APIRouter

from operational.core.module import ServiceModule
from operational.reports.permissions import PERMISSIONS


def _routers() -> tuple[APIRouter, ...]:
    from operational.reports.api import ROUTERS

    return ROUTERS


module = ServiceModule(name="reports", routers=_routers, permissions=PERMISSIONS)
