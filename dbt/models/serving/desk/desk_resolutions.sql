select * from {{ ref('fct_resolution') }}
