"""Tables of service levels at work: which one a ticket runs under and why, its clocks, and how they ran."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from operational.core.tables import instant, tenant_table
from operational.tickets.models import metadata

_TICKET = "tickets.ticket.id"
_CLOCK = "tickets.sla_clock.id"

# one row a ticket; no policy is the explicit answer "no SLA"
ticket_sla = tenant_table(
    "ticket_sla",
    metadata,
    Column("ticket_id", Uuid, ForeignKey(_TICKET), nullable=False),
    Column("policy_id", Uuid, ForeignKey("tickets.sla_policy.id")),
    Column("calendar_id", Uuid, ForeignKey("tickets.calendar.id")),
    Column("chosen_by", Text, nullable=False),
    # the rungs looked at, in order, with whether each had a policy
    Column("path", JSONB, nullable=False),
    UniqueConstraint("tenant_id", "ticket_id"),
)

sla_clock = tenant_table(
    "sla_clock",
    metadata,
    Column("ticket_id", Uuid, ForeignKey(_TICKET), nullable=False),
    Column("clock", Text, nullable=False),
    Column("policy_id", Uuid, ForeignKey("tickets.sla_policy.id"), nullable=False),
    Column("calendar_id", Uuid, ForeignKey("tickets.calendar.id"), nullable=False),
    Column("target_seconds", BigInteger),
    instant("started_at", nullable=False),
    # while it runs: when the budget is used up if nothing changes
    instant("due_at"),
    Column("state", Text, nullable=False),
    # of the intervals that have ended
    Column("consumed_seconds", BigInteger, nullable=False),
    Column("verdict", Text),
    instant("judged_at"),
    instant("stopped_at"),
    UniqueConstraint("tenant_id", "ticket_id", "clock"),
    Index(
        "ix_sla_clock_tenant_id_due_at",
        "tenant_id",
        "due_at",
        postgresql_where=text("state = 'running' and verdict is distinct from 'breached'"),
    ),
)

sla_clock_interval = tenant_table(
    "sla_clock_interval",
    metadata,
    Column("clock_id", Uuid, ForeignKey(_CLOCK), nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    instant("started_at", nullable=False),
    instant("ended_at"),
    Column("business_seconds", BigInteger),
    Column("pause_reason", Text),
    UniqueConstraint("tenant_id", "clock_id", "position"),
)

sla_clock_change = tenant_table(
    "sla_clock_change",
    metadata,
    Column("clock_id", Uuid, ForeignKey(_CLOCK), nullable=False),
    Column("position", Integer, nullable=False),
    instant("occurred_at", nullable=False),
    Column("old_target_seconds", BigInteger),
    Column("new_target_seconds", BigInteger),
    UniqueConstraint("tenant_id", "clock_id", "position"),
)
