"""What customers have gone through so far, as of the beginning of a month."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from statistics import mean

from operational.demo.calendar import DAY, local_day
from operational.demo.churn import Inputs
from operational.demo.contracts import Book
from operational.demo.journal import Ticket
from operational.demo.promises import Promises
from operational.demo.satisfaction import Answer
from operational.demo.work import Session
from operational.demo.world import Customer

SLA_DAYS = 90
SLA_LEAST, SLA_MOST = 8, 0.3  # with fewer clocks judged nobody draws conclusions; more misses make nothing worse
CSAT_DAYS, CSAT_BEFORE, CSAT_LEAST = 120, 240, 3
RECENT_DAYS = 183
HOURS_MONTHS, HOURS_MOST = 3, 1.0
TENURE_MOST = 10
COUNTED = ("included_hours", "prepaid_hours")


class Standing:
    """Takes in tickets, work and answers as they come, and sums them up per customer."""

    def __init__(self, book: Book, promises: Promises) -> None:
        self._book, self._promises = book, promises
        self._verdicts: dict[str, list[tuple[int, bool]]] = defaultdict(list)
        self._pending: list[Ticket] = []
        self._responses: set[str] = set()
        self._scores: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._minutes: dict[tuple[str, int, int], int] = defaultdict(int)
        self._read = {"tickets": 0, "answers": 0, "sessions": 0}

    def take_in(self, tickets: Sequence[Ticket], answers: Sequence[Answer], sessions: Sequence[Session]) -> None:
        """Read what was added to these lists since the last time."""
        self._judge([*self._pending, *tickets[self._read["tickets"] :]])
        for answer in answers[self._read["answers"] :]:
            if answer.answered is not None and answer.score is not None:
                self._scores[answer.ticket.customer_ref].append((answer.answered, answer.score))
        for session in sessions[self._read["sessions"] :]:
            day = local_day(session.start)
            self._minutes[session.ticket.customer_ref, day.year, day.month] += (session.end - session.start) // 60
        self._read = {"tickets": len(tickets), "answers": len(answers), "sessions": len(sessions)}

    def inputs(self, customer: Customer, month: date, at: int) -> Inputs:
        """The six things as of `at`, the first instant of the month."""
        left = customer.champion_left
        return Inputs(
            sla_misses=self._sla_misses(customer.ref, at),
            csat_trend=self._csat_trend(customer.ref, at),
            price_rise=self._price_rise(customer.ref, month),
            champion_left=int(left is not None and 0 <= (month - left).days < RECENT_DAYS),
            hours_over=self._hours_over(customer.ref, month),
            tenure=round(min((month - customer.since).days / 365.25, TENURE_MOST), 4),
        )

    def _judge(self, tickets: Sequence[Ticket]) -> None:
        """Keep the verdict on a first reply and on a first resolution as it is when first seen."""
        self._pending = []
        for ticket in tickets:
            response = self._promises.response_met(ticket)
            if response is not None and ticket.first_reply is not None and ticket.ref not in self._responses:
                self._responses.add(ticket.ref)
                self._verdicts[ticket.customer_ref].append((ticket.first_reply, not response))
            resolution = self._promises.resolution_met(ticket)
            if resolution is not None and ticket.resolved is not None:
                self._verdicts[ticket.customer_ref].append((ticket.resolved, not resolution))
                self._responses.discard(ticket.ref)
            elif ticket.contract is not None and ticket.contract.policy is not None and ticket.status != "closed":
                self._pending.append(ticket)

    def _sla_misses(self, ref: str, at: int) -> float:
        missed = [missed for judged, missed in self._verdicts[ref] if at - SLA_DAYS * DAY <= judged < at]
        return round(min(mean(missed), SLA_MOST), 4) if len(missed) >= SLA_LEAST else 0.0

    def _csat_trend(self, ref: str, at: int) -> float:
        turn, first = at - CSAT_DAYS * DAY, at - (CSAT_DAYS + CSAT_BEFORE) * DAY
        recent = [score for answered, score in self._scores[ref] if turn <= answered < at]
        before = [score for answered, score in self._scores[ref] if first <= answered < turn]
        if min(len(recent), len(before)) < CSAT_LEAST:
            return 0.0
        return round(mean(recent) - mean(before), 4)

    def _price_rise(self, ref: str, month: date) -> float:
        rows = [row for row in self._book.of_customer[ref] if row.starts_on <= month]
        if len(rows) < 2 or rows[-1].starts_on <= month - timedelta(days=RECENT_DAYS):
            return 0.0
        now, before = rows[-1].monthly_fee, rows[-2].monthly_fee
        return round(now / before - 1, 4) if now and before else 0.0

    def _hours_over(self, ref: str, month: date) -> float:
        contract = self._book.at(ref, month)
        if contract is None or contract.kind not in COUNTED or not contract.included_minutes:
            return 0.0
        begun = month.year * 12 + month.month - 1
        worked = sum(self._minutes[ref, (begun - n) // 12, (begun - n) % 12 + 1] for n in range(1, HOURS_MONTHS + 1))
        return round(min(max(worked / (HOURS_MONTHS * contract.included_minutes) - 1, 0.0), HOURS_MOST), 4)
