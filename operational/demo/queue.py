"""The queue: who takes which piece of work when. Delays come from here, and from nowhere else."""

from heapq import heappop, heappush
from typing import Any, NamedTuple

from operational.demo.calendar import HOUR, MINUTE, local_day, midnight
from operational.demo.chance import Dice
from operational.demo.firm import Firm
from operational.demo.journal import Ticket
from operational.demo.life import Life
from operational.demo.relations import Relations
from operational.demo.satisfaction import Survey
from operational.demo.work import Session
from operational.demo.world import FIELD, PROJECTS, SERVICE_DESK

TOUCH, WORK = "touch", "work"
# hours that a piece of work may wait before one of a higher priority no longer overtakes it
PATIENCE = {
    TOUCH: {"p1": -1000.0, "p2": 0.0, "p3": 1.5, "p4": 3.0},
    WORK: {"p1": -900.0, "p2": 2.0, "p3": 10.0, "p4": 30.0},
}  # fmt: skip
OTHER_QUEUE = 1.5  # hours that work of the own queue goes before others'
LONGEST = {"remote": 55, "phone": 45}  # minutes before something else may come in between
OVERTIME = {"p1": 120, "p2": 40, "p3": 12, "p4": 8}  # minutes after the end of a shift
ON_SITE_OVERTIME = 300
BREATHER = (1, 3)  # minutes between two pieces of work
PRESSURE = 5  # pieces of work waiting per technician on shift, from which some stay longer
STAYS, STAYS_LONGER = 0.5, (30, 100)  # chance, minutes
OVERNIGHT = 12 * HOUR
SMALLEST = 6  # minutes; with less left of a shift nothing is begun
ON_CALL_DELAY = (6, 22)  # minutes from the alarm to the work


class Task(NamedTuple):
    """A ticket's next piece of work; the smallest goes first."""

    key: float
    number: int
    kind: str
    ticket: Ticket


class Worker:
    """A technician on the day."""

    def __init__(self, number: int, queues: tuple[str, ...]) -> None:
        self.number = number
        self.queues = queues
        self.until = 0  # end of the current half of the shift
        self.last_half = False
        self.busy = False
        self.own: list[Task] = []
        self.idle_since = 0
        self.running: Session | None = None


