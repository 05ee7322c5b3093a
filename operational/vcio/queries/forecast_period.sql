select batch, series, grain, period_start, lead, expected_tickets, low_80, high_80, model
from desk_forecasts
where batch = %(forecast_batch)s and grain = %(grain)s and series = %(series)s and period_start = %(period_start)s
order by period_start
