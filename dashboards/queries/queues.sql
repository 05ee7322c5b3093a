-- queues in use, also the unknown one
select t.queue as value, count(*) as tickets
from desk_tickets t
group by t.queue
order by tickets desc, t.queue
