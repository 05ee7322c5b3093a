"""Work as it was done, and the time entries somebody made of it."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from operational.demo.calendar import DAY, HOUR, MINUTE, local_day, midnight
from operational.demo.chance import Dice
from operational.demo.contracts import Book
from operational.demo.firm import Firm
from operational.demo.journal import Ticket

LATE_SHARE = 0.1
BILLED_KINDS = ("time_and_material", "prepaid_hours")


@dataclass(slots=True)
class Session:
    """Work of one technician on one ticket without a break, in instants."""

    ticket: Ticket
    technician: int
    start: int
    end: int
    mode: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A time entry."""

    ref: str
    ticket_ref: str
    user_ref: str
    start: int
    end: int
    mode: str
    billable: bool
    entered: int


@dataclass
class Timesheet:
    """Entries, and what is missing among them."""

    entries: list[Entry] = field(default_factory=list)
    forgotten: int = 0
    forgotten_minutes: int = 0
    late: int = 0
    not_yet_entered: int = 0
    not_yet_entered_minutes: int = 0
    worked: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    by_customer: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    cost: dict[str, float] = field(default_factory=lambda: defaultdict(float))


def book_time(seed: int, firm: Firm, book: Book, sessions: list[Session]) -> Timesheet:
    """Turn sessions into entries: some forgotten, some entered days later; minutes beyond the last day do not exist."""
    dice = Dice(seed, "time")
    sheet = Timesheet()
    used: dict[tuple[str, int, int], int] = defaultdict(int)
    end = firm.horizon.end
    for session in sorted(sessions, key=lambda s: (s.start, s.technician)):
        if session.end >= end:
            continue
        technician = firm.technicians[session.technician]
        day = local_day(session.start)
        minutes = (session.end - session.start) // MINUTE
        customer = session.ticket.customer_ref
        sheet.worked[day] += minutes
        sheet.by_customer[customer] += minutes
        sheet.cost[customer] += minutes / 60 * technician.cost_per_hour
        if dice.chance(technician.forgets):
            sheet.forgotten += 1
            sheet.forgotten_minutes += minutes
            continue
        billable = _billable(book, session, day, minutes, used)
        entered, late = _entered(dice, firm, session, day)
        if entered >= end:
            sheet.not_yet_entered += 1
            sheet.not_yet_entered_minutes += minutes
            continue
        sheet.late += late
        ref = f"Z{len(sheet.entries) + 1:07d}"
        sheet.entries.append(
            Entry(ref, session.ticket.ref, technician.ref, session.start, session.end, session.mode, billable, entered)
        )
    return sheet


def _entered(dice: Dice, firm: Firm, session: Session, day: date) -> tuple[int, bool]:
    """When the entry was made, and whether that was days later (a leaver enters everything before leaving)."""
    technician = firm.technicians[session.technician]
    if dice.chance(LATE_SHARE):
        later = midnight(day) + dice.between(1, 9) * DAY + dice.between(8, 16) * HOUR + dice.between(0, 3599)
        if technician.works(local_day(later)):
            return max(later, session.end), True
    return session.end + dice.between(0, 12) * MINUTE, False


def _billable(book: Book, session: Session, day: date, minutes: int, used: dict[tuple[str, int, int], int]) -> bool:
    """By contract: hourly and prepaid always, included hours when used up this month, flat ones never but on site."""
    customer = session.ticket.customer_ref
    contract = book.at(customer, day)
    if contract is None or contract.kind in BILLED_KINDS:
        return True
    if contract.kind == "included_hours":
        month = (customer, day.year, day.month)
        used[month] += minutes
        return used[month] > (contract.included_minutes or 0)
    return contract.kind == "per_seat" and session.mode in ("on_site", "travel")
