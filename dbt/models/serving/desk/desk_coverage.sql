select * from {{ ref('fct_coverage') }}
