select * from {{ ref('dim_contact') }}
