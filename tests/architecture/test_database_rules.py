"""The database keeps the house's rules, table by table."""

from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from operational.core.migrate import one_transaction, pending
from operational.services import SERVICES
from pipelines.extract.catalog import load_catalog

TABLES = [table for service in SERVICES for table in service.metadata.sorted_tables]
KEEPING = [service for service in SERVICES if service.migrations is not None]
SCHEMAS = [service.name for service in KEEPING]


def test_every_table_in_the_database_has_forced_row_security_by_tenant(house: Any) -> None:
    rows = house.query(
        f"""select n.nspname || '.' || c.relname, c.relrowsecurity and c.relforcerowsecurity,
                   (select count(*) from pg_policy p
                    where p.polrelid = c.oid and p.polroles = '{{0}}' and p.polpermissive),
                   (select string_agg(pg_get_expr(p.polqual, p.polrelid) || pg_get_expr(p.polwithcheck, p.polrelid), '')
                    from pg_policy p where p.polrelid = c.oid and p.polroles = '{{0}}' and p.polpermissive),
                   exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id'
                           and a.attnotnull)
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and n.nspname = any(array{SCHEMAS}) and c.relname <> 'alembic_version'"""
    )
    assert {row[0] for row in rows} == {str(table) for table in TABLES}
    for name, forced, policies, expressions, has_tenant in rows:
        assert forced, f"{name} has no forced row security"
        assert has_tenant, f"{name} has no tenant_id"
        assert policies == 1, f"{name} has {policies} policies"
        assert str(expressions).count("current_setting('app.tenant_id'") == 2, f"{name}: {expressions}"


def test_every_table_of_a_customers_records_is_kept_from_whoever_is_confined_to_others(house: Any) -> None:
    rows = house.query("select polrelid::regclass::text from pg_policy where polname = 'customer_reach'")
    with_customer = {str(table) for table in TABLES if "customer_id" in table.c and table.schema != "auth"}
    assert {row[0] for row in rows} == {*with_customer, "crm.customer", "crm.contact"}


# the only roles whose work crosses tenants, with the tables they are let into
ACROSS_TENANTS = {
    ("auth.credential", "psa_login"),
    ("auth.passkey", "psa_login"),
    ("auth.identity_provider", "psa_login"),
    ("auth.tenant", "psa_login"),
    ("auth.tenant", "psa_scheduler"),
    ("auth.outbox", "psa_relay"),
    ("auth.audit", "psa_sealer"),
    ("core.mail_message", "psa_relay"),
    ("core.parked_event", "psa_relay"),
    ("crm.outbox", "psa_relay"),
    ("tickets.outbox", "psa_relay"),
    ("crm.audit", "psa_sealer"),
    ("tickets.audit", "psa_sealer"),
    ("core.audit_seal", "psa_sealer"),
}


def test_policies_across_tenants_are_the_known_ones(house: Any) -> None:
    rows = house.query(
        """select polrelid::regclass::text, r.rolname from pg_policy p
           left join pg_roles r on r.oid = any(p.polroles) where p.polroles <> '{0}'"""
    )
    assert set(rows) == ACROSS_TENANTS


def test_the_extractor_cannot_read_what_the_catalogue_leaves_out(house: Any) -> None:
    kept_in = [name for name in load_catalog().left_out if not name.endswith(".tombstone")]
    assert "auth.credential" in kept_in
    rows = house.query(
        f"select t from unnest(array{kept_in}) t where has_any_column_privilege('psa_extractor', t, 'select')"
    )
    assert rows == []


def test_nor_the_columns_it_leaves_out_of_what_is_extracted(house: Any) -> None:
    extracted = [table.source for table in load_catalog().tables]
    rows = house.query(
        f"""select a.attrelid::regclass || '.' || a.attname from pg_attribute a
            where a.attrelid = any(array{extracted}::regclass[]) and a.attnum > 0 and not a.attisdropped
              and not has_column_privilege('psa_extractor', a.attrelid, a.attnum, 'select')"""
    )
    assert {name for (name,) in rows} == set(load_catalog().left_out_columns)


AUDITS = [f"{service.name}.audit" for service in SERVICES if service.table("audit") is not None]


