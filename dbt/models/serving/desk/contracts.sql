select * from {{ ref('dim_contract') }}
