{# Rows added with a batch, up to the one the warehouse is built as of. #}
{% macro up_to_batch() -%}
    {%- if var('as_of_batch') is not none -%}
        where batch <= {{ var('as_of_batch') | int }}
    {%- endif -%}
{%- endmacro %}
