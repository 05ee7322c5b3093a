select user_id, tenant_id, name, team, active_from, active_to
from {{ ref('stg_psa__users') }}
