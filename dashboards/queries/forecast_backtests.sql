-- scores of each model on a series, by how far ahead it looked
select b.model, b.horizon_group, b.rel_mae, b.rel_mae_se, b.gain_on_median, b.gain_on_median_se, b.coverage_80,
    b.coverage_95, b.periods_judged, b.intervals_judged, b.origins, b.skill_captured, b.noise_floor
from desk_forecast_backtests b
where b.is_newest and b.grain = %(grain)s and b.series = %(series)s
order by b.horizon_group, b.model
