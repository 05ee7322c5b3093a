-- forecasts made a number of periods ahead, beside what came
select a.period_start, a.expected_tickets::float8, a.low_80::float8, a.high_80::float8, a.low_95::float8,
    a.high_95::float8, a.actual_tickets, a.is_inside_80, a.is_inside_95, a.model, a.batch
from desk_forecast_actuals a
where a.grain = %(grain)s and a.series = %(series)s and a.lead = %(lead)s and a.actual_tickets is not null
order by a.period_start
