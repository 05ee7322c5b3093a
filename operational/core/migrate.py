"""Brings every service's schema to its newest revision."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError

from operational.core.ddl import KERNEL
from operational.core.grants import grant_services, role_of
from operational.core.jobs import install_schema, unapplied
from operational.core.module import ServiceModule
from operational.core.personal.register import ERASURES
from operational.core.rights import refuse_privileged
from operational.core.seal.ddl import SEAL


class SchemaError(RuntimeError):
    """The database's schemas are not those this version works with; the message says what to do."""


def alembic_config(module: ServiceModule, connection: Connection | None) -> Config:
    """Alembic's configuration for one service on an open connection; None where only the files are looked at."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "alembic_env"))
    config.set_main_option("path_separator", "os")
    assert module.migrations is not None, f"{module.name} keeps nothing"
    config.set_main_option("version_locations", str(module.migrations / "versions"))
    config.attributes["connection"] = connection
    config.attributes["module"] = module
    return config


@contextmanager
def one_transaction(url: str) -> Iterator[Connection]:
    """One transaction, giving up on a lock after five seconds."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    try:
        with engine.begin() as connection:
            connection.execute(text("set lock_timeout = '5s'"))
            yield connection
    finally:
        engine.dispose()


def install_kernel(connection: Connection) -> None:
    """Bring to this version what all services share; safe to repeat."""
    connection.execute(text(KERNEL + SEAL + ERASURES))
    install_schema(connection)


def upgrade(owner_url: str, modules: Iterable[ServiceModule]) -> None:
    """Migrate what all share and each module's schema to its head, in one transaction: all of it or nothing.

    Raises SchemaError for a schema of a newer version and for a lock that somebody holds over five seconds.
    """
    every = tuple(modules)
    try:
        with _migrating(owner_url) as connection:
            install_kernel(connection)
            for module in _that_keep(every):
                connection.exec_driver_sql(f'create schema if not exists "{module.name}"')
                _refuse_newer(connection, module)
                command.upgrade(alembic_config(module, connection), "head")
                # a process of the app refuses to work on another schema than its own
                connection.exec_driver_sql(f'grant select on "{module.name}".alembic_version to psa_app')
            grant_services(connection, every)
    except OperationalError as error:
        if isinstance(error.orig, LockNotAvailable):
            raise SchemaError("somebody works on a table that is to change; stop the API and worker, or wait") from None
        raise


def _that_keep(modules: Iterable[ServiceModule]) -> Iterator[ServiceModule]:
    return (module for module in modules if module.migrations is not None)


@contextmanager
def _migrating(owner_url: str) -> Iterator[Connection]:
    with one_transaction(owner_url) as connection:
        connection.exec_driver_sql("select pg_advisory_xact_lock(hashtext('psa.migrate'))")
        yield connection


def pending(connection: Connection, module: ServiceModule) -> bool:
    """Whether the module's schema is behind its newest revision."""
    return _applied(connection, module) != set(_script(module).get_heads())


def behind(url: str, modules: Iterable[ServiceModule]) -> list[str]:
    """Names of the schemas that are older than this version; raises SchemaError for one that is newer."""
    with one_transaction(url) as connection:
        found = ["jobs"] if unapplied(connection) else []
        for module in _that_keep(modules):
            _refuse_newer(connection, module)
            if pending(connection, module):
                found.append(module.name)
    return found


def unknown_revisions(revisions: Mapping[str, Iterable[str]], modules: Iterable[ServiceModule]) -> list[str]:
    """Which of the schemas' revisions (lists by schema) this version does not know, as `schema revision`."""
    known = {module.name: _known(module) for module in _that_keep(modules)}
    return [
        f"{schema} {revision}"
        for schema, applied in revisions.items()
        for revision in applied
        if revision not in known.get(schema, set())
    ]


def require_current(url: str, modules: Iterable[ServiceModule]) -> None:
    """Raise SchemaError unless every module's schema is the one this version works with; `url` is the app's."""
    with one_transaction(url) as connection:
        refuse_privileged(connection.connection)
        for module in _that_keep(modules):
            if not connection.scalar(text("select has_schema_privilege(:s, 'usage')"), {"s": module.name}):
                raise SchemaError(
                    f"the database role of PSA_DATABASE_URL may not use the schema of {module.name}; use psa_app, or "
                    f"{role_of(module.name)} for that service alone"
                )
            _refuse_newer(connection, module)
            if pending(connection, module):
                raise SchemaError(f"the schema of {module.name} is older than this version; run `psa db upgrade`")


def _refuse_newer(connection: Connection, module: ServiceModule) -> None:
    strange = sorted(_applied(connection, module) - _known(module))
    if strange:
        raise SchemaError(
            f"the schema of {module.name} was made by a newer version (revision {', '.join(strange)}); "
            "install that version, or point PSA_HOME at another folder"
        )


def _known(module: ServiceModule) -> set[str]:
    return {script.revision for script in _script(module).walk_revisions()}


def _script(module: ServiceModule) -> ScriptDirectory:
    return ScriptDirectory.from_config(alembic_config(module, None))


def _applied(connection: Connection, module: ServiceModule) -> set[str]:
    context = MigrationContext.configure(connection, opts={"version_table_schema": module.name})
    return set(context.get_current_heads())
