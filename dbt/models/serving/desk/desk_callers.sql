-- a person's tickets of a quarter; a ticket whose reporter is nobody or unknown is in no row
with opened as (
    select
        t.tenant_id,
        t.customer_id,
        t.contact_id,
        d.quarter_start,
        d.year_quarter,
        t.category
    from {{ ref('fct_ticket') }} t
    inner join {{ ref('dim_date') }} d on d.day = t.opened_on
    where t.contact_id is not null
)

select
    tenant_id,
    customer_id,
    contact_id,
    quarter_start,
    year_quarter,
    count(*) as tickets,
    sum(count(*)) over (partition by tenant_id, customer_id, quarter_start)::bigint as tickets_of_customer,
    mode() within group (order by category) as leading_category
from opened
group by tenant_id, customer_id, contact_id, quarter_start, year_quarter
