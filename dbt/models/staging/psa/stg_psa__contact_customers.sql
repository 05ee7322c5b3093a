select
    id as contact_customer_id,
    tenant_id,
    contact_id,
    customer_id,
    site_id,
    is_primary
from {{ raw_table('crm__contact_customer') }}
