"""Tables of identity: tenants and the people who work in them."""

from sqlalchemy import (
    Boolean,
    Column,
    Computed,
    Date,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from operational.core.audit import audit_table
from operational.core.idempotency import idempotency_table
from operational.core.outbox import inbox_table, outbox_table
from operational.core.tables import Xid8, instant, local_table, service_metadata, tenant_table, tombstone_table

metadata = service_metadata("auth")

tenant = Table(
    "tenant",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=text("gen_random_uuid()")),
    # a tenant belongs to itself, so that row security, tombstones and extraction treat it like any row
    Column("tenant_id", Uuid, Computed("id", persisted=True), nullable=False),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("row_txid", Xid8, nullable=False, server_default=text("pg_current_xact_id()")),
    Index("ix_tenant_row_txid", "row_txid"),
)

user_account = tenant_table(
    "user_account",
    metadata,
    Column("name", Text, nullable=False),
    Column("email", Text),
    # staff, portal (a contact of customers), or service: a program, which has API keys only
    Column("kind", Text, nullable=False, server_default="staff"),
    Column("team", Text),
    Column("active_from", Date),
    Column("active_to", Date),
    instant("created_at", nullable=False),
    # 0 = as imported; a person's first change makes it 1, and from then on imports leave the row alone
    Column("version", Integer, nullable=False, server_default=text("0")),
    Index("ix_user_account_tenant_id_email", "tenant_id", "email"),
)

credential = local_table(
    "credential",
    metadata,
    Column("user_id", Uuid, ForeignKey("auth.user_account.id"), nullable=False),
    # the e-mail address in lower case
    Column("login", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    instant("changed_at", nullable=False),
    UniqueConstraint("tenant_id", "user_id"),
    UniqueConstraint("tenant_id", "login"),
    # who logs in names no tenant
    Index("ix_credential_login", "login"),
)

# failed log-ins in a row, apart for each place the person is known to log in from and for all others together
failed_attempt = local_table(
    "failed_attempt",
    metadata,
    Column("credential_id", Uuid, ForeignKey("auth.credential.id", ondelete="CASCADE"), nullable=False),
    Column("origin", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    instant("locked_until"),
    instant("last_at", nullable=False),
    UniqueConstraint("tenant_id", "credential_id", "origin"),
)

role = local_table(
    "role",
    metadata,
    Column("name", Text, nullable=False),
    Column("description", Text),
    Column("version", Integer, nullable=False, server_default=text("0")),
    # who holds it shall have a second factor
    Column("needs_second_factor", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("tenant_id", "name"),
)

# where a tenant's role differs from what the services declare; scope is own, team, all or none
role_permission = local_table(
    "role_permission",
    metadata,
    Column("role_id", Uuid, ForeignKey("auth.role.id"), nullable=False),
    Column("permission", Text, nullable=False),
    Column("scope", Text, nullable=False),
    UniqueConstraint("tenant_id", "role_id", "permission"),
)

user_role = local_table(
    "user_role",
    metadata,
    Column("user_id", Uuid, ForeignKey("auth.user_account.id"), nullable=False),
    Column("role_id", Uuid, ForeignKey("auth.role.id"), nullable=False),
    UniqueConstraint("tenant_id", "user_id", "role_id"),
)

# customers a person shall have to do with (effect only), or shall not (never); they are the crm's, so no foreign key
customer_rule = local_table(
    "customer_rule",
    metadata,
    Column("user_id", Uuid, ForeignKey("auth.user_account.id"), nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("effect", Text, nullable=False),
    UniqueConstraint("tenant_id", "user_id", "customer_id"),
)

# the customers a portal user is a contact of
portal_membership = local_table(
    "portal_membership",
    metadata,
    Column("user_id", Uuid, ForeignKey("auth.user_account.id"), nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("contact_id", Uuid, nullable=False),
    # a session begins with the first
    Column("position", Integer, nullable=False),
    UniqueConstraint("tenant_id", "user_id", "customer_id"),
)

# one log-in; where it came from is what the client said of itself
session = local_table(
    "session",
    metadata,
    Column("user_id", Uuid, ForeignKey("auth.user_account.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("authenticated_by", Text),
    # the customer a portal user has switched to
    Column("customer_id", Uuid),
    Column("user_agent", Text),
    Column("address", Text),
    instant("created_at", nullable=False),
    instant("last_used_at", nullable=False),
    instant("expires_at", nullable=False),
    instant("ended_at"),
    Column("ended_because", Text),
    Index("ix_session_tenant_id_user_id", "tenant_id", "user_id"),
)

# each refresh uses up a token of the session and makes the next
refresh_token = local_table(
    "refresh_token",
    metadata,
    Column("session_id", Uuid, ForeignKey("auth.session.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", Uuid, ForeignKey("auth.user_account.id"), nullable=False),
    Column("digest", Text, nullable=False),
    instant("issued_at", nullable=False),
    instant("expires_at", nullable=False),
    instant("used_at"),
    UniqueConstraint("tenant_id", "digest"),
    Index("ix_refresh_token_tenant_id_session_id", "tenant_id", "session_id"),
)

# lets whoever holds the link set the person's password, once
one_time_link = local_table(
    "one_time_link",
    metadata,
    Column("user_id", Uuid, ForeignKey("auth.user_account.id"), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("digest", Text, nullable=False),
    instant("created_at", nullable=False),
    instant("expires_at", nullable=False),
    instant("used_at"),
    UniqueConstraint("tenant_id", "digest"),
    Index("ix_one_time_link_tenant_id_user_id", "tenant_id", "user_id"),
)

preference = local_table(
    "preference",
    metadata,
    Column("user_id", Uuid, ForeignKey("auth.user_account.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("value", JSONB, nullable=False),
    UniqueConstraint("tenant_id", "user_id", "name"),
)

security_event = local_table(
    "security_event",
    metadata,
    Column("user_id", Uuid),
    Column("kind", Text, nullable=False),
    Column("request_id", Text),
    instant("occurred_at", nullable=False),
    Index("ix_security_event_tenant_id_user_id_occurred_at", "tenant_id", "user_id", "occurred_at"),
)

audit = audit_table(metadata)
outbox = outbox_table(metadata)
inbox = inbox_table(metadata)
idempotency = idempotency_table(metadata)
tombstone = tombstone_table(metadata)
