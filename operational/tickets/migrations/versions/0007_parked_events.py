"""how far consumers have come; events that cannot be handled are parked, not dead in the outbox"""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Apply; what was dead is tried again."""
    op.create_index(
        "ix_inbox_position",
        "inbox",
        ["tenant_id", "consumer", "aggregate_id", "aggregate_version"],
        schema="tickets",
    )
    op.drop_column("outbox", "dead_at", schema="tickets")
