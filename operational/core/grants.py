"""Rights of single services' database roles: those of `psa_app`, in the service's own schema and the shared ones."""

from collections.abc import Iterable

from psycopg import sql
from sqlalchemy import Connection, text

from operational.core.module import ServiceModule

SHARED = ("core", "jobs")
# what psa_app was given, by kind of object; columns of which only some were given come one by one
_GIVEN = text("""
select format('grant %s on %s %s to %I', a.privilege_type,
              case c.relkind when 'S' then 'sequence' else 'table' end, c.oid::regclass, cast(:role as text))
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace,
     lateral aclexplode(c.relacl) a
where a.grantee = 'psa_app'::regrole and n.nspname = any(:schemas)
union all
select format('grant %s (%I) on table %s to %I', a.privilege_type, t.attname, c.oid::regclass, cast(:role as text))
from pg_catalog.pg_attribute t join pg_catalog.pg_class c on c.oid = t.attrelid
     join pg_catalog.pg_namespace n on n.oid = c.relnamespace, lateral aclexplode(t.attacl) a
where a.grantee = 'psa_app'::regrole and n.nspname = any(:schemas)
union all
select format('grant execute on function %s to %I', p.oid::regprocedure, cast(:role as text))
from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace, lateral aclexplode(p.proacl) a
where a.grantee = 'psa_app'::regrole and n.nspname = any(:schemas)
union all
select format('grant usage on schema %I to %I', n.nspname, cast(:role as text))
from pg_catalog.pg_namespace n, lateral aclexplode(n.nspacl) a
where a.grantee = 'psa_app'::regrole and a.privilege_type = 'USAGE' and n.nspname = any(:schemas)
""")


def role_of(service: str) -> str:
    """The database role of a service that runs in a process of its own."""
    return f"psa_{service}"


def grant_services(connection: Connection, modules: Iterable[ServiceModule]) -> None:
    """Give each service's role, where there is one, what `psa_app` has in its schema and the shared ones, and no more.

    Safe to repeat; every migration ends with it, so that migrations name `psa_app` only.
    """
    names = [module.name for module in modules]
    schemas = [*SHARED, *names]
    present = set(connection.scalars(text("select nspname from pg_catalog.pg_namespace where nspname = any(:all)"),
                                     {"all": schemas}))  # fmt: skip
    roles = set(connection.scalars(text("select rolname from pg_catalog.pg_roles")))
    for name in names:
        if role_of(name) not in roles:
            continue
        for schema in sorted(present):
            _take_all(connection, schema, role_of(name))
        own = [schema for schema in (*SHARED, name) if schema in present]
        for (statement,) in connection.execute(_GIVEN, {"role": role_of(name), "schemas": own}).all():
            connection.exec_driver_sql(statement)


def _take_all(connection: Connection, schema: str, role: str) -> None:
    names = {"schema": sql.Identifier(schema), "role": sql.Identifier(role)}
    for what in ("all on all tables in", "all on all sequences in", "execute on all functions in", "usage on"):
        statement = sql.SQL("revoke " + what + " schema {schema} from {role}").format(**names)
        connection.exec_driver_sql(statement.as_string())
