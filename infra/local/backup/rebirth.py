"""What makes a restored database another one than that it was copied from."""

from psycopg import Connection

# the extraction reads in full when it meets another marker
MARKER = "update core.incarnation set marker = gen_random_uuid()"
# tokens used up since the backup would be good again, and who was sent away since then would be back
END_SESSIONS = """
update auth.session set ended_at = now(), ended_because = 'restored' where ended_at is null and expires_at > now()
"""
# links used up since the backup would be good again
END_LINKS = "update auth.one_time_link set used_at = now() where used_at is null"
# what waited then may have left since: a person decides whether it leaves again
HOLD_MAIL = """
update core.mail_message
set status = 'stuck', is_uncertain = true, last_error = 'restored from a backup; it may have left since'
where status in ('waiting', 'sending')
"""
# nobody works on them any more; what a worker had not committed is not in the copy, so it must be done
ABANDONED = """
with abandoned as (
    select id, row_number() over (partition by queueing_lock order by id) as place
    from jobs.procrastinate_jobs where status = 'doing'
)
update jobs.procrastinate_jobs j set worker_id = null, abort_requested = false,
    -- of jobs that share a queueing lock one may wait
    status = (case when j.queueing_lock is not null and (a.place > 1 or exists (
        select from jobs.procrastinate_jobs o where o.queueing_lock = j.queueing_lock and o.status = 'todo'
    )) then 'failed' else 'todo' end)::jobs.procrastinate_job_status
from abandoned a where a.id = j.id
"""
# packs of before name batches of the old history: no later batch may have such a number
GAP = """
insert into extract.batch (batch, snapshot_at, floor_before, floor_after, incarnation, rows_read, rows_changed)
values (%s, now(), null, 0, 'restored without its history', 0, 0)
"""


def begin_anew(psa: Connection) -> int:
    """Give the database `psa` a marker of its own, end all sessions and links, hold mail, and put abandoned jobs back.

    Returns how many sessions ended. Needs a role that passes row security.
    """
    with psa.transaction():
        psa.execute(MARKER)
        # the triggers of the job queue look for its tables without a schema
        psa.execute("set local search_path = jobs")
        psa.execute(ABANDONED)
        psa.execute(END_LINKS)
        psa.execute(HOLD_MAIL)
        return psa.execute(END_SESSIONS).rowcount


def begin_raw_anew(warehouse: Connection, last_batch: int) -> None:
    """In a warehouse restored without its history, go on counting batches above `last_batch`."""
    if last_batch:
        warehouse.execute(GAP, (last_batch + 1,))
