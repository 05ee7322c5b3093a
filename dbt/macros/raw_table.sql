{# A raw table's rows: the current state, or the state after batch `as_of_batch` from the append-only history. #}
{% macro raw_table(name) -%}
    {%- set current = source('raw', name) -%}
    {%- if var('as_of_batch') is none -%}
        {{ current }}
    {%- else -%}
        (
            select * from (
                select distinct on (id) *
                from {{ current.include(identifier=false) }}.{{ name }}_history
                where _batch <= {{ var('as_of_batch') | int }}
                order by id, _batch desc
            ) last_state
            where _op = 'upsert'
        ) {{ name }}
    {%- endif -%}
{%- endmacro %}
