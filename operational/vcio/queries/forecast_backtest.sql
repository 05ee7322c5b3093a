select batch, series, grain, model, horizon_group, rel_mae, rel_mae_se, gain_on_median, gain_on_median_se, coverage_80,
    coverage_80_se, periods_judged, intervals_judged, origins
from desk_forecast_backtests
where batch = %(forecast_batch)s and grain = %(grain)s and series = %(series)s and model = %(model)s
    and horizon_group = 'all'
order by series
