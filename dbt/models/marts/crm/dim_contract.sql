select
    contract_id, tenant_id, customer_id, name, kind, starts_on, ends_on, monthly_fee, currency, included_minutes
from {{ ref('stg_psa__contracts') }}
