"""What happens to a ticket when somebody touches, works on, answers or leaves it."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from operational.demo.calendar import DAY, HOUR, MINUTE, Clock, Horizon, local_day, midnight
from operational.demo.chance import Dice
from operational.demo.journal import Journal, Ticket
from operational.demo.plans import REOPENED_EFFORT, TOUCH_MINUTES
from operational.demo.world import SERVICE_DESK, Segment, Technician

AUTO_REPLY = {"mail": 0.85, "portal": 0.6}
CORRECTED_PRIORITY, CORRECTED_CATEGORY = 0.4, 0.3  # at the first look; half of it again whenever worked on
NOTE = 0.24
THANKS = 0.06
SILENT = 0.05  # customers who never answer; the ticket wakes by itself
CLOSED_AFTER_DAYS = 5
REOPENED_LATE = 0.12  # of the reopenings come after closing
HANDOVER_REOPENS = 1.3
CUSTOMERS_DAY = [[(480, 1020)]] * 5 + [[], []]
SYSTEM = ("system", "")
PAUSED = {"customer": "waiting_customer", "vendor": "waiting_vendor", "appointment": "waiting_internal"}
Schedule = Callable[[int, str, object], None]


class Life:
    """The rules of a ticket's life; what comes later is handed to the desk's schedule."""

    def __init__(self, horizon: Horizon, technicians: Sequence[Technician], journal: Journal) -> None:
        self._technicians = technicians
        self._journal = journal
        # runs on behind the last day, so that what is due later falls behind it too
        self._office = Clock(CUSTOMERS_DAY, (), horizon.first - timedelta(days=2), horizon.last + timedelta(days=60))
        self._dice: Dice
        self._schedule: Schedule
        self.reopened = 0
        self.handovers = 0

    def attach(self, dice: Dice, schedule: Schedule) -> None:
        """Give it the queue's chance and schedule."""
        self._dice, self._schedule = dice, schedule

    def open(self, ticket: Ticket, at: int) -> None:
        """The ticket arrives; a machine may say so to the sender."""
        plan, write = ticket.plan, self._journal.write
        write(
            ticket, at, "created", self._sender(ticket), status="new", priority=plan.said_priority,
            impact=str(plan.said[0]), urgency=str(plan.said[1]), category=plan.said_category,
            subcategory=plan.said_subcategory, queue=SERVICE_DESK,
        )  # fmt: skip
        if self._dice.chance(AUTO_REPLY.get(plan.channel, 0.0)):
            write(ticket, at + self._dice.between(5, 90), "reply", SYSTEM, True)

    def touch(self, ticket: Ticket, at: int, number: int) -> int:
        """First look; returns its minutes. On the phone the first word is the answer."""
        self._take(ticket, at, number, status="open")
        self._correct(ticket, at, number, 1.0)
        if ticket.plan.channel == "phone":
            self._journal.write(ticket, at + MINUTE, "reply", self._staff(number), True)
        return self._dice.between(*TOUCH_MINUTES)

    def work(self, ticket: Ticket, at: int, number: int) -> tuple[int, str]:
        """Go on with the ticket; returns the minutes left of this piece and how it is done."""
        self._take(ticket, at, number)
        self._correct(ticket, at, number, 0.5)
        mode = ticket.plan.segments[ticket.segment].mode
        return ticket.todo, "remote" if mode == "on_site" and ticket.travelled else mode

    def after(self, ticket: Ticket, at: int, number: int, kind: str, queues: Sequence[str]) -> str | None:
        """What follows a piece of work: `work` for the same technician, a queue for others, None for nobody now."""
        if kind == "touch":
            return self._after_touch(ticket, at, number, queues)
        if self._dice.chance(NOTE):
            self._journal.write(ticket, at, "note", self._staff(number), False)
        if ticket.todo > 0:
            return "work"
        ticket.segment += 1
        if ticket.segment < len(ticket.plan.segments):
            self._begin_segment(ticket)
            self._pause(ticket, at, number)
        else:
            self._resolve(ticket, at, number)
        return None

    def resume(self, ticket: Ticket, at: int) -> bool:
        """A wait is over, or a customer reopens; False when there is nothing to do."""
        write = self._journal.write
        if ticket.status in ("resolved", "closed"):
            self.reopened += 1
            ticket.reopened += 1
            minutes = sum(segment.minutes for segment in ticket.plan.segments)
            ticket.plan.segments.append(Segment(max(5, round(minutes * REOPENED_EFFORT)), "remote"))
            self._begin_segment(ticket)
            kind = "reply" if ticket.contact_ref else "updated"
            write(ticket, at, kind, self._sender(ticket), True if ticket.contact_ref else None, status="open")
            return True
        answered = ticket.status == "waiting_customer" and not self._dice.chance(SILENT)
        if answered:
            write(ticket, at, "reply", self._sender(ticket), True, status="open", pause_reason="")
        else:
            write(ticket, at, "updated", SYSTEM, status="open", pause_reason="")
        return True

    def close(self, ticket: Ticket, at: int) -> None:
        """Nobody objected."""
        self._journal.write(ticket, at, "updated", SYSTEM, status="closed")

    def _after_touch(self, ticket: Ticket, at: int, number: int, queues: Sequence[str]) -> str | None:
        plan, staff = ticket.plan, self._staff(number)
        if ticket.original is not None:
            self._merge(ticket, at, staff)
            return None
        if plan.channel != "phone":
            self._journal.write(ticket, at, "reply", staff, True)
        self._begin_segment(ticket)
        if plan.queue in queues:
            self._journal.write(ticket, at, "updated", staff, queue=plan.queue)
            return "work"
        ticket.assignee = None
        self._journal.write(ticket, at, "updated", staff, queue=plan.queue, assignee_ref="")
        return plan.queue

    def _merge(self, ticket: Ticket, at: int, staff: tuple[str, str]) -> None:
        """Somebody else said it before: closed at once, work goes on there."""
        write = self._journal.write
        write(ticket, at, "note", staff, False)
        write(ticket, at, "reply", staff, True, status="resolved")
        write(ticket, at, "updated", staff, status="closed")

    def _take(self, ticket: Ticket, at: int, number: int, **values: str) -> None:
        if ticket.assignee not in (None, number):
            ticket.handed_over = True
            self.handovers += 1
        if ticket.assignee != number:
            ticket.assignee = number
            values["assignee_ref"] = self._technicians[number].ref
        self._journal.write(ticket, at, "updated", self._staff(number), **values)

    def _correct(self, ticket: Ticket, at: int, number: int, attention: float) -> None:
        """Somebody may notice that category or priority are wrong."""
        plan, state, dice = ticket.plan, ticket.state, self._dice
        values: dict[str, str] = {}
        if state["priority"] != plan.priority and dice.chance(CORRECTED_PRIORITY * attention):
            ticket.priority_corrected = True
            values |= {"priority": plan.priority, "impact": str(plan.levels[0]), "urgency": str(plan.levels[1])}
        if state["category"] != plan.category and dice.chance(CORRECTED_CATEGORY * attention):
            ticket.category_corrected = True
            values |= {"category": plan.category, "subcategory": plan.subcategory}
        if values:
            self._journal.write(ticket, at, "updated", self._staff(number), **values)

    @staticmethod
    def _begin_segment(ticket: Ticket) -> None:
        segment = ticket.plan.segments[ticket.segment]
        ticket.todo = segment.minutes + segment.travel

    def _pause(self, ticket: Ticket, at: int, number: int) -> None:
        reason, minutes = ticket.plan.pauses[ticket.segment - 1]
        kind, public = ("updated", None) if reason == "vendor" else ("reply", True)
        self._journal.write(
            ticket, at, kind, self._staff(number), public, status=PAUSED[reason], pause_reason=reason
        )  # fmt: skip
        back = self._office.add(at, minutes)
        if reason == "appointment":
            back = midnight(local_day(back)) + self._dice.between(16, 26) * HOUR // 2
        self._schedule(max(back, at + MINUTE), "ready", (ticket, ticket.version))

    def _resolve(self, ticket: Ticket, at: int, number: int) -> None:
        dice = self._dice
        self._journal.write(ticket, at, "reply", self._staff(number), True, status="resolved")
        closing = midnight(local_day(at)) + CLOSED_AFTER_DAYS * DAY + 2 * HOUR
        self._schedule(closing, "close", (ticket, ticket.version))
        probability = ticket.plan.reopen * self._technicians[number].care * 0.6**ticket.reopened
        if dice.chance(probability * (HANDOVER_REOPENS if ticket.handed_over else 1.0)):
            if dice.chance(REOPENED_LATE):
                again = self._office.add(closing, dice.between(60, 2000))
                self._schedule(again, "ready", (ticket, ticket.version + 1))
            else:
                again = self._office.add(at, min(dice.lognormal(300, 0.9), 1300))
                self._schedule(again, "ready", (ticket, ticket.version))
        elif ticket.contact_ref and dice.chance(THANKS):
            self._journal.write(ticket, at + dice.between(4, 200) * MINUTE, "reply", self._sender(ticket), True)

    def _staff(self, number: int) -> tuple[str, str]:
        return "staff", self._technicians[number].ref

    @staticmethod
    def _sender(ticket: Ticket) -> tuple[str, str]:
        return ("contact", ticket.contact_ref) if ticket.contact_ref else SYSTEM
