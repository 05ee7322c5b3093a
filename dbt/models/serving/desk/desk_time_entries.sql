select * from {{ ref('fct_time_entry') }}
