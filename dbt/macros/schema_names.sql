{# the folders' schema names as they are; a build as of a batch gets schemas of its own #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}{% if var('as_of_batch') is not none %}_as_of_{{ var('as_of_batch') | int }}{% endif %}
{%- endmacro %}
