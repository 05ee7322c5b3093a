"""A home with its database up and its schemas current: what commands work on."""

from infra.local.bootstrap import bootstrap
from infra.local.home import Home
from infra.local.postgres import Postgres


class Installation:
    """The databases of one home; `ready` starts and upgrades them."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.postgres = Postgres(home)

    @classmethod
    def ready(cls) -> "Installation":
        """The current home, started and migrated."""
        installation = cls(Home.current())
        installation.postgres.start()
        installation.upgrade()
        return installation

    def upgrade(self) -> None:
        """Bring roles, databases and schemas to this version; safe to repeat."""
        from operational.services import upgrade_all
        from pipelines.extract.schema import ensure

        bootstrap(self.home.url("superuser", "postgres"), self.home.password)
        upgrade_all(self.home.url("owner", "psa"))
        ensure(self.home.url("warehouse_owner", "warehouse"))
