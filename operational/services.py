"""The services of the house, in the order their schemas are made."""

from collections.abc import Iterable, Mapping

from operational.auth.module import module as auth
from operational.core.migrate import behind, require_current, unknown_revisions, upgrade
from operational.core.module import ServiceModule
from operational.core.personal.declared import PersonalData
from operational.core.personal.own import KERNEL
from operational.core.settings import EVERYTHING
from operational.crm.module import module as crm
from operational.gateway.module import module as gateway
from operational.reports.module import module as reports
from operational.tickets.module import module as tickets
from operational.vcio.module import module as vcio

SERVICES: tuple[ServiceModule, ...] = (auth, crm, tickets, vcio, reports, gateway)
# what people are in, whichever services run in a process: nobody is given or erased by half
PERSONAL: tuple[PersonalData, ...] = (KERNEL, *(service.personal for service in SERVICES if service.personal.schema))


def chosen(names: Iterable[str]) -> tuple[ServiceModule, ...]:
    """The services of these names, in the house's order; raises ValueError for a name there is none of."""
    wanted = set(names)
    known = {module.name for module in SERVICES}
    if unknown := sorted(wanted - known):
        raise ValueError(f"there is no service {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    return tuple(module for module in SERVICES if module.name in wanted)


def needed(modules: Iterable[ServiceModule], *, is_worker: bool) -> tuple[str, ...]:
    """The PSA_* variables a process of these services cannot do without."""
    left_out: set[str] = set()
    if all(module.name != "auth" for module in modules):
        left_out |= {"PSA_LOGIN_URL", "PSA_KEYS_DIR"}
    if not is_worker:
        left_out |= {"PSA_RELAY_URL", "PSA_SCHEDULER_URL"}
    return tuple(name for name in EVERYTHING if name not in left_out)


def upgrade_all(owner_url: str) -> None:
    """Migrate every service's schema to its head."""
    upgrade(owner_url, SERVICES)


def schemas_behind(owner_url: str) -> list[str]:
    """Names of the schemas that are older than this version; raises SchemaError for one that is newer."""
    return behind(owner_url, SERVICES)


def unknown_schemas(revisions: Mapping[str, Iterable[str]]) -> list[str]:
    """Which revisions (lists by schema) a newer version must have made, as `schema revision`."""
    return unknown_revisions(revisions, SERVICES)


def require_current_schemas(url: str, modules: Iterable[ServiceModule] = SERVICES) -> None:
    """Raise SchemaError unless these services' schemas are those this version works with; `url` is the app's."""
    require_current(url, modules)
