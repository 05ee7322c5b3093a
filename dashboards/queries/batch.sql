-- the batch the warehouse was built from
select max(batch) as batch
from desk_coverage
