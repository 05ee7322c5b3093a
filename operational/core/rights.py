"""No process of the house works with a role that row security does not hold."""

from typing import Any

# the role itself, or one it could become
STRONGER = """
select session_user::text, 'is or may become ' || r.rolname from pg_catalog.pg_roles r
where (r.rolsuper or r.rolbypassrls) and pg_catalog.pg_has_role(session_user, r.oid, 'member')
union all
select session_user::text, 'owns ' || c.oid::regclass::text from pg_catalog.pg_class c
join pg_catalog.pg_roles r on r.oid = c.relowner
where r.rolname = session_user and c.relkind in ('r', 'p')
limit 1
"""


class PrivilegedRoleError(RuntimeError):
    """The database role of a URL passes row security; the message says which and what to do."""


def refuse_privileged(connection: Any) -> None:
    """Raise PrivilegedRoleError when the role of an open DBAPI connection passes row security, or could.

    A superuser, a role with BYPASSRLS, a member of such a role, and an owner of tables (who could switch row security
    off) are refused.
    """
    # SQLAlchemy's asynchronous cursors are no context managers
    cursor = connection.cursor()
    try:
        cursor.execute(STRONGER)
        found = cursor.fetchone()
    finally:
        cursor.close()
    if found is not None:
        role, because = found
        raise PrivilegedRoleError(
            f"the database role {role} passes row security ({because}); use the roles psa_app, psa_login, psa_relay, "
            "psa_scheduler and psa_sealer as the set-up made them"
        )
