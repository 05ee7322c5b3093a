select
    id as customer_id,
    tenant_id,
    name,
    sector,
    country,
    subdivision,
    city,
    seats,
    since as customer_since,
    until as customer_until
from {{ raw_table('crm__customer') }}