class Desk:
    """Plays all events in the order of time."""

    def __init__(
        self, seed: int, firm: Firm, tickets: list[Ticket], life: Life, survey: Survey, relations: Relations
    ) -> None:
        self.firm = firm
        self.survey = survey
        self.relations = relations
        self.arrived: list[Ticket] = []
        self.dice = Dice(seed, "queue")
        self.life = life
        self.life.attach(self.dice, self.schedule)
        self.workers = [Worker(n, t.queues) for n, t in enumerate(firm.technicians)]
        self.pools: dict[str, list[Task]] = {SERVICE_DESK: [], FIELD: [], PROJECTS: []}
        self.sessions: list[Session] = []
        self._events: list[tuple[int, int, str, Any]] = []
        self._count = 0
        for instant in relations.reviews():
            self.schedule(instant, "review", None)
        for ticket in tickets:
            self.schedule(ticket.plan.opened, "arrive", ticket)
        self._plan_shifts()

    def schedule(self, at: int, kind: str, what: Any) -> None:
        """Have something happen later; what happens at the same second happens in the order it was scheduled."""
        self._count += 1
        heappush(self._events, (at, self._count, kind, what))

    def run(self) -> None:
        """Until the last day is over."""
        handlers = {
            "arrive": self._arrive, "half": self._half, "done": self._done, "free": self._free, "ready": self._ready,
            "absent": self._absent, "close": self._close, "alarm": self._alarm, "return": self._return,
            "review": self._review,
        }  # fmt: skip
        end = self.firm.horizon.end
        while self._events and self._events[0][0] < end:
            at, _, kind, what = heappop(self._events)
            handlers[kind](at, what)

    def _plan_shifts(self) -> None:
        horizon = self.firm.horizon
        for index in range(horizon.days):
            day = horizon.day(index)
            for worker in self.workers:
                halves = self.firm.shift(worker.number, day)
                for start, end in halves:
                    what = (worker, midnight(day) + end * MINUTE, (start, end) == halves[-1])
                    self.schedule(midnight(day) + start * MINUTE, "half", what)
                if not halves and self.firm.working_day(day):
                    self.schedule(midnight(day) + 8 * HOUR + 30 * MINUTE, "absent", worker)

    # what happens

    def _review(self, at: int, what: None) -> None:
        for ticket in self.relations.review(at, self.arrived, self.sessions):
            self.schedule(ticket.plan.opened, "arrive", ticket)

    def _arrive(self, at: int, what: Any) -> None:
        if not self.relations.comes(what):
            return
        self.arrived.append(what)
        what.ref = f"T{len(self.arrived):07d}"
        self.life.open(what, at)
        if what.around_the_clock and what.priority == "p1" and not self._anybody(at):
            self.schedule(at + self.dice.between(*ON_CALL_DELAY) * MINUTE, "alarm", what)
            return
        self._to_pool(at, SERVICE_DESK, self._task(at, TOUCH, what))

    def _half(self, at: int, what: Any) -> None:
        worker, until, last = what
        if last and self._backlog() > PRESSURE * sum(w.until > at for w in self.workers) and self.dice.chance(STAYS):
            until += self.dice.between(*STAYS_LONGER) * MINUTE
        worker.until, worker.last_half = until, last
        if not worker.busy:
            self._next(at, worker)

    def _done(self, at: int, what: Any) -> None:
        worker, task = what
        worker.busy = False
        follow_up = self.life.after(task.ticket, at, worker.number, task.kind, worker.queues)
        if follow_up == WORK:
            heappush(worker.own, self._task(at, WORK, task.ticket))
        elif follow_up is not None:
            self._to_pool(at, follow_up, self._task(at, WORK, task.ticket))
        if follow_up == WORK and task.ticket.around_the_clock and task.ticket.priority == "p1" and at > worker.until:
            self._begin(at, worker, heappop(worker.own), on_call=True)
            return
        if worker.own and worker.own[0].ticket is task.ticket:
            self._next(at, worker)
        else:
            worker.busy = True
            self.schedule(at + self.dice.between(*BREATHER) * MINUTE, "free", worker)

    def _free(self, at: int, what: Any) -> None:
        what.busy = False
        self._next(at, what)

    def _ready(self, at: int, what: Any) -> None:
        """A pause is over, or a customer came back."""
        ticket, version = what
        if ticket.version != version or not self.life.resume(ticket, at):
            return
        number = ticket.assignee
        task = self._task(at, WORK, ticket)
        if number is None or not self.firm.technicians[number].works(local_day(at)):
            queue = ticket.state["queue"]
            self._to_pool(at, queue, task)
            return
        worker = self.workers[number]
        heappush(worker.own, task)
        if not worker.busy and at < worker.until:
            self._next(at, worker)

    def _return(self, at: int, what: Any) -> None:
        """A visit that was put off to the next morning."""
        worker, task = what
        heappush(worker.own, task)
        if not worker.busy and at < worker.until:
            self._next(at, worker)

    def _absent(self, at: int, what: Any) -> None:
        """Whoever is away leaves the work to the others."""
        while what.own:
            task = heappop(what.own)
            self._to_pool(at, task.ticket.state["queue"], task)

    def _close(self, at: int, what: Any) -> None:
        ticket, version = what
        if ticket.version == version:
            self.life.close(ticket, at)
            self.survey.ask(ticket, at)

    def _alarm(self, at: int, what: Any) -> None:
        number = self.firm.on_call(local_day(at))
        if number is None or self.workers[number].busy or self._anybody(at):
            self._to_pool(at, SERVICE_DESK, self._task(at, TOUCH, what))
            return
        self._begin(at, self.workers[number], self._task(at, TOUCH, what), on_call=True)

    # who takes what

    def _backlog(self) -> int:
        return sum(len(pool) for pool in self.pools.values()) + sum(len(worker.own) for worker in self.workers)

    def _anybody(self, at: int) -> bool:
        return any(worker.until > at for worker in self.workers)

    def _task(self, at: int, kind: str, ticket: Ticket) -> Task:
        self._count += 1
        return Task(at + PATIENCE[kind][ticket.priority] * HOUR, self._count, kind, ticket)

    def _to_pool(self, at: int, queue: str, task: Task) -> None:
        heappush(self.pools[queue], task)
        waiting = [w for w in self.workers if not w.busy and w.until - at > SMALLEST * MINUTE and queue in w.queues]
        if waiting:
            self._next(at, min(waiting, key=lambda w: (w.queues.index(queue), w.idle_since, w.number)))

    def _next(self, at: int, worker: Worker) -> None:
        """Take the most urgent piece of work there is for this technician."""
        if worker.busy:
            return
        worker.idle_since = at
        if worker.until - at <= SMALLEST * MINUTE:
            return
        heaps = [(0.0, worker.own)] if worker.own else []
        heaps += [
            (OTHER_QUEUE * HOUR * (rank > 0), self.pools[queue])
            for rank, queue in enumerate(worker.queues)
            if self.pools[queue]
        ]
        if not heaps:
            return
        heap = min(heaps, key=lambda pair: (pair[1][0].key + pair[0], pair[1][0].number))[1]
        task = heappop(heap)
        if self._too_late(at, worker, task):
            self.schedule(at + OVERNIGHT, "return", (worker, task))
            self._next(at, worker)
            return
        self._begin(at, worker, task)

    @staticmethod
    def _too_late(at: int, worker: Worker, task: Task) -> bool:
        """A visit is not begun at the end of the day."""
        segment = task.ticket.plan.segments[task.ticket.segment]
        on_site = task.kind == WORK and segment.mode == "on_site" and not task.ticket.travelled
        return on_site and worker.last_half and worker.until - at < 100 * MINUTE

    def _begin(self, at: int, worker: Worker, task: Task, on_call: bool = False) -> None:
        ticket = task.ticket
        if task.kind == TOUCH:
            minutes = self.life.touch(ticket, at, worker.number)
            mode = "phone" if ticket.plan.channel == "phone" else "remote"
        else:
            minutes, mode = self.life.work(ticket, at, worker.number)
            if mode != "on_site":
                minutes = min(minutes, LONGEST[mode])
        left = max(0, worker.until - at) // MINUTE
        overtime = ON_SITE_OVERTIME if mode == "on_site" else OVERTIME[ticket.priority]
        if not on_call and task.kind == WORK:
            minutes = min(minutes, left + overtime)
        end = at + minutes * MINUTE
        if task.kind == WORK:
            ticket.todo -= minutes
        self._record(worker, ticket, at, end, mode)
        worker.busy = True
        self.schedule(end, "done", (worker, task))

    def _record(self, worker: Worker, ticket: Ticket, start: int, end: int, mode: str) -> None:
        """Keep the session; work that goes straight on belongs to the one before, a visit has its journey."""
        before = worker.running
        if mode == "on_site":
            half = ticket.plan.segments[ticket.segment].travel // 2 * MINUTE
            if not ticket.travelled and end - start > 2 * half:
                self._append(worker, Session(ticket, worker.number, start, start + half, "travel"))
                self._append(worker, Session(ticket, worker.number, start + half, end - half, "on_site"))
                self._append(worker, Session(ticket, worker.number, end - half, end, "travel"))
                ticket.travelled = True
                return
            mode = "on_site" if not ticket.travelled else "remote"
        if before is not None and before.ticket is ticket and before.end == start and before.mode == mode:
            before.end = end
            return
        self._append(worker, Session(ticket, worker.number, start, end, mode))

    def _append(self, worker: Worker, session: Session) -> None:
        self.sessions.append(session)
        worker.running = session
