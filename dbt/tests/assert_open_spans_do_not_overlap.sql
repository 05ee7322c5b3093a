-- a ticket's spans follow one another, each with an end not before its beginning
select *
from (
    select *, lead(started_at) over (partition by ticket_id order by started_at, ended_at) as next_start
    from {{ ref('fct_ticket_open_span') }}
) spans
where ended_at < started_at or (next_start is not null and (ended_at is null or ended_at > next_start))
