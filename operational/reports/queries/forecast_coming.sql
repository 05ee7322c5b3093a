-- one row a period to come of one series, from the newest forecast
select
    period_start as first_day,
    period_start + %(days)s::integer - 1 as last_day,
    expected_tickets as expected,
    low_80,
    high_80,
    low_95,
    high_95,
    lead,
    batch,
    model
from desk_forecasts
where is_newest and grain = %(grain)s and series = %(series)s and lead <= %(horizon)s
order by period_start
