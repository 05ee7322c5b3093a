select * from {{ ref('dim_site') }}
