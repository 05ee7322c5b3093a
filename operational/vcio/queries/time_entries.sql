select time_entry_id, ticket_id, user_id, started_at, worked_on, minutes, work_type, is_billable
from desk_time_entries
where customer_id = %(customer_id)s and worked_on >= %(start)s and worked_on < %(end)s
order by started_at, time_entry_id
