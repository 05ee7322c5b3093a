-- new tickets by the person who reported them, the most first
select t.contact_id, c.name, c.role, c.is_vip, count(*) as tickets, mode() within group (order by t.category) as category
from desk_tickets t
left join contacts c using (contact_id)
where t.opened_on >= %(start)s and t.opened_on < %(end)s
    and (%(customer_id)s::uuid is null or t.customer_id = %(customer_id)s)
    and (not %(by_queue)s or t.queue is not distinct from %(queue)s)
    and (not %(by_category)s or t.category is not distinct from %(category)s)
group by t.contact_id, c.name, c.role, c.is_vip
order by tickets desc, c.name nulls last, t.contact_id
