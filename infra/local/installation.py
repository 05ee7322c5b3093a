"""A home with its database up and its schemas current: what commands work on."""

from uuid import UUID

import psycopg

from infra.errors import UserError
from infra.local.bootstrap import bootstrap
from infra.local.home import Home
from infra.local.postgres import Postgres
from infra.local.supervisor import Supervisor


class Installation:
    """The databases of one home; `ready` starts and upgrades them."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.postgres = Postgres(home)
        self.supervisor = Supervisor(home)

    @classmethod
    def ready(cls) -> "Installation":
        """The current home, started and migrated."""
        installation = cls(Home.current())
        installation.supervisor.start(["postgres"])
        installation.upgrade()
        return installation

    def upgrade(self) -> None:
        """Bring roles, databases and schemas to this version; safe to repeat.

        Raises UserError when a schema is of a newer version or somebody holds on to a table.
        """
        from operational.core.migrate import SchemaError
        from operational.services import upgrade_all
        from pipelines.extract import schema as books
        from pipelines.forecast import schema as forecasts

        bootstrap(self.home.url("superuser", "postgres"), self.home.password)
        # only ever adds, so it may stay when the schemas of `psa` then do not follow
        for kept in (books, forecasts):
            kept.ensure(self.home.url("warehouse_owner", "warehouse"))
        try:
            upgrade_all(self.home.url("owner", "psa"))
        except SchemaError as error:
            raise UserError(str(error)) from None

    def behind(self) -> list[str]:
        """Names of the schemas that are older than this version; the server must be up.

        Raises UserError when a schema is of a newer version.
        """
        from operational.core.migrate import SchemaError
        from operational.services import schemas_behind

        try:
            return schemas_behind(self.home.url("owner", "psa"))
        except SchemaError as error:
            raise UserError(str(error)) from None

    def tenants(self) -> dict[str, UUID]:
        """The tenants' ids by slug."""
        from operational.auth.service.tenants import find_tenants

        with psycopg.connect(self.home.url("owner", "psa")) as owner:
            return find_tenants(owner)

    def tenant(self, slug: str | None) -> UUID:
        """The tenant of that slug, or the only one; raises UserError naming those there are."""
        known = self.tenants()
        if slug is None and len(known) == 1:
            return next(iter(known.values()))
        if slug in known:
            return known[slug]
        if not known:
            raise UserError("there is no tenant yet; import a history first")
        names = ", ".join(sorted(known))
        raise UserError(f"say whose data with --tenant: {names}" if slug is None else f"no tenant {slug}; use {names}")

    def require_warehouse(self) -> None:
        """Raise UserError when the pipeline has never built the serving layer."""
        with psycopg.connect(self.home.url("warehouse_owner", "warehouse")) as warehouse:
            row = warehouse.execute("select to_regclass('serving.desk_tickets') is not null").fetchone()
        if not row or not row[0]:
            raise UserError("the warehouse is not built yet; run `psa pipeline run`")
