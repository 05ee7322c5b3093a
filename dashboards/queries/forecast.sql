-- the newest forecast of a series
select f.period_start, f.lead, f.expected_tickets::float8, f.low_80::float8, f.high_80::float8, f.low_95::float8,
    f.high_95::float8, f.model, f.batch
from desk_forecasts f
where f.is_newest and f.grain = %(grain)s and f.series = %(series)s
order by f.period_start
