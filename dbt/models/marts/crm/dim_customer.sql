select
    customer_id, tenant_id, name, sector, country, subdivision, city, seats, customer_since, customer_until
from {{ ref('stg_psa__customers') }}
