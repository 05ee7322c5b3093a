"""Logins made by the schemas' owner: for set-up and for demo accounts."""

from collections.abc import Collection
from datetime import UTC, datetime
from uuid import UUID

from psycopg import Connection

from operational.auth.service.passwords import hash_password
from operational.core.roles import ADMIN, EVERYBODY


def ensure_admin(owner: Connection, tenant_id: UUID, email: str, password: str) -> UUID:
    """A person with the role admin who can log in; when the login exists its password stays. Returns the user's id."""
    known = owner.execute(
        "select user_id from auth.credential where tenant_id = %s and login = %s", (tenant_id, _login(email))
    ).fetchone()
    if known is not None:
        _give_roles(owner, tenant_id, known[0], (ADMIN,))
        return UUID(str(known[0]))
    return create_login(owner, tenant_id, email, password, name=email, roles=(ADMIN,))


def create_login(
    owner: Connection, tenant_id: UUID, email: str, password: str, *, name: str | None = None, roles: Collection[str]
) -> UUID:
    """Let the person with this address log in with this password and hold the roles; makes the person where needed.

    Repeating it sets the password anew and adds the roles. Raises ValueError for an unknown role or a weak password.
    """
    unknown = sorted(set(roles) - EVERYBODY)
    if unknown:
        raise ValueError(f"there is no role {', '.join(unknown)}; use some of {', '.join(sorted(EVERYBODY))}")
    password_hash = hash_password(password, [email])
    now = datetime.now(UTC)
    user_id = _person(owner, tenant_id, email, name or email, now)
    owner.execute(
        """insert into auth.credential (tenant_id, user_id, login, password_hash, changed_at)
           values (%s, %s, %s, %s, %s)
           on conflict (tenant_id, user_id) do update
           set login = excluded.login, password_hash = excluded.password_hash, changed_at = excluded.changed_at""",
        (tenant_id, user_id, _login(email), password_hash, now),
    )
    owner.execute(
        """delete from auth.failed_attempt where tenant_id = %s and credential_id in
           (select id from auth.credential where tenant_id = %s and user_id = %s)""",
        (tenant_id, tenant_id, user_id),
    )
    _give_roles(owner, tenant_id, user_id, roles)
    return user_id


def _login(email: str) -> str:
    return email.strip().lower()


def _person(owner: Connection, tenant_id: UUID, email: str, name: str, now: datetime) -> UUID:
    row = owner.execute(
        "select id from auth.user_account where tenant_id = %s and lower(email) = %s order by created_at, id limit 1",
        (tenant_id, _login(email)),
    ).fetchone()
    if row is None:
        row = owner.execute(
            "insert into auth.user_account (tenant_id, name, email, created_at) values (%s, %s, %s, %s) returning id",
            (tenant_id, name, email.strip(), now),
        ).fetchone()
    assert row is not None
    return UUID(str(row[0]))


def _give_roles(owner: Connection, tenant_id: UUID, user_id: UUID, roles: Collection[str]) -> None:
    # every tenant has all built-in roles, so that their permissions can be changed before anyone holds them
    for name in sorted(EVERYBODY):
        owner.execute(
            "insert into auth.role (tenant_id, name) values (%s, %s) on conflict (tenant_id, name) do nothing",
            (tenant_id, name),
        )
    owner.execute(
        """insert into auth.user_role (tenant_id, user_id, role_id)
           select tenant_id, %s, id from auth.role where tenant_id = %s and name = any(%s)
           on conflict (tenant_id, user_id, role_id) do nothing""",
        (user_id, tenant_id, list(roles)),
    )
