-- customers by name
select customer_id, name
from customers
order by name, customer_id
