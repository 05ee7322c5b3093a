"""What the database says in the end of all that was acknowledged."""

from collections.abc import Iterator, Mapping

import psycopg

from infra.kill.probe import CONSUMER, EVENTS

_TOPICS = ", ".join(f"'{topic}'" for topic in EVENTS)
WAITING = f"""
select (select count(*) from tickets.outbox where published_at is null)
     + (select count(*) from core.parked_event)
     + (select count(*) from tickets.outbox o where o.topic in ({_TOPICS})
        and not exists (select from probe.inbox i where i.event_id = o.id and i.consumer = '{CONSUMER}'))
"""  # noqa: S608 - names of ours
# each must find nothing
QUESTIONS: Mapping[str, str] = {
    "effects that happened twice": "select event_id from probe.effect group by event_id having count(*) > 1",
    "effects of no event": """select event_id from probe.effect e
        where not exists (select from tickets.outbox o where o.id = e.event_id)""",
    "events without an effect": f"""select id from tickets.outbox o where topic in ({_TOPICS})
        and not exists (select from probe.effect e where e.event_id = o.id)""",  # noqa: S608
    "effects out of their record's order": """select aggregate_id from (
            select aggregate_id, aggregate_version,
                   lag(aggregate_version) over (partition by aggregate_id order by number) as before
            from probe.effect) e where aggregate_version <= before""",
    "tickets opened twice": """select split_part(subject, ' ', 1) from tickets.ticket
        group by split_part(subject, ' ', 1) having count(*) > 1""",
    "changes without their audit row": """select t.id from tickets.ticket t
        where t.version <> 1 + (select count(*) from tickets.audit a where a.entity_id = t.id)""",
    "versions without their event": """select t.id from tickets.ticket t
        where t.version <> (select count(*) from tickets.outbox o where o.aggregate_id = t.id)""",
}


def waiting(url: str) -> int:
    """Events that are still on their way."""
    with psycopg.connect(url) as connection:
        row = connection.execute(WAITING).fetchone()
    return int(row[0]) if row else 0


def faults(connection: psycopg.Connection, acknowledged: Mapping[str, tuple[int, str]]) -> Iterator[str]:
    """What is wrong, a line each; as who sees everything."""
    found = {
        str(ticket): (version, subject)
        for ticket, version, subject in connection.execute("select id, version, subject from tickets.ticket")
    }
    for ticket, (version, subject) in acknowledged.items():
        if ticket not in found:
            yield f"ticket {ticket} was acknowledged and is not there"
        elif found[ticket][0] < version or (found[ticket][0] == version and found[ticket][1] != subject):
            yield f"ticket {ticket} is {found[ticket]}, acknowledged was {(version, subject)}"
    for ticket in found.keys() - acknowledged.keys():
        yield f"ticket {ticket} is there and was never acknowledged"
    for what, query in QUESTIONS.items():
        if rows := connection.execute(query).fetchall():
            yield f"{len(rows)} {what}, such as {rows[0][0]}"
