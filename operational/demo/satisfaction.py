"""What people answer when they are asked how it went, once their ticket is closed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import log2

from operational.demo.calendar import DAY, HOUR, MINUTE, Clock, Horizon, local_day, midnight
from operational.demo.chance import Dice
from operational.demo.comments import Comments
from operational.demo.firm import Firm
from operational.demo.journal import Ticket
from operational.demo.promises import Promises
from operational.demo.world import Contact, Customer

ANSWER_RATE = 0.18
ANSWERED_AFTER, ANSWERED_LATEST = (5 * HOUR, 1.3), 14 * DAY  # median in seconds and sigma; nobody answers later
# the score is drawn around the sum of these, with `SPREAD`, rounded and kept within 1 to 5
CONTENT = 4.7
MISSED_RESPONSE, MISSED_RESOLUTION = -0.75, -0.6
WAIT = -0.16  # for every doubling of the business hours until the first reply
REOPENED, REOPENED_COUNTS = -0.6, 2
SPREAD = 0.8
COMMENTED = {1: 0.7, 2: 0.55, 3: 0.3, 4: 0.2, 5: 0.28}
OFFICE = [[(450, 1050)]] * 5 + [[], []]


@dataclass(slots=True)
class Answer:
    """A question after closing; `answered` and `score` are None as long as nobody answered."""

    ticket: Ticket
    contact_ref: str
    asked: int
    answered: int | None = None
    score: int | None = None
    comment: str = ""


@dataclass
class Survey:
    """Asks once a ticket, in the morning after it was closed, and draws the answer."""

    seed: int
    firm: Firm
    customers: Iterable[Customer]
    promises: Promises
    answers: list[Answer] = field(default_factory=list)

    def __post_init__(self) -> None:
        horizon: Horizon = self.firm.horizon
        self._dice = Dice(self.seed, "satisfaction")
        self._comments = Comments(self._dice)
        self._office = Clock(OFFICE, self.firm.free, horizon.first, horizon.last)
        self._contacts: Mapping[str, tuple[Contact, Customer]] = {
            contact.ref: (contact, customer) for customer in self.customers for contact in customer.contacts
        }

    def ask(self, ticket: Ticket, at: int) -> Answer | None:
        """The question about a ticket that was closed just now; None where nobody is asked."""
        end = self.firm.horizon.end
        asked = midnight(local_day(at)) + 9 * HOUR + self._dice.between(0, 59) * MINUTE
        if ticket.asked or not ticket.contact_ref or asked < at or asked >= end:
            return None
        ticket.asked = True
        answer = Answer(ticket, ticket.contact_ref, asked)
        self.answers.append(answer)
        if self._dice.chance(ANSWER_RATE):
            answered = asked + int(min(self._dice.lognormal(*ANSWERED_AFTER), ANSWERED_LATEST))
            if answered < end:
                self._answer(answer, answered)
        return answer

    def _answer(self, answer: Answer, at: int) -> None:
        dice = self._dice
        answer.answered = at
        answer.score = min(max(round(self.expected(answer.ticket) + SPREAD * dice.normal()), 1), 5)
        if dice.chance(COMMENTED[answer.score]):
            contact, customer = self._contacts[answer.contact_ref]
            answer.comment = self._comments.write(answer.score, self._grievance(answer.ticket), contact, customer)

    def expected(self, ticket: Ticket) -> float:
        """The score people would give on average, were scores not whole and bounded."""
        missed_response = self.promises.response_met(ticket) is False
        missed_resolution = self.promises.resolution_met(ticket) is False
        worker = 0.0 if ticket.assignee is None else self.firm.technicians[ticket.assignee].warmth
        return (
            CONTENT
            + worker
            + MISSED_RESPONSE * missed_response
            + MISSED_RESOLUTION * missed_resolution
            + WAIT * log2(1 + self._waited(ticket))
            + REOPENED * min(ticket.reopened, REOPENED_COUNTS)
        )

    def _waited(self, ticket: Ticket) -> float:
        """Business hours until the first reply of a person."""
        if ticket.first_reply is None:
            return 0.0
        return self._office.seconds(ticket.plan.opened, ticket.first_reply) / HOUR

    def _grievance(self, ticket: Ticket) -> str:
        if ticket.reopened:
            return "again"
        late = self.promises.response_met(ticket) is False or self.promises.resolution_met(ticket) is False
        return "late" if late else "other"
