select tenant_id, slug, name, timezone, locale
from {{ ref('stg_psa__tenants') }}
