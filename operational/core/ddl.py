"""DDL that migrations apply: row security, transaction ids, tombstones, grants.

Everything here is a string of SQL for `op.execute`; nothing runs at import.
"""

TENANT = "(select nullif(current_setting('app.tenant_id', true), '')::uuid)"

KERNEL = """
create schema if not exists core;
grant usage on schema core to psa_app, psa_extractor;

-- a restore gives the database a new marker, which makes the extraction start over
create table if not exists core.incarnation (
    only_row boolean primary key default true check (only_row),
    marker uuid not null default gen_random_uuid()
);
insert into core.incarnation default values on conflict do nothing;
grant select on core.incarnation to psa_extractor;

-- tokens that prove nothing any more although they have not expired: of a session, or of a person up to a moment
create table if not exists core.revocation (
    subject uuid primary key,
    tenant_id uuid not null,
    before timestamptz not null,
    forget_at timestamptz not null
);
create index if not exists ix_revocation_tenant_id_forget_at on core.revocation (tenant_id, forget_at);
grant select, insert, update, delete on core.revocation to psa_app;
do $body$
begin
    if not exists (select from pg_policies where schemaname = 'core' and tablename = 'revocation') then
        alter table core.revocation enable row level security;
        alter table core.revocation force row level security;
        create policy tenant_isolation on core.revocation
            using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
            with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
    end if;
end
$body$;

-- mail on its way out; written by every service, carried by the relay's role
create table if not exists core.mail_message (
    id uuid primary key,
    tenant_id uuid not null,
    kind text not null,
    recipient text not null,
    subject text not null,
    body text,
    is_secret boolean not null,
    status text not null,
    is_uncertain boolean not null,
    attempts integer not null,
    last_error text,
    created_at timestamptz not null,
    next_attempt_at timestamptz not null,
    sent_at timestamptz
);
create index if not exists ix_mail_message_tenant_id_created_at on core.mail_message (tenant_id, created_at, id);
create index if not exists ix_mail_message_waiting on core.mail_message (next_attempt_at)
    where status in ('waiting', 'sending');
grant select, insert, update, delete on core.mail_message to psa_app;
grant usage on schema core to psa_relay;
grant select, update on core.mail_message to psa_relay;
do $body$
begin
    if not exists (select from pg_policies where schemaname = 'core' and tablename = 'mail_message') then
        alter table core.mail_message enable row level security;
        alter table core.mail_message force row level security;
        create policy tenant_isolation on core.mail_message
            using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
            with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
        create policy psa_relay on core.mail_message to psa_relay using (true) with check (true);
    end if;
end
$body$;

create or replace function core.stamp_row_txid() returns trigger
language plpgsql as $body$
begin
    if tg_op = 'UPDATE' and new.id is distinct from old.id then
        raise exception 'the id of a row never changes (%.%)', tg_table_schema, tg_table_name;
    end if;
    new.row_txid := pg_catalog.pg_current_xact_id();
    return new;
end
$body$;

create or replace function core.leave_tombstone() returns trigger
language plpgsql as $body$
begin
    execute pg_catalog.format(
        'insert into %I.tombstone (tenant_id, table_name, row_id) values ($1, $2, $3)', tg_table_schema
    ) using old.tenant_id, tg_table_name::text, old.id;
    return old;
end
$body$;

create or replace function core.refuse_truncate() returns trigger
language plpgsql as $body$
begin
    raise exception 'TRUNCATE of %.% would be invisible to the extraction; delete the rows instead',
        tg_table_schema, tg_table_name;
end
$body$;
"""


def create_schema(schema: str) -> str:
    """The service's schema with the usage rights of the roles that read or write in it."""
    return f"grant usage on schema {schema} to psa_app, psa_extractor;"


def protect(table: str, *, key: str = "tenant_id", grants: str = "select, insert, update, delete") -> str:
    """Forced row security on `schema.table` by tenant, and the grants of app and extractor."""
    return f"""
alter table {table} enable row level security;
alter table {table} force row level security;
create policy tenant_isolation on {table} using ({key} = {TENANT}) with check ({key} = {TENANT});
grant {grants} on {table} to psa_app;
grant select on {table} to psa_extractor;
"""


def protect_local(table: str, *, grants: str = "select, insert, update, delete") -> str:
    """Forced row security on a table that stays in `psa`: the extractor cannot read it."""
    return f"""
alter table {table} enable row level security;
alter table {table} force row level security;
create policy tenant_isolation on {table} using (tenant_id = {TENANT}) with check (tenant_id = {TENANT});
grant {grants} on {table} to psa_app;
"""


_ONLY = "(select nullif(current_setting('app.customers_only', true), '')::uuid[])"
_NEVER = "(select coalesce(nullif(current_setting('app.customers_never', true), ''), '{}')::uuid[])"


def confine(table: str, *, column: str = "customer_id") -> str:
    """Keep parties who are confined to some customers from the other customers' rows of `schema.table`."""
    # in this form the planner expects nearly all rows to pass, as they do for nearly everybody
    return f"""
create policy customer_reach on {table} as restrictive using (
    (case when coalesce({column} = any ({_ONLY}::uuid[]), true) and {column} <> all ({_NEVER}::uuid[]) then 1 end)
        is not null
);
"""


def confine_by(table: str, links: str, key: str) -> str:
    """Likewise for rows that belong to customers by rows of `links` (itself confined), whose `key` names them."""
    name = table.partition(".")[2]
    return f"""
create policy customer_reach on {table} as restrictive for select using (
    (case when ({_ONLY} is null and {_NEVER} = '{{}}')
            or exists (select from {links} l where l.tenant_id = {name}.tenant_id and l.{key} = {name}.id) then 1 end)
        is not null
);
"""  # noqa: S608 - names from our own migrations


def admit(role: str, table: str, *, grants: str) -> str:
    """Let a role that works across tenants (relay, log-in, scheduler) into `schema.table`; `grants` name columns."""
    schema, _, _ = table.partition(".")
    return f"""
grant usage on schema {schema} to {role};
grant {grants} on {table} to {role};
create policy {role} on {table} to {role} using (true) with check (true);
"""


def track(table: str) -> str:
    """Stamp every write of `schema.table` with its transaction, leave tombstones, refuse TRUNCATE."""
    return f"""
create trigger stamp_row_txid before insert or update on {table}
    for each row execute function core.stamp_row_txid();
create trigger leave_tombstone after delete on {table}
    for each row execute function core.leave_tombstone();
create trigger refuse_truncate before truncate on {table}
    for each statement execute function core.refuse_truncate();
"""


def tombstones(schema: str) -> str:
    """Row security and grants of the schema's tombstone table: the app may add, never take away."""
    return protect(f"{schema}.tombstone", grants="select, insert")
