"""DDL of the seal, and what keeps audit rows from being changed. Everything here is SQL; nothing runs at import."""

SEAL = """
create table if not exists core.audit_seal (
    tenant_id uuid not null,
    position bigint not null check (position > 0),
    service text not null,
    row_id uuid not null,
    -- of the database the row was sealed in, and the row's transaction there: what lies below has been sealed
    incarnation uuid not null,
    row_txid xid8 not null,
    content_digest bytea not null,
    row_digest bytea not null,
    chain bytea not null,
    sealed_at timestamptz not null,
    constraint pk_audit_seal primary key (tenant_id, position),
    constraint uq_audit_seal_tenant_id_service_row_id unique (tenant_id, service, row_id)
);
-- how far a service is sealed
create index if not exists ix_audit_seal_service_incarnation_row_txid
    on core.audit_seal (service, incarnation, row_txid);

create or replace function core.refuse_all_but_erasure() returns trigger
language plpgsql as $body$
declare
    may_change constant text[] := array['before', 'after', 'salt', 'erased_at', 'row_txid'];
begin
    if tg_op = 'UPDATE' then
        if old.erased_at is null and new.erased_at is not null
           and new.before is null and new.after is null and new.salt is null
           and pg_catalog.to_jsonb(new) - may_change = pg_catalog.to_jsonb(old) - may_change then
            return new;
        end if;
    end if;
    raise exception 'rows of %.% are only added; erase_audit blanks what may have to be forgotten',
        tg_table_schema, tg_table_name;
end
$body$;

create or replace function core.refuse_change() returns trigger
language plpgsql as $body$
begin
    raise exception 'rows of %.% are only added', tg_table_schema, tg_table_name;
end
$body$;

grant usage on schema core to psa_sealer;
grant select on core.incarnation to psa_sealer;
grant select, insert on core.audit_seal to psa_sealer;
do $body$
begin
    if not exists (select from pg_policies where schemaname = 'core' and tablename = 'audit_seal') then
        alter table core.audit_seal enable row level security;
        alter table core.audit_seal force row level security;
        create policy tenant_isolation on core.audit_seal
            using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
            with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
        create policy psa_sealer on core.audit_seal to psa_sealer using (true) with check (true);
        create trigger append_only before update or delete on core.audit_seal
            for each row execute function core.refuse_change();
        create trigger refuse_truncate before truncate on core.audit_seal
            for each statement execute function core.refuse_change();
    end if;
end
$body$;
"""