def test_audit_rows_and_their_seal_are_only_added(house: Any) -> None:
    rows = house.query(
        f"""select t, p, r.rolname from unnest(array{AUDITS} || 'core.audit_seal'::text) t,
                   unnest(array['update', 'delete', 'truncate']) p, pg_roles r
            where r.rolname in ('psa_app', 'psa_sealer', 'psa_relay', 'psa_login', 'psa_scheduler', 'psa_extractor')
              and (has_table_privilege(r.rolname, t, p)
                   or (p = 'update' and has_any_column_privilege(r.rolname, t, p)))"""
    )
    assert rows == []
    triggers = house.query("select tgrelid::regclass::text from pg_trigger where tgname = 'append_only'")
    assert sorted(name for (name,) in triggers) == sorted([*AUDITS, "core.audit_seal"])


def test_every_extracted_table_stamps_writes_and_leaves_tombstones(house: Any) -> None:
    rows = house.query(
        """select tgrelid::regclass::text, array_agg(tgname::text order by tgname)
           from pg_trigger where not tgisinternal group by 1"""
    )
    triggers = dict(rows)
    for table in load_catalog().tables:
        only_added = ["append_only"] if table.name == "audit" else []
        expected = [*only_added, "leave_tombstone", "refuse_truncate", "stamp_row_txid"]
        assert triggers.get(table.source) == expected, table.source


def test_the_catalogue_names_every_table_of_the_models() -> None:
    catalog = load_catalog()
    assert {table.source for table in catalog.tables} | set(catalog.left_out) == {str(table) for table in TABLES}


def test_no_foreign_key_leaves_its_schema() -> None:
    crossing = [
        f"{table} -> {key.target_fullname}"
        for table in TABLES
        for key in table.foreign_keys
        if not key.target_fullname.startswith(f"{table.schema}.")
    ]
    assert crossing == []


@pytest.mark.parametrize("service", KEEPING, ids=SCHEMAS)
def test_migrations_lead_to_the_models(house: Any, service: Any) -> None:
    with one_transaction(house.owner) as connection:
        assert not pending(connection, service)
        context = MigrationContext.configure(
            connection,
            opts={
                "include_schemas": True,
                "include_name": lambda name, kind, _: kind != "schema" or name == service.name,
                "version_table_schema": service.name,
                "compare_type": True,
            },
        )
        assert compare_metadata(context, service.metadata) == []


def test_the_app_is_neither_superuser_nor_owner_and_sees_only_its_tenant(house: Any) -> None:
    flags = house.query("select rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname = 'psa_app'")
    assert flags == [(False, False, False)]
    with psycopg.connect(house.app) as app:
        assert app.execute("select count(*) from auth.tenant").fetchone() == (0,)
        app.execute("select set_config('app.tenant_id', %s, true)", (str(house.tenant),))
        assert app.execute("select slug from auth.tenant").fetchall() == [("main",)]
        app.execute("insert into crm.customer (tenant_id, name) values (%s, 'ours')", (house.tenant,))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("insert into crm.customer (tenant_id, name) values (%s, 'theirs')", (house.other_tenant,))


def test_after_a_transaction_the_tenant_is_gone_and_nothing_is_seen(house: Any) -> None:
    with psycopg.connect(house.app, autocommit=True) as app:
        with app.transaction():
            app.execute("select set_config('app.tenant_id', %s, true)", (str(house.tenant),))
            app.execute("insert into crm.customer (tenant_id, name) values (%s, 'ours')", (house.tenant,))
        assert app.execute("select count(*) from crm.customer").fetchone() == (0,)


def test_truncate_and_a_changed_id_are_refused(house: Any) -> None:
    with psycopg.connect(house.owner) as owner:
        with pytest.raises(psycopg.errors.RaiseException, match="TRUNCATE"), owner.transaction():
            owner.execute("truncate crm.contact_customer")
        owner.execute("insert into crm.customer (tenant_id, name) values (%s, 'x')", (house.tenant,))
        with pytest.raises(psycopg.errors.RaiseException, match="never changes"), owner.transaction():
            owner.execute("update crm.customer set id = gen_random_uuid()")


def test_the_extractor_cannot_write(house: Any) -> None:
    with (
        psycopg.connect(house.extractor) as extractor,
        pytest.raises((psycopg.errors.ReadOnlySqlTransaction, psycopg.errors.InsufficientPrivilege)),
    ):
        extractor.execute("delete from crm.customer")
