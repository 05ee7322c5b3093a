{# The business day of an instant: a day begins at midnight in the tenant's zone. #}
{% macro local_day(instant, timezone) -%}
    ({{ instant }} at time zone {{ timezone }})::date
{%- endmacro %}
