"""Tables of second factors and API keys."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from operational.auth.models import metadata
from operational.core.tables import instant, local_table


def _whose() -> Column[Any]:
    return Column("user_id", Uuid, ForeignKey("auth.user_account.id"), nullable=False)


# an authenticator app's secret, encrypted; last_step is that of the last code taken
totp = local_table(
    "totp",
    metadata,
    _whose(),
    Column("secret", Text, nullable=False),
    instant("created_at", nullable=False),
    instant("confirmed_at"),
    Column("last_step", BigInteger),
    UniqueConstraint("tenant_id", "user_id"),
)

recovery_code = local_table(
    "recovery_code",
    metadata,
    _whose(),
    Column("digest", Text, nullable=False),
    instant("used_at"),
    UniqueConstraint("tenant_id", "user_id", "digest"),
)

# credential_id is base64url, as browsers write it
passkey = local_table(
    "passkey",
    metadata,
    _whose(),
    Column("credential_id", Text, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    instant("created_at", nullable=False),
    instant("last_used_at"),
    UniqueConstraint("tenant_id", "credential_id"),
    # who logs in by one names no tenant
    Index("ix_passkey_credential_id", "credential_id"),
)

# a password was right, and the second factor is waited for; or a challenge a passkey has answered
login_challenge = local_table(
    "login_challenge",
    metadata,
    _whose(),
    Column("digest", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    instant("expires_at", nullable=False),
    instant("used_at"),
    UniqueConstraint("tenant_id", "digest"),
)

# permissions: those the key is confined to, NULL for all of its owner's; hint: the key's last characters
api_key = local_table(
    "api_key",
    metadata,
    _whose(),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("hint", Text, nullable=False),
    Column("permissions", ARRAY(Text)),
    instant("created_at", nullable=False),
    instant("expires_at"),
    instant("last_used_at"),
    instant("ended_at"),
    UniqueConstraint("tenant_id", "digest"),
    Index("ix_api_key_tenant_id_user_id", "tenant_id", "user_id"),
)
