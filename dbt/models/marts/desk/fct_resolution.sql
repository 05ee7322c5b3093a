-- one row a resolution: the end of a range in which a ticket was open, whether by resolving or by closing it
with numbered as (
    select
        tenant_id,
        ticket_id,
        opened_by_seq,
        ended_by_seq,
        ended_at as resolved_at,
        row_number() over (partition by ticket_id order by opened_by_seq) as resolution_number,
        lead(started_at) over (partition by ticket_id order by opened_by_seq) as reopened_at
    from {{ ref('int_tickets_open_spans') }}
),

resolutions as (
    select * from numbered where resolved_at is not null
),

-- how a ticket came to its first resolution
first_ways as (
    select
        r.ticket_id,
        count(*) filter (where e.kind = 'reply' and e.actor_kind = 'staff' and e.is_public) as staff_replies,
        (array_agg(e.actor_id order by e.seq) filter (
            where e.kind = 'reply' and e.actor_kind = 'staff' and e.is_public
        ))[1] as first_responder_id,
        count(distinct e.assignee_id) as assignees
    from resolutions r
    inner join {{ ref('stg_psa__ticket_events') }} e on e.ticket_id = r.ticket_id and e.seq <= r.ended_by_seq
    where r.resolution_number = 1
    group by r.ticket_id
),

judged as (
    select
        r.*,
        t.customer_id,
        t.opened_at,
        {{ local_day('r.resolved_at', 'n.timezone') }} as resolved_on,
        {{ local_day('r.reopened_at', 'n.timezone') }} as reopened_on,
        e.actor_kind,
        case when e.actor_kind = 'staff' then e.actor_id end as resolved_by_id,
        coalesce({{ local_day('r.resolved_at', 'n.timezone') }} + 14 <= c.last_day, false) as is_mature,
        coalesce(r.reopened_at < r.resolved_at + interval '336 hours', false) as came_back,
        m.staff_replies is not null as has_messages
    from resolutions r
    inner join {{ ref('stg_psa__tickets') }} t using (ticket_id)
    inner join {{ ref('stg_psa__tenants') }} n on n.tenant_id = r.tenant_id
    inner join {{ ref('stg_psa__ticket_events') }} e on e.ticket_id = r.ticket_id and e.seq = r.ended_by_seq
    left join {{ ref('int_tickets_messages') }} m on m.ticket_id = r.ticket_id
    left join {{ ref('fct_coverage') }} c on c.tenant_id = r.tenant_id and c.source_system = t.source_system
)

select
    md5(j.ticket_id::text || ':' || j.opened_by_seq)::uuid as ticket_open_span_id,
    j.tenant_id,
    j.ticket_id,
    j.customer_id,
    j.resolution_number,
    j.resolved_at,
    j.resolved_on,
    j.resolved_by_id,
    extract(epoch from j.resolved_at - j.opened_at)::bigint as seconds_since_opened,
    j.reopened_at,
    j.reopened_on,
    j.is_mature,
    case when j.is_mature then j.came_back end as is_reopened_in_14_days,
    case
        when j.resolution_number > 1 or not j.is_mature or not j.has_messages or j.actor_kind is null then null
        else not j.came_back
            and w.staff_replies = 1
            and w.assignees <= 1
            and coalesce(w.first_responder_id = j.resolved_by_id, false)
    end as is_first_contact
from judged j
left join first_ways w using (ticket_id)
