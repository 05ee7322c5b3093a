-- the series there is a forecast for, the total first
select f.series, f.scope, f.queue
from desk_forecasts f
where f.is_newest and f.grain = %(grain)s
group by f.series, f.scope, f.queue
order by f.scope <> 'total', f.scope, f.series
