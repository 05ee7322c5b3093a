select
    id as contact_id,
    tenant_id,
    name,
    role,
    vip as is_vip,
    language
from {{ raw_table('crm__contact') }}
