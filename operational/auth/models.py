"""Tables of identity: tenants and the people who work in them."""

from sqlalchemy import Column, Computed, Date, Index, Table, Text, Uuid, text

from operational.core.tables import Xid8, instant, service_metadata, tenant_table, tombstone_table

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
    Column("team", Text),
    Column("active_from", Date),
    Column("active_to", Date),
    instant("created_at", nullable=False),
    Index("ix_user_account_tenant_id_email", "tenant_id", "email"),
)

tombstone = tombstone_table(metadata)
