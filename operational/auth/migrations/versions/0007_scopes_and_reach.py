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
