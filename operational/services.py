"""The services of the house, in the order their schemas are made."""

from collections.abc import Iterable, Mapping

from operational.auth.module import module as auth
from operational.core.migrate import behind, require_current, unknown_revisions, upgrade
from operational.core.module import ServiceModule
from operational.core.personal.declared import PersonalData
from operational.core.personal.own import KERNEL
from operational.crm.module import module as crm
from operational.reports.module import module as reports
from operational.tickets.module import module as tickets
from operational.vcio.module import module as vcio

SERVICES: tuple[ServiceModule, ...] = (auth, crm, tickets, vcio, reports)
# what people are in, whichever services run in a process: nobody is given or erased by half
PERSONAL: tuple[PersonalData, ...] = (KERNEL, *(service.personal for service in SERVICES if service.personal.schema))


def upgrade_all(owner_url: str) -> None:
    """Migrate every service's schema to its head."""
    upgrade(owner_url, SERVICES)


def schemas_behind(owner_url: str) -> list[str]:
    """Names of the schemas that are older than this version; raises SchemaError for one that is newer."""
    return behind(owner_url, SERVICES)


def unknown_schemas(revisions: Mapping[str, Iterable[str]]) -> list[str]:
    """Which revisions (lists by schema) a newer version must have made, as `schema revision`."""
    return unknown_revisions(revisions, SERVICES)


def require_current_schemas(url: str) -> None:
    """Raise SchemaError unless the schemas are those this version works with; `url` is the app's."""
    require_current(url, SERVICES)
