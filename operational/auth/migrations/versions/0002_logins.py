"""logins and sessions"""

import sqlalchemy as sa
from alembic import op

from operational.core import ddl

LOCAL = ("credential", "role", "role_permission", "user_role", "refresh_token")

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "role",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_role_tenant_id_name")),
        schema="auth",
    )
    op.create_table(
        "security_event",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_event")),
        schema="auth",
    )
    op.create_index(
        "ix_security_event_tenant_id_user_id_occurred_at",
        "security_event",
        ["tenant_id", "user_id", "occurred_at"],
        unique=False,
        schema="auth",
    )
    op.create_table(
        "credential",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("failed_attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["auth.user_account.id"], name=op.f("fk_credential_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential")),
        sa.UniqueConstraint("tenant_id", "login", name=op.f("uq_credential_tenant_id_login")),
        sa.UniqueConstraint("tenant_id", "user_id", name=op.f("uq_credential_tenant_id_user_id")),
        schema="auth",
    )
    op.create_index("ix_credential_login", "credential", ["login"], unique=False, schema="auth")
    op.create_table(
        "refresh_token",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["auth.user_account.id"], name=op.f("fk_refresh_token_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_token")),
        sa.UniqueConstraint("tenant_id", "digest", name=op.f("uq_refresh_token_tenant_id_digest")),
        schema="auth",
    )
    op.create_index(
        "ix_refresh_token_tenant_id_family_id", "refresh_token", ["tenant_id", "family_id"], unique=False, schema="auth"
    )
    op.create_table(
        "role_permission",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["auth.role.id"], name=op.f("fk_role_permission_role_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_permission")),
        sa.UniqueConstraint(
            "tenant_id", "role_id", "permission", name=op.f("uq_role_permission_tenant_id_role_id_permission")
        ),
        schema="auth",
    )
    op.create_table(
        "user_role",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["auth.role.id"], name=op.f("fk_user_role_role_id")),
        sa.ForeignKeyConstraint(["user_id"], ["auth.user_account.id"], name=op.f("fk_user_role_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_role")),
        sa.UniqueConstraint("tenant_id", "user_id", "role_id", name=op.f("uq_user_role_tenant_id_user_id_role_id")),
        schema="auth",
    )
    for table in LOCAL:
        op.execute(ddl.protect_local(f"auth.{table}"))
    op.execute(ddl.protect_local("auth.security_event", grants="select, insert"))
    # who logs in names no tenant: this role finds it, and sees no password hash
    op.execute(ddl.admit("psa_login", "auth.credential", grants="select (id, tenant_id, login)"))
    op.execute(ddl.admit("psa_login", "auth.tenant", grants="select (id, slug)"))
    # periodic jobs run once a tenant
    op.execute(ddl.admit("psa_scheduler", "auth.tenant", grants="select (id)"))
