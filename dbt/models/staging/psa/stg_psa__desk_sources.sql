select
    id as desk_source_id,
    tenant_id,
    system,
    timezone,
    covers_from,
    covers_to
from {{ raw_table('tickets__desk_source') }}
