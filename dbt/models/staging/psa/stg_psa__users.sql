select
    id as user_id,
    tenant_id,
    name,
    team,
    active_from,
    active_to
from {{ raw_table('auth__user_account') }}
-- portal users are the customers' people
where coalesce(kind, 'staff') <> 'portal'
