{{ config(meta={'tenantless': true}) }}
with span as (
    select
        date_trunc('year', min(first_day))::date as first_day,
        (date_trunc('year', max(last_day)) + interval '1 year')::date as past_end
    from {{ ref('fct_coverage') }}
)

select
    d::date as day,
    extract(year from d)::int as year,
    extract(quarter from d)::int as quarter,
    to_char(d, 'YYYY"Q"Q') as year_quarter,
    date_trunc('quarter', d)::date as quarter_start,
    date_trunc('month', d)::date as month_start,
    extract(isoyear from d)::int as iso_year,
    extract(week from d)::int as iso_week,
    extract(isodow from d)::int as iso_weekday
from span, generate_series(span.first_day, span.past_end - 1, interval '1 day') d
