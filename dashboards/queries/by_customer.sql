-- customers with their new tickets, the busiest first
select c.customer_id, c.name, count(t.ticket_id) as tickets
from customers c
left join desk_tickets t
    on t.customer_id = c.customer_id and t.opened_on >= %(start)s and t.opened_on < %(end)s
group by c.customer_id, c.name
order by tickets desc, c.name, c.customer_id
