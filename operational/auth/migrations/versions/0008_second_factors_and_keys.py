"""second factors, API keys, service accounts"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from operational.core import ddl

revision = "0008"
down_revision = "0007"

# No service but auth reads auth's tables; this is how all of them learn what a person may. It answers for the tenant of
# the transaction alone: its owner passes row security.
RIGHTS_OF = """
create or replace function core.rights_of(person uuid, session uuid, day date) returns jsonb
language sql stable security definer set search_path = '' as $body$
    select jsonb_build_object(
        'roles', coalesce((
            select jsonb_object_agg(r.name, coalesce((
                select jsonb_object_agg(p.permission, p.scope) from auth.role_permission p where p.role_id = r.id
            ), '{}'::jsonb))
            from auth.user_role g join auth.role r on r.id = g.role_id where g.user_id = u.id
        ), '{}'::jsonb),
        'team', coalesce((
            select jsonb_agg(c.id) from auth.user_account c where c.tenant_id = u.tenant_id and c.team = u.team
        ), '[]'::jsonb),
        'only', (
            select jsonb_agg(c.customer_id) from auth.customer_rule c where c.user_id = u.id and c.effect = 'only'
        ),
        'never', (
            select jsonb_agg(c.customer_id) from auth.customer_rule c where c.user_id = u.id and c.effect = 'never'
        ),
        'lacks_factor', u.kind <> 'service'
            and exists (
                select from auth.user_role g join auth.role r on r.id = g.role_id
                where g.user_id = u.id and r.needs_second_factor
            )
            and not exists (select from auth.totp t where t.user_id = u.id and t.confirmed_at is not null)
            and not exists (select from auth.passkey k where k.user_id = u.id)
            and coalesce((
                select s.authenticated_by from auth.session s where s.id = rights_of.session and s.user_id = u.id
            ), '') <> 'sso',
        'is_portal', u.kind = 'portal',
        'portal', (
            select jsonb_build_object('customer_id', m.customer_id, 'contact_id', m.contact_id)
            from auth.portal_membership m where m.user_id = u.id
            order by m.customer_id = (
                select s.customer_id from auth.session s where s.id = rights_of.session and s.user_id = u.id
            ) desc nulls last, m.position
            limit 1
        )
    )
    from auth.user_account u
    where u.tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid and u.id = person
      and (u.active_from is null or u.active_from <= day) and (u.active_to is null or u.active_to >= day)
$body$;
revoke all on function core.rights_of(uuid, uuid, date) from public;
grant execute on function core.rights_of(uuid, uuid, date) to psa_app;
"""

# Whose key it is and what it is confined to; null for none that works. Notes its use, at most once a minute.
KEY_OF = """
create function core.key_of(hashed text, at timestamptz) returns jsonb
language plpgsql volatile security definer set search_path = '' as $body$
declare
    key auth.api_key;
begin
    select * into key from auth.api_key k
    where k.tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid and k.digest = hashed
      and k.ended_at is null and (k.expires_at is null or k.expires_at > at);
    if not found then
        return null;
    end if;
    if key.last_used_at is null or key.last_used_at < at - interval '1 minute' then
        update auth.api_key k set last_used_at = at where k.id = key.id;
    end if;
    return pg_catalog.jsonb_build_object('id', key.id, 'user_id', key.user_id, 'permissions', key.permissions);
end
$body$;
revoke all on function core.key_of(text, timestamptz) from public;
grant execute on function core.key_of(text, timestamptz) to psa_app;
"""


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "role",
        sa.Column("needs_second_factor", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        schema="auth",
    )
    op.add_column("session", sa.Column("authenticated_by", sa.Text(), nullable=True), schema="auth")
    _table(
        "totp",
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        unique=["user_id"],
    )
    _table(
        "recovery_code",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        unique=["user_id", "digest"],
    )
    _table(
        "passkey",
        sa.Column("credential_id", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        unique=["credential_id"],
    )
    op.create_index("ix_passkey_credential_id", "passkey", ["credential_id"], unique=False, schema="auth")
    op.execute(ddl.admit("psa_login", "auth.passkey", grants="select (tenant_id, user_id, credential_id)"))
    _table(
        "login_challenge",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        unique=["digest"],
    )
    _table(
        "api_key",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("permissions", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        unique=["digest"],
    )
    op.create_index("ix_api_key_tenant_id_user_id", "api_key", ["tenant_id", "user_id"], unique=False, schema="auth")
    op.execute(RIGHTS_OF)
    op.execute(KEY_OF)


def _table(name: str, *columns: sa.Column[Any], unique: list[str]) -> None:
    keys = ["tenant_id", *unique]
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["user_id"], ["auth.user_account.id"], name=op.f(f"fk_{name}_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(*keys, name=op.f(f"uq_{name}_{'_'.join(keys)}")),
        schema="auth",
    )
    op.execute(ddl.protect_local(f"auth.{name}"))
