select * from {{ ref('dim_customer') }}
