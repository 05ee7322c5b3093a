-- what came in the whole, covered periods before the forecast; a series is the total, a queue, or all that are not named
select date_trunc(%(grain)s, d)::date as period_start, count(t.ticket_id) as tickets
from generate_series(%(start)s::date, %(end)s::date - 1, interval '1 day') d
left join desk_tickets t
    on t.opened_on = d::date
    and case %(scope)s
        when 'total' then true
        when 'other' then coalesce('queue:' || t.queue, 'unknown') <> all(%(named)s::text[])
        else coalesce('queue:' || t.queue, 'unknown') = %(series)s
    end
where exists (select from desk_coverage c where d::date between c.first_day and c.last_day)
group by 1
having count(distinct d) = case %(grain)s when 'day' then 1 else 7 end
order by 1
