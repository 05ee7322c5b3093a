-- one customer with the contracts that ran on a day
select c.name, c.sector, c.city, c.country, c.seats, c.customer_since, c.customer_until,
    (
        select string_agg(k.name, ', ' order by k.starts_on, k.name)
        from contracts k
        where k.customer_id = c.customer_id
            and k.starts_on <= %(day)s and (k.ends_on is null or k.ends_on >= %(day)s)
    ) as contracts,
    (select count(*) from contacts p where p.customer_id = c.customer_id) as people
from customers c
where c.customer_id = %(customer_id)s
