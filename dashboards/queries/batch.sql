-- the batch the warehouse was built from, and which tables hold it now: a refresh replaces them one after the other
select max(batch) as batch,
    (
        select md5(string_agg(c.oid::text, ',' order by c.oid))
        from pg_catalog.pg_class c
        inner join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('marts', 'serving') and c.relkind in ('r', 'v')
    ) as generation
from desk_coverage
