"""Roles, databases and schemas of an installation."""

from collections.abc import Callable, Mapping

import psycopg
from psycopg import Connection, sql

from infra.local.home import SERVICE_ROLES

# the extractor reads and the migrator moves every tenant's rows; nobody else passes row security
ROLE_OPTIONS = {
    "psa_owner": "bypassrls",
    "psa_app": "nobypassrls",
    "psa_relay": "nobypassrls",
    "psa_login": "nobypassrls",
    "psa_scheduler": "nobypassrls",
    "psa_sealer": "nobypassrls",
    "psa_extractor": "bypassrls",
    "wh_owner": "nobypassrls",
    "wh_serving": "nobypassrls",
    "psa_analyst": "nobypassrls",
    **dict.fromkeys(SERVICE_ROLES, "nobypassrls"),
}
READ_ONLY = ("psa_extractor", "psa_analyst")
OWNERS = {"psa": "psa_owner", "warehouse": "wh_owner"}
MAY_CONNECT = {
    "psa": ("psa_app", "psa_relay", "psa_login", "psa_scheduler", "psa_sealer", "psa_extractor", *SERVICE_ROLES),
    "warehouse": ("wh_owner", "wh_serving", "psa_analyst"),
}


def ensure_roles(superuser: Connection, password: Callable[[str], str]) -> None:
    """Create the roles where they are missing and set what they may; `password` gives each one's."""
    for role, options in ROLE_OPTIONS.items():
        known = superuser.execute("select 1 from pg_roles where rolname = %s", (role,)).fetchone()
        verb = "alter" if known else "create"
        superuser.execute(
            sql.SQL(
                verb + " role {} login nosuperuser nocreatedb nocreaterole noinherit " + options + " password {}"
            ).format(sql.Identifier(role), sql.Literal(password(role)))
        )
    for role in READ_ONLY:
        superuser.execute(sql.SQL("alter role {} set default_transaction_read_only = on").format(sql.Identifier(role)))


def ensure_database(superuser: Connection, name: str, kind: str) -> None:
    """Create a database of `kind` (`psa` or `warehouse`) and say who may connect; needs autocommit."""
    database = sql.Identifier(name)
    if not superuser.execute("select 1 from pg_database where datname = %s", (name,)).fetchone():
        superuser.execute(sql.SQL("create database {} owner {}").format(database, sql.Identifier(OWNERS[kind])))
    superuser.execute(sql.SQL("revoke all on database {} from public").format(database))
    for role in MAY_CONNECT[kind]:
        superuser.execute(
            sql.SQL("grant connect, temporary on database {} to {}").format(database, sql.Identifier(role))
        )


def bootstrap(superuser_url: str, password: Callable[[str], str], databases: Mapping[str, str] | None = None) -> None:
    """Roles and both databases on a running cluster; safe to repeat.

    `databases` names the databases by kind (`psa`, `warehouse`); left out, each is named like its kind. Roles
    belong to the whole cluster.
    """
    with psycopg.connect(superuser_url, autocommit=True) as superuser:
        ensure_roles(superuser, password)
        for kind, name in (databases or {kind: kind for kind in OWNERS}).items():
            ensure_database(superuser, name, kind)
