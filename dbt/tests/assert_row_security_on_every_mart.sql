{{ config(meta={'dagster': {'ref': {'name': 'fct_coverage'}}}) }}
-- forced row security with a policy for readers on every mart that has tenants
select c.relname
from pg_class c
inner join pg_namespace n on n.oid = c.relnamespace
where n.nspname = '{{ generate_schema_name("marts", none) }}'
    and c.relkind = 'r'
    and c.relname <> 'dim_date'
    and not (
        c.relrowsecurity and c.relforcerowsecurity
        and exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'tenant_isolation')
    )
-- depends_on: {{ ref('fct_ticket') }} {{ ref('fct_backlog_day') }} {{ ref('fct_sla_clock') }} {{ ref('fct_time_entry') }} {{ ref('fct_satisfaction') }} {{ ref('fct_resolution') }} {{ ref('fct_ticket_open_span') }} {{ ref('fct_ticket_event') }} {{ ref('fct_ticket_state') }} {{ ref('fct_coverage') }} {{ ref('dim_customer') }} {{ ref('dim_contact') }} {{ ref('dim_contract') }} {{ ref('dim_site') }} {{ ref('dim_user') }} {{ ref('dim_tenant') }}
