select
    batch,
    snapshot_at
from {{ source('extract', 'batch') }}
{%- if var('as_of_batch') is not none %}
where batch <= {{ var('as_of_batch') | int }}
{%- endif %}
