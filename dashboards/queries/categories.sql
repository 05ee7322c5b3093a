-- categories in use, also the unknown one
select t.category as value, count(*) as tickets
from desk_tickets t
group by t.category
order by t.category
