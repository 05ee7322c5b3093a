"""Service levels by the simulation's own clock: what was promised for a ticket, and whether it was kept."""

from operational.demo.calendar import MINUTE, Horizon
from operational.demo.contracts import Book, clock_of, targets
from operational.demo.journal import Ticket

FIRST_RESPONSE, RESOLUTION = "first_response", "resolution"


class Promises:
    """Verdicts on tickets; None without a service level, or as long as nothing happened that could be judged."""

    def __init__(self, book: Book, horizon: Horizon) -> None:
        self._clocks = {ref: clock_of(calendar, horizon) for ref, calendar in book.calendars.items()}
        self._goals = {(ref, priority, clock): minutes for ref, _, priority, clock, minutes in targets()}

    def response_met(self, ticket: Ticket) -> bool | None:
        """Whether the first reply came in time; the target is that of the priority at the reply."""
        contract = ticket.contract
        if ticket.first_reply is None or contract is None or contract.policy is None or contract.calendar is None:
            return None
        seconds = self._clocks[contract.calendar].seconds(ticket.plan.opened, ticket.first_reply)
        return seconds <= self._goals[contract.policy, ticket.first_reply_priority, FIRST_RESPONSE] * MINUTE

    def resolution_met(self, ticket: Ticket) -> bool | None:
        """Whether the ticket was resolved in time; the clock pauses while it waits, the priority is today's."""
        contract = ticket.contract
        if ticket.resolved is None or contract is None or contract.policy is None or contract.calendar is None:
            return None
        clock = self._clocks[contract.calendar]
        seconds = sum(clock.seconds(begin, end) for begin, end in ticket.ran)
        return seconds <= self._goals[contract.policy, ticket.priority, RESOLUTION] * MINUTE
