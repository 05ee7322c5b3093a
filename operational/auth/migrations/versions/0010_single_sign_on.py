"""single sign-on"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from operational.core import ddl

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Apply."""
    _table(
        "identity_provider",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("preset", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("client_secret", sa.Text(), nullable=True),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("groups_claim", sa.Text(), nullable=True),
        sa.Column("allowed_domains", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("link_by_verified_email", sa.Boolean(), nullable=False),
        sa.Column("trusts_email", sa.Boolean(), nullable=False),
        sa.Column("creates_accounts", sa.Boolean(), nullable=False),
        sa.Column("default_roles", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        unique=[["name"], ["issuer", "client_id"]],
        indexes=[["issuer", "client_id"]],
    )
    # a browser that begins to log in, and a provider that tells of a log-out, name no tenant; no secret is seen
    seen = "id, tenant_id, name, preset, issuer, client_id, allowed_domains, is_enabled"
    op.execute(ddl.admit("psa_login", "auth.identity_provider", grants=f"select ({seen})"))
    _table(
        "provider_group_role",
        *_provider(),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("role_name", sa.Text(), nullable=False),
        unique=[["provider_id", "group_name", "role_name"]],
    )
    _table(
        "identity",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        *_provider(),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("linked_by", sa.Text(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["auth.user_account.id"]),
        unique=[["provider_id", "subject"], ["provider_id", "user_id"]],
        indexes=[["tenant_id", "user_id"]],
    )
    _table(
        "sso_state",
        *_provider(),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("browser_digest", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("next", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        unique=[["digest"]],
        indexes=[["tenant_id", "expires_at"]],
    )
    _table(
        "sso_session",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        *_provider(),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sid", sa.Text(), nullable=True),
        sa.Column("id_token", sa.Text(), nullable=False),
        sa.Column("end_session_endpoint", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["session_id"], ["auth.session.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["auth.user_account.id"]),
        unique=[["session_id"]],
        indexes=[["tenant_id", "provider_id", "subject"]],
    )
    _table(
        "logout_token",
        *_provider(),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        unique=[["provider_id", "digest"]],
    )


def _provider() -> tuple[sa.Column[Any], sa.ForeignKeyConstraint]:
    return (
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["provider_id"], ["auth.identity_provider.id"], ondelete="CASCADE"),
    )


def _table(name: str, *items: Any, unique: list[list[str]], indexes: list[list[str]] | None = None) -> None:
    for item in items:
        if isinstance(item, sa.ForeignKeyConstraint):
            item.name = op.f(f"fk_{name}_{item.column_keys[0]}")
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        *items,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        *(
            sa.UniqueConstraint("tenant_id", *keys, name=op.f(f"uq_{name}_tenant_id_{'_'.join(keys)}"))
            for keys in unique
        ),
        schema="auth",
    )
    for columns in indexes or []:
        op.create_index(f"ix_{name}_{'_'.join(columns)}", name, columns, unique=False, schema="auth")
    op.execute(ddl.protect_local(f"auth.{name}"))
