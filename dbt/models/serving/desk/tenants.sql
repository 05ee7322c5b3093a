select * from {{ ref('dim_tenant') }}
