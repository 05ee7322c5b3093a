{# The business day of an instant: a day begins at midnight in the tenant's zone. #}
{% macro local_day(instant, timezone) -%}
    ({{ instant }} at time zone {{ timezone }})::date
{%- endmacro %}

{# The instant at which a day has ended: midnight of the next, in the tenant's zone. #}
{% macro end_of_day(day, timezone) -%}
    (({{ day }} + 1)::timestamp at time zone {{ timezone }})
{%- endmacro %}
