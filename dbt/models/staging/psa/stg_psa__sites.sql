select
    id as site_id,
    tenant_id,
    customer_id,
    name,
    country,
    subdivision,
    city
from {{ raw_table('crm__site') }}
