"""permissions with a reach, customers out of reach, portal users"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from operational.core import ddl

revision = "0007"
down_revision = "0006"

RENAMED = {
    "auth.self": "auth.account.use",
    "auth.read_users": "auth.user.read",
    "auth.manage_users": "auth.user.manage",
    "tickets.read": "tickets.ticket.read",
    "tickets.create": "tickets.ticket.create",
    "tickets.update": "tickets.ticket.update",
    "tickets.reply": "tickets.ticket.reply",
    "tickets.add_time": "tickets.time_entry.create",
    "crm.read": "crm.customer.read",
    "crm.read_contracts": "crm.contract.read",
    "crm.write_customers": "crm.customer.write",
    "crm.write_contacts": "crm.contact.write",
    "reports.read": "reports.dashboard.read",
    "reports.read_forecast": "reports.forecast.read",
}

# No service but auth reads auth's tables; this is how all of them learn what a person may. It answers for the tenant of
# the transaction alone: its owner passes row security.
RIGHTS_OF = """
create function core.rights_of(person uuid, session uuid, day date) returns jsonb
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


def upgrade() -> None:
    """Apply; what tenants have changed of their roles keeps its meaning under the new names."""
    _scopes()
    op.add_column("role", sa.Column("description", sa.Text(), nullable=True), schema="auth")
    op.add_column(
        "role", sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False), schema="auth"
    )
    op.add_column("user_account", sa.Column("kind", sa.Text(), server_default="staff", nullable=False), schema="auth")
    op.add_column("session", sa.Column("customer_id", sa.Uuid(), nullable=True), schema="auth")
    _link_table("customer_rule", sa.Column("effect", sa.Text(), nullable=False))
    _link_table(
        "portal_membership",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
    )
    op.execute(RIGHTS_OF)


def _scopes() -> None:
    op.add_column("role_permission", sa.Column("scope", sa.Text(), nullable=True), schema="auth")
    op.execute("update auth.role_permission set scope = case when granted then 'all' else 'none' end")
    op.alter_column("role_permission", "scope", nullable=False, schema="auth")
    op.drop_column("role_permission", "granted", schema="auth")
    names = ("tenant_id", "role_id", "permission", "scope")
    permission = sa.table("role_permission", *map(sa.column, names), schema="auth")
    for old, new in RENAMED.items():
        op.execute(permission.update().where(permission.c.permission == old).values(permission=new))
    # one permission became two: what a tenant has said of it holds for both
    for known, new in (
        ("tickets.ticket.update", "tickets.ticket.assign"),
        ("tickets.ticket.reply", "tickets.note.create"),
        ("tickets.ticket.read", "tickets.note.read"),
        ("crm.customer.read", "crm.contact.read"),
        ("auth.user.manage", "auth.role.read"),
        ("auth.user.manage", "auth.role.manage"),
    ):
        same = sa.select(permission.c.tenant_id, permission.c.role_id, sa.literal(new), permission.c.scope)
        op.execute(permission.insert().from_select(names, same.where(permission.c.permission == known)))


def _link_table(name: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["user_id"], ["auth.user_account.id"], name=op.f(f"fk_{name}_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(
            "tenant_id", "user_id", "customer_id", name=op.f(f"uq_{name}_tenant_id_user_id_customer_id")
        ),
        schema="auth",
    )
    op.execute(ddl.protect_local(f"auth.{name}"))
