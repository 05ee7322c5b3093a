"""Logins made by the schemas' owner: for set-up and for demo accounts."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from uuid import UUID

from psycopg import Connection

from operational.auth.service.links import INVITATION, LIVES, make_secret
from operational.auth.service.passwords import hash_password
from operational.core.roles import ADMIN, SHIPPED

# no installation lets access tokens live longer
_LONGEST_TOKEN = timedelta(hours=1)


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
    unknown = sorted(set(roles) - SHIPPED)
    if unknown:
        raise ValueError(f"there is no role {', '.join(unknown)}; use some of {', '.join(sorted(SHIPPED))}")
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
    _end_sessions(owner, tenant_id, user_id, now)
    return user_id


def invite(
    owner: Connection, tenant_id: UUID, email: str, *, name: str | None = None, roles: Collection[str]
) -> tuple[str, datetime]:
    """Make the person with this address where needed, give the roles, and make a one-time link to set a password with.

    Returns the link's token and until when it works. What the person has had of sessions goes on until it is used.
    """
    now = datetime.now(UTC)
    user_id = _person(owner, tenant_id, email, name or email, now)
    _give_roles(owner, tenant_id, user_id, roles)
    return _link(owner, tenant_id, user_id, now)


def link_for(owner: Connection, tenant_id: UUID, email: str) -> tuple[str, datetime]:
    """A one-time link for somebody there is: its token and until when it works; raises ValueError for nobody."""
    row = owner.execute(
        "select id from auth.user_account where tenant_id = %s and lower(email) = %s", (tenant_id, _login(email))
    ).fetchone()
    if row is None:
        raise ValueError(f"nobody here has the address {email}")
    return _link(owner, tenant_id, row[0], datetime.now(UTC))


def _link(owner: Connection, tenant_id: UUID, user_id: UUID, now: datetime) -> tuple[str, datetime]:
    token, hashed = make_secret(tenant_id)
    until = now + LIVES[INVITATION]
    owner.execute(
        """insert into auth.one_time_link (tenant_id, user_id, purpose, digest, created_at, expires_at)
           values (%s, %s, %s, %s, %s, %s)""",
        (tenant_id, user_id, INVITATION, hashed, now, until),
    )
    return token, until


def _end_sessions(owner: Connection, tenant_id: UUID, user_id: UUID, now: datetime) -> None:
    """Log a person out everywhere: whoever knew the old password may be anybody."""
    ended = owner.execute(
        """update auth.session set ended_at = %s, ended_because = 'password_set'
           where tenant_id = %s and user_id = %s and ended_at is null""",
        (now, tenant_id, user_id),
    )
    if not ended.rowcount:
        return
    owner.execute(
        """insert into core.revocation (subject, tenant_id, before, forget_at)
           select id, tenant_id, %s, %s from auth.user_account where tenant_id = %s and id = %s
           on conflict (subject) do update set before = excluded.before, forget_at = excluded.forget_at""",
        (now, now + _LONGEST_TOKEN, tenant_id, user_id),
    )


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
    for name in sorted(SHIPPED):
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
