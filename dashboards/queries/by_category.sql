-- new tickets by category, the commonest first
select t.category, count(*) as tickets
from desk_tickets t
where t.opened_on >= %(start)s and t.opened_on < %(end)s
    and (%(customer_id)s::uuid is null or t.customer_id = %(customer_id)s)
    and (not %(by_queue)s or t.queue is not distinct from %(queue)s)
    and (not %(by_category)s or t.category is not distinct from %(category)s)
group by t.category
order by tickets desc, t.category nulls last
