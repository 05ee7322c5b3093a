select site_id, tenant_id, customer_id, name, country, subdivision, city
from {{ ref('stg_psa__sites') }}
