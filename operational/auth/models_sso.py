"""Tables of single sign-on."""

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from operational.auth.models import metadata
from operational.core.tables import instant, local_table

# client_secret is encrypted, NULL for a public client; allowed_domains in lower case; trusts_email: the administrator
# stands for the addresses of a provider that does not say whether it has verified them
identity_provider = local_table(
    "identity_provider",
    metadata,
    Column("name", Text, nullable=False),
    Column("preset", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("client_secret", Text),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("groups_claim", Text),
    Column("allowed_domains", ARRAY(Text), nullable=False),
    Column("is_enabled", Boolean, nullable=False),
    Column("link_by_verified_email", Boolean, nullable=False),
    Column("trusts_email", Boolean, nullable=False),
    Column("creates_accounts", Boolean, nullable=False),
    Column("default_roles", ARRAY(Text), nullable=False),
    instant("created_at", nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    UniqueConstraint("tenant_id", "name"),
    UniqueConstraint("tenant_id", "issuer", "client_id"),
    # a provider that tells of a log-out names no tenant
    Index("ix_identity_provider_issuer_client_id", "issuer", "client_id"),
)

# who is in the group at the provider holds the role here; roles named here follow the groups at each log-in
provider_group_role = local_table(
    "provider_group_role",
    metadata,
    Column("provider_id", Uuid, ForeignKey("auth.identity_provider.id", ondelete="CASCADE"), nullable=False),
    Column("group_name", Text, nullable=False),
    Column("role_name", Text, nullable=False),
    UniqueConstraint("tenant_id", "provider_id", "group_name", "role_name"),
)

# email is that of the moment of linking; linked_by is verified_email, created (with the account) or administrator
identity = local_table(
    "identity",
    metadata,
    Column("user_id", Uuid, ForeignKey("auth.user_account.id"), nullable=False),
    Column("provider_id", Uuid, ForeignKey("auth.identity_provider.id", ondelete="CASCADE"), nullable=False),
    Column("subject", Text, nullable=False),
    Column("email", Text),
    Column("linked_by", Text, nullable=False),
    instant("linked_at", nullable=False),
    instant("last_used_at"),
    UniqueConstraint("tenant_id", "provider_id", "subject"),
    # an address that is given to somebody new must not lead them to the old account
    UniqueConstraint("tenant_id", "provider_id", "user_id"),
    Index("ix_identity_tenant_id_user_id", "tenant_id", "user_id"),
)

# a log-in on its way: digests of the state and of what the browser's cookie holds; gone once it has come back
sso_state = local_table(
    "sso_state",
    metadata,
    Column("provider_id", Uuid, ForeignKey("auth.identity_provider.id", ondelete="CASCADE"), nullable=False),
    Column("digest", Text, nullable=False),
    Column("browser_digest", Text, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("verifier", Text, nullable=False),
    Column("next", Text, nullable=False),
    instant("expires_at", nullable=False),
    UniqueConstraint("tenant_id", "digest"),
    Index("ix_sso_state_tenant_id_expires_at", "tenant_id", "expires_at"),
)

# what the provider must be told, or tells, to end a session; id_token is encrypted; authenticated_at is when the
# provider asked who it is, NULL where it does not say
sso_session = local_table(
    "sso_session",
    metadata,
    Column("session_id", Uuid, ForeignKey("auth.session.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", Uuid, ForeignKey("auth.user_account.id"), nullable=False),
    Column("provider_id", Uuid, ForeignKey("auth.identity_provider.id", ondelete="CASCADE"), nullable=False),
    Column("subject", Text, nullable=False),
    Column("sid", Text),
    Column("id_token", Text, nullable=False),
    Column("end_session_endpoint", Text),
    instant("authenticated_at"),
    UniqueConstraint("tenant_id", "session_id"),
    Index("ix_sso_session_tenant_id_provider_id_subject", "tenant_id", "provider_id", "subject"),
)

# each of a provider's logout tokens counts once
logout_token = local_table(
    "logout_token",
    metadata,
    Column("provider_id", Uuid, ForeignKey("auth.identity_provider.id", ondelete="CASCADE"), nullable=False),
    Column("digest", Text, nullable=False),
    instant("expires_at", nullable=False),
    UniqueConstraint("tenant_id", "provider_id", "digest"),
)
