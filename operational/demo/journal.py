"""A ticket while it lives, and the events it leaves behind."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Optional

from operational.demo.calendar import written
from operational.demo.world import Contract, Plan

FIELDS = (
    "status", "priority", "impact", "urgency", "category", "subcategory", "queue", "assignee_ref", "pause_reason",
)  # fmt: skip
RUNNING = frozenset({"new", "open"})


# what is said when somebody of the desk replies, by the status it leads to
REPLIES = {"resolved": "solution", "waiting_customer": "question", "waiting_internal": "appointment"}


class Said(NamedTuple):
    """An event with words: its number and instant, the moment of the ticket's life, who speaks."""

    seq: int
    at: int
    moment: str
    actor: str


@dataclass(slots=True)
class Ticket:
    """A ticket: its plan, its state as of now, its written events, and what the clocks need.

    `ref` is empty until it arrives; `original` is the ticket it repeats; `contract` is what covered the customer that
    day. `todo` are the minutes left of the current segment; `version` changes whenever the status does.
    """

    plan: Plan
    customer_ref: str
    contact_ref: str
    contract: Contract | None
    ref: str = ""
    original: Optional["Ticket"] = None
    assignee: int | None = None
    segment: int = 0
    todo: int = 0
    travelled: bool = False
    version: int = 0
    reopened: int = 0
    handed_over: bool = False
    category_corrected: bool = False
    priority_corrected: bool = False
    first_reply: int | None = None
    first_reply_priority: str = ""
    resolved: int | None = None
    running_since: int | None = None
    ran: list[tuple[int, int]] = field(default_factory=list)
    last: int = 0
    state: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    asked: bool = False

    @property
    def around_the_clock(self) -> bool:
        """Whether somebody is on call for it at night."""
        return self.contract is not None and (self.contract.calendar or "").startswith("24x7")

    @property
    def priority(self) -> str:
        """The priority as it stands."""
        return self.state["priority"]

    @property
    def status(self) -> str:
        """The status as it stands."""
        return self.state["status"]


class Journal:
    """Writes events: only what changed, in order, nothing after the last day."""

    def __init__(self, end: int) -> None:
        self._end = end
        self.events = 0

    def write(
        self, ticket: Ticket, at: int, kind: str, actor: tuple[str, str], public: bool | None = None, /, **values: str
    ) -> None:
        """Add an event of `actor` (kind and ref); an empty value clears."""
        at = max(at, ticket.last)
        state = ticket.state
        changed = {name: value for name, value in values.items() if state.get(name, "") != value}
        if at >= self._end or (kind == "updated" and not changed):
            return
        cleared = ";".join(name for name in FIELDS if changed.get(name) == "")
        shown = ",".join([changed.get(name, "") for name in FIELDS])
        visible = "" if public is None else "true" if public else "false"
        number = len(ticket.lines) + 1
        ticket.lines.append(
            f"{ticket.ref},{number},{written(at)},{kind},{actor[0]},{actor[1]},{visible},{shown},{cleared},"
        )
        self.events += 1
        if kind != "updated":
            ticket.said.append(Said(number, at, self._moment(ticket, kind, actor[0], changed.get("status")), actor[1]))
        state.update(changed)
        ticket.last = at
        if "status" in changed:
            self._follow(ticket, at, changed["status"])
        if kind == "reply" and actor[0] == "staff" and ticket.first_reply is None:
            ticket.first_reply, ticket.first_reply_priority = at, ticket.priority

    @staticmethod
    def _moment(ticket: Ticket, kind: str, actor: str, status: str | None) -> str:
        """Which moment of the ticket's life an event with words is."""
        if kind != "reply":
            return "first" if kind == "created" else "note"
        if actor == "system":
            return "receipt"
        if actor == "staff":
            return "duplicate" if status and ticket.original else REPLIES.get(status or "", "hello")
        if status is None:
            return "thanks"
        return "answer" if ticket.status.startswith("waiting") else "again"

    @staticmethod
    def _follow(ticket: Ticket, at: int, status: str) -> None:
        ticket.version += 1
        if status in RUNNING:
            ticket.resolved = None
            ticket.running_since = at if ticket.running_since is None else ticket.running_since
            return
        if ticket.running_since is not None:
            ticket.ran.append((ticket.running_since, at))
            ticket.running_since = None
        if status == "resolved":
            ticket.resolved = at


def columns() -> Sequence[str]:
    """The order in which `Journal` writes."""
    return (
        "ticket_ref", "seq", "occurred_at", "kind", "actor_kind", "actor_ref", "public",
        *FIELDS, "cleared", "source_key",
    )  # fmt: skip
