"""Brings every service's schema to its newest revision."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from operational.core.ddl import KERNEL
from operational.core.jobs import install_schema
from operational.core.module import ServiceModule


def alembic_config(module: ServiceModule, connection: Connection) -> Config:
    """Alembic's configuration for one service on an open connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "alembic_env"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", str(module.migrations / "versions"))
    config.attributes["connection"] = connection
    config.attributes["module"] = module
    return config


@contextmanager
def owner_connection(owner_url: str) -> Iterator[Connection]:
    """One transaction as the schemas' owner, giving up on a lock after five seconds."""
    engine = create_engine(owner_url.replace("postgresql://", "postgresql+psycopg://", 1))
    try:
        with engine.begin() as connection:
            connection.execute(text("set lock_timeout = '5s'"))
            yield connection
    finally:
        engine.dispose()


def upgrade(owner_url: str, modules: Iterable[ServiceModule]) -> None:
    """Migrate each module's schema to its head, one transaction each; raises on a lock held over five seconds."""
    with owner_connection(owner_url) as connection:
        connection.exec_driver_sql("select pg_advisory_xact_lock(hashtext('psa.migrate'))")
        connection.execute(text(KERNEL))
        install_schema(connection)
    for module in modules:
        with owner_connection(owner_url) as connection:
            connection.exec_driver_sql("select pg_advisory_xact_lock(hashtext('psa.migrate'))")
            connection.exec_driver_sql(f'create schema if not exists "{module.name}"')
            command.upgrade(alembic_config(module, connection), "head")


def pending(connection: Connection, module: ServiceModule) -> bool:
    """Whether the module's schema is behind its newest revision."""
    context = MigrationContext.configure(connection, opts={"version_table_schema": module.name})
    script = ScriptDirectory.from_config(alembic_config(module, connection))
    return set(context.get_current_heads()) != set(script.get_heads())
