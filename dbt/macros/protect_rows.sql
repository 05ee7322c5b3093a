{# Row security by tenant on a mart, put on again with every rebuild. The builder itself sees all rows. #}
{% macro protect_rows() -%}
    {%- if config.get('materialized') == 'table' and not config.get('meta', {}).get('tenantless') -%}
        alter table {{ this }} enable row level security;
        alter table {{ this }} force row level security;
        create policy builder on {{ this }} to wh_owner using (true);
        create policy tenant_isolation on {{ this }} for select to psa_analyst, wh_serving
            using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
    {%- endif -%}
    grant select on {{ this }} to psa_analyst, wh_serving
{%- endmacro %}

{% macro open_schemas() -%}
    {%- for schema in ('marts', 'serving') if adapter.check_schema_exists(target.database, generate_schema_name(schema, none)) %}
        grant usage on schema {{ generate_schema_name(schema, none) }} to psa_analyst, wh_serving;
    {%- endfor %}
{%- endmacro %}
