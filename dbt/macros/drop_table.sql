{#
  Readers go on reading while a table is replaced: views that still read the old one are bound to the new one before it is
  dropped. A view whose columns no longer fit goes with the old table, as dbt has it, and comes back with its own model.
#}
{% macro postgres__drop_table(relation) -%}
    {%- if relation.identifier.endswith('__dbt_backup') %}
    {%- set new = relation.identifier.removesuffix('__dbt_backup') %}
    do $rebind$
    declare
        reader record;
    begin
        for reader in
            select distinct c.oid, c.oid::regclass::text as name, array_to_string(c.reloptions, ', ') as options
            from pg_catalog.pg_depend d
            inner join pg_catalog.pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
            inner join pg_catalog.pg_class c on c.oid = r.ev_class and c.relkind = 'v'
            where d.refclassid = 'pg_class'::regclass and d.refobjid = to_regclass('{{ relation.schema }}.{{ relation.identifier }}')
        loop
            begin
                execute format(
                    'create or replace view %s %s as %s',
                    reader.name,
                    'with (' || reader.options || ')',
                    replace(pg_get_viewdef(reader.oid), '{{ relation.identifier }}', '{{ new }}')
                );
            exception when invalid_table_definition or undefined_column then
                raise notice 'the columns of % no longer fit', reader.name;
            end;
        end loop;
    end
    $rebind$;
    {%- endif %}
    drop table if exists {{ relation }} cascade
{%- endmacro %}

{#
  dbt takes a view that was bound to the new table for one that went with the old: its successor would find the name
  taken. In the transaction that makes the successor, so that nobody misses it.
#}
{% macro drop_rebound_view() -%}
    {%- if execute and load_cached_relation(this) is none -%}
        drop view if exists {{ this }}
    {%- endif -%}
{%- endmacro %}
