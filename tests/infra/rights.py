"""Who may do what in a database, as its catalogue says."""

from typing import Any

import psycopg

from infra.local.backup.dump import BUILT

QUERIES = {
    "roles": """
        select rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolbypassrls, rolconfig
        from pg_roles where rolname !~ '^pg_'""",
    "databases": """
        select datname, datdba::regrole::text, a.grantee::regrole::text, a.privilege_type
        from pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) a
        where datname = current_database()""",
    "schemas": """
        select n.nspname, n.nspowner::regrole::text, a.grantee::regrole::text, a.privilege_type
        from kept n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a""",
    "relations": """
        select n.nspname, c.relname, c.relkind, c.relowner::regrole::text, c.relrowsecurity, c.relforcerowsecurity,
               c.relpersistence, c.reloptions
        from pg_class c join kept n on n.oid = c.relnamespace""",
    "grants": """
        select n.nspname, c.relname, a.grantee::regrole::text, a.privilege_type, a.is_grantable
        from pg_class c join kept n on n.oid = c.relnamespace,
             aclexplode(coalesce(
                 c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))) a
        where c.relkind in ('r', 'p', 'v', 'm', 'S')""",
    "columns": """
        select n.nspname, c.relname, t.attname, format_type(t.atttypid, t.atttypmod), t.attnotnull, t.attgenerated,
               pg_get_expr(d.adbin, d.adrelid), t.attacl::text
        from pg_attribute t join pg_class c on c.oid = t.attrelid join kept n on n.oid = c.relnamespace
        left join pg_attrdef d on d.adrelid = t.attrelid and d.adnum = t.attnum
        where t.attnum > 0 and not t.attisdropped and c.relkind in ('r', 'p', 'v')""",
    "policies": """
        select n.nspname, c.relname, p.polname, p.polcmd, p.polpermissive,
               array(select r::regrole::text from unnest(p.polroles) r order by 1),
               pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
        from pg_policy p join pg_class c on c.oid = p.polrelid join kept n on n.oid = c.relnamespace""",
    "constraints": """
        select n.nspname, o.conrelid::regclass::text, o.conname, o.convalidated, pg_get_constraintdef(o.oid)
        from pg_constraint o join kept n on n.oid = o.connamespace""",
    "indexes": """
        select schemaname, tablename, indexname, indexdef from pg_indexes i join kept n on n.nspname = i.schemaname""",
}
ONLY_IN_PSA = {
    "triggers": """
        select t.tgrelid::regclass::text, t.tgname, t.tgenabled, pg_get_triggerdef(t.oid)
        from pg_trigger t where not t.tgisinternal""",
    "functions": """
        select n.nspname, p.oid::regprocedure::text, p.proowner::regrole::text, p.proleakproof, p.prosecdef,
               p.provolatile, p.proconfig, md5(p.prosrc), p.proacl::text
        from pg_proc p join kept n on n.oid = p.pronamespace""",
}
KEPT = "with kept as (select * from pg_namespace where nspname !~ '^pg_|^information_schema$' and nspname !~ %s) "


def rights_of(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every kind of right with all its rows, in an order of their own; as the superuser."""
    with psycopg.connect(url) as connection:
        queries = QUERIES | (ONLY_IN_PSA if connection.info.dbname == "psa" else {})
        return {
            kind: sorted(connection.execute(KEPT + query, (BUILT,)).fetchall(), key=repr)
            for kind, query in queries.items()
        }
