"""Tenants, made by the schemas' owner alone."""

from uuid import UUID

from psycopg import Connection


def find_tenants(owner: Connection) -> dict[str, UUID]:
    """All tenants by slug, in alphabetical order."""
    return dict(owner.execute("select slug, id from auth.tenant order by slug").fetchall())


def create_tenant(owner: Connection, *, slug: str, name: str, timezone: str, locale: str) -> UUID:
    """Add a tenant; `timezone` is an IANA name, `locale` de or en."""
    row = owner.execute(
        "insert into auth.tenant (slug, name, timezone, locale) values (%s, %s, %s, %s) returning id",
        (slug, name, timezone, locale),
    ).fetchone()
    assert row is not None
    return UUID(str(row[0]))
