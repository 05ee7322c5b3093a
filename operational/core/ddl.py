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

-- events a consumer could not handle, and what came after them; read across tenants by the relay's role
create table if not exists core.parked_event (
    id uuid primary key,
    tenant_id uuid not null,
    consumer text not null,
    event_id uuid not null,
    topic text not null,
    aggregate text not null,
    aggregate_id uuid not null,
    aggregate_version integer not null,
    occurred_at timestamptz not null,
    payload jsonb not null,
    status text not null,
    attempts integer not null,
    last_error text,
    parked_at timestamptz not null,
    next_attempt_at timestamptz not null,
    settled_at timestamptz,
    settled_by uuid,
    unique (tenant_id, consumer, event_id)
);
create index if not exists ix_parked_event_aggregate
    on core.parked_event (tenant_id, consumer, aggregate_id, aggregate_version);
create index if not exists ix_parked_event_tenant_id_parked_at on core.parked_event (tenant_id, parked_at, id);
create index if not exists ix_parked_event_waiting on core.parked_event (next_attempt_at) where status = 'waiting';
grant select, insert, update, delete on core.parked_event to psa_app;
grant select on core.parked_event to psa_relay;

-- how each background job fares: its last run and, until somebody has seen it, its last error
create table if not exists core.job_state (
    tenant_id uuid not null,
    job text not null,
    last_started_at timestamptz not null,
    last_succeeded_at timestamptz,
    failures integer not null,
    last_error text,
    last_error_at timestamptz,
    primary key (tenant_id, job)
);
grant select, insert, update, delete on core.job_state to psa_app;

do $body$
declare kept text;
begin
    foreach kept in array array['revocation', 'mail_message', 'parked_event', 'job_state'] loop
        if not exists (select from pg_policies
                       where schemaname = 'core' and tablename = kept and policyname = 'tenant_isolation') then
            execute format('alter table core.%I enable row level security', kept);
            execute format('alter table core.%I force row level security', kept);
            execute format(
                'create policy tenant_isolation on core.%I
                 using (tenant_id = (select nullif(current_setting(''app.tenant_id'', true), '''')::uuid))
                 with check (tenant_id = (select nullif(current_setting(''app.tenant_id'', true), '''')::uuid))', kept);
        end if;
    end loop;
    if not exists (select from pg_policies where tablename = 'mail_message' and policyname = 'psa_relay') then
        create policy psa_relay on core.mail_message to psa_relay using (true) with check (true);
    end if;
    if not exists (select from pg_policies where tablename = 'parked_event' and policyname = 'psa_relay') then
        create policy psa_relay on core.parked_event for select to psa_relay using (true);
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
