"""The tables that keep forecasts: rows are added, batch by batch, and nobody can change or remove one."""

import psycopg

TABLES = ("forecast_run", "forecast", "forecast_backtest")

BOOKS = """
create schema if not exists models;
create table if not exists models.forecast_run (
    tenant_id uuid not null,
    batch bigint not null references extract.batch,
    series text not null,
    grain text not null check (grain in ('day', 'week')),
    scope text not null check (scope in ('total', 'queue', 'unknown', 'other')),
    queue text,
    refused text,
    model text,
    reason text,
    approver text,
    input_hash text not null,
    data_hash text,
    code_version text not null,
    learned_first date,
    learned_last date,
    made_for_first date,
    made_for_last date,
    features jsonb not null,
    metrics jsonb not null,
    primary key (tenant_id, batch, series, grain),
    check ((refused is null) = (model is not null))
);
create table if not exists models.forecast (
    tenant_id uuid not null,
    batch bigint not null,
    series text not null,
    grain text not null,
    period_start date not null,
    scope text not null,
    queue text,
    lead integer not null check (lead > 0),
    mean numeric(12, 2) not null check (mean >= 0),
    lo80 numeric(12, 2),
    hi80 numeric(12, 2),
    lo95 numeric(12, 2),
    hi95 numeric(12, 2),
    model text not null,
    primary key (tenant_id, batch, series, grain, period_start),
    foreign key (tenant_id, batch, series, grain) references models.forecast_run
);
create table if not exists models.forecast_backtest (
    tenant_id uuid not null,
    batch bigint not null,
    series text not null,
    grain text not null,
    model text not null,
    horizon_group text not null,
    scope text not null,
    queue text,
    rel_mae double precision,
    rel_mae_se double precision,
    gain_on_median double precision,
    gain_on_median_se double precision,
    mase double precision,
    rel_sum_error double precision,
    pinball double precision,
    coverage80 double precision,
    coverage80_se double precision,
    coverage95 double precision,
    coverage95_se double precision,
    n integer not null,
    judged integer not null,
    origins integer not null,
    floor double precision,
    skill_captured double precision,
    primary key (tenant_id, batch, series, grain, model, horizon_group),
    foreign key (tenant_id, batch, series, grain) references models.forecast_run
);
grant usage on schema models to psa_analyst, wh_serving;
"""

# no policy lets the builder update or delete: under forced row security it finds no row to change
PROTECTION = """
alter table models.{table} enable row level security;
alter table models.{table} force row level security;
create policy builder on models.{table} for select to wh_owner using (true);
create policy builder_adds on models.{table} for insert to wh_owner with check (true);
create policy tenant_isolation on models.{table} for select to psa_analyst, wh_serving
    using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select on models.{table} to psa_analyst, wh_serving;
"""


def ensure(owner_url: str) -> None:
    """Create the tables where they are missing; safe to call at every start, after the extraction's own."""
    with psycopg.connect(owner_url) as connection:
        connection.execute("select pg_advisory_xact_lock(hashtext('psa.warehouse.schema'))")
        connection.execute(BOOKS)
        rows = connection.execute("select tablename from pg_policies where schemaname = 'models'").fetchall()
        for table in TABLES:
            if (table,) not in rows:
                connection.execute(PROTECTION.format(table=table))
