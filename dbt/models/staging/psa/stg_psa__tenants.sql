select
    id as tenant_id,
    slug,
    name,
    timezone,
    locale
from {{ raw_table('auth__tenant') }}
