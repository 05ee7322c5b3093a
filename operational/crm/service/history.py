"""Takes in customers, sites, contacts and contracts of an imported history."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection

from operational.core.bulk import Loader, MergeCount, merge
from operational.core.ids import source_id, source_id_or_none

Records = Sequence[Mapping[str, Any]]
# a record somebody has changed here stays as it is
UNTOUCHED = "t.version = 0"


def _loader(
    kinds: str,
    kind: str,
    table: str,
    values: tuple[str, ...],
    references: Mapping[str, str],
    keyed_by: tuple[str, ...],
    *,
    only_where: str | None = None,
) -> Loader:
    """A loader of `table` whose `<x>_ref` fields, named with their kinds in `references`, become `<x>_id` columns."""

    def load(connection: Connection, tenant_id: UUID, system: str, records: Records) -> dict[str, MergeCount]:
        columns = ("id", "tenant_id", *(name.removesuffix("_ref") + "_id" for name in references), *values)
        rows = [
            (
                source_id(tenant_id, system, kind, "\x1f".join(r[key] for key in keyed_by)),
                tenant_id,
                *(source_id_or_none(tenant_id, system, of, r[name]) for name, of in references.items()),
                *(r[name] for name in values),
            )
            for r in records
        ]
        return {kinds: merge(connection, table, columns, rows, only_where=only_where)}

    return load


LOADERS: dict[str, Loader] = {
    "customers": _loader(
        "customers",
        "customer",
        "crm.customer",
        ("name", "sector", "country", "subdivision", "city", "seats", "since", "until"),
        {},
        ("ref",),
        only_where=UNTOUCHED,
    ),
    "sites": _loader(
        "sites",
        "site",
        "crm.site",
        ("name", "country", "subdivision", "city"),
        {"customer_ref": "customer"},
        ("ref",),
    ),
    "contacts": _loader(
        "contacts",
        "contact",
        "crm.contact",
        ("name", "email", "phone", "role", "vip", "language"),
        {},
        ("ref",),
        only_where=UNTOUCHED,
    ),
    "contact_customers": _loader(
        "contact_customers",
        "contact_customer",
        "crm.contact_customer",
        ("is_primary",),
        {"contact_ref": "contact", "customer_ref": "customer", "site_ref": "site"},
        ("contact_ref", "customer_ref"),
    ),
    "contracts": _loader(
        "contracts",
        "contract",
        "crm.contract",
        ("name", "kind", "starts_on", "ends_on", "monthly_fee", "currency", "included_minutes"),
        {"customer_ref": "customer"},
        ("ref",),
    ),
}
