-- a contact with the customer it mainly acts for
select distinct on (c.contact_id)
    c.contact_id, c.tenant_id, l.customer_id, l.site_id, c.name, c.role, c.is_vip, c.language
from {{ ref('stg_psa__contacts') }} c
left join {{ ref('stg_psa__contact_customers') }} l using (tenant_id, contact_id)
order by c.contact_id, l.is_primary desc nulls last, l.contact_customer_id
