"""Clocks by the remaining-budget rule: the worked cases of docs/sla.md, and laws."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from operational.core.calendars import Calendar, parse_windows
from operational.tickets.contracts import EventRecord
from operational.tickets.domain import sla
from operational.tickets.domain.sla_choice import Step, choose
from operational.tickets.domain.sla_replay import Clocks, Level, apply_event, begin, judge_both, replay

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3600
OFFICE = "mon 08:00-17:00; tue 08:00-17:00; wed 08:00-17:00; thu 08:00-17:00; fri 08:00-17:00"
CALENDAR = Calendar("Europe/Berlin", parse_windows(OFFICE))
TARGETS = {
    ("p1", "first_response"): HOUR, ("p1", "resolution"): 4 * HOUR,
    ("p3", "first_response"): 4 * HOUR, ("p3", "resolution"): 8 * HOUR,
}  # fmt: skip
LEVEL = Level(TARGETS, CALENDAR)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def event(when: str, kind: str = "updated", status: str | None = None, priority: str | None = None,
          actor: str = "staff", public: bool = False) -> EventRecord:  # fmt: skip
    return EventRecord(when, at(when), kind, status, priority, actor_kind=actor, is_public=public)


def follow(*events: EventRecord, as_of: str | None = None) -> Clocks:
    return replay(events[0].occurred_at, events, LEVEL, at(as_of) if as_of else None)


def due(clock: sla.Clock) -> datetime | None:
    return sla.due_at(clock, CALENDAR)


def test_a_pause_over_the_weekend() -> None:
    clocks = follow(
        event("2026-11-20 10:00", "created", "new", "p3"),
        event("2026-11-20 15:00", status="waiting_customer"),
        event("2026-11-23 10:00", status="open"),
    )
    assert clocks.resolution.consumed_seconds == 5 * HOUR
    assert due(clocks.resolution) == at("2026-11-23 13:00")


def test_a_raised_priority_shortens_what_is_left() -> None:
    clocks = follow(
        event("2026-11-23 08:00", "created", "new", "p3"), event("2026-11-23 11:00", status="new", priority="p1")
    )
    assert due(clocks.resolution) == at("2026-11-23 12:00")
    assert clocks.resolution.changes == (sla.TargetChange(at("2026-11-23 11:00"), 8 * HOUR, 4 * HOUR),)
    # the first response had one hour from the beginning: it is over now, and was not before
    assert (clocks.first_response.verdict, clocks.first_response.judged_at) == ("breached", at("2026-11-23 11:00"))


def test_first_response_is_a_public_message_of_a_person() -> None:
    opened = event("2026-11-23 08:00", "created", "new", "p3")
    silent = follow(
        opened, event("2026-11-23 08:10", "reply", "new", actor="system", public=True),
        event("2026-11-23 08:20", "note", "new"),
        event("2026-11-23 08:30", "reply", "new", actor="contact", public=True),
    )  # fmt: skip
    assert silent.first_response.state == "running"
    answered = follow(opened, event("2026-11-23 12:00", "reply", "open", public=True))
    assert (answered.first_response.verdict, answered.first_response.stopped_at) == ("met", at("2026-11-23 12:00"))
    late = follow(opened, event("2026-11-23 12:01", "reply", "open", public=True))
    assert (late.first_response.verdict, late.first_response.judged_at) == ("breached", at("2026-11-23 12:00"))


def test_first_response_never_pauses() -> None:
    clocks = follow(
        event("2026-11-23 08:00", "created", "new", "p3"), event("2026-11-23 09:00", status="waiting_customer")
    )
    assert clocks.first_response.state == "running"
    assert due(clocks.first_response) == at("2026-11-23 12:00")
    assert clocks.resolution.state == "paused"
    assert due(clocks.resolution) is None


def test_resolved_without_an_answer_has_no_verdict_on_the_answer() -> None:
    clocks = follow(event("2026-11-23 08:00", "created", "new", "p3"), event("2026-11-23 09:00", status="resolved"))
    assert (clocks.first_response.state, clocks.first_response.verdict) == ("cancelled", None)
    assert clocks.resolution.verdict == "met"
    assert follow(
        event("2026-11-23 08:00", "created", "new", "p3"), event("2026-11-23 14:00", status="resolved")
    ).first_response.verdict == "breached"  # fmt: skip


def test_waiting_for_a_colleague_does_not_stop_the_clock() -> None:
    clocks = follow(
        event("2026-11-23 08:00", "created", "new", "p3"), event("2026-11-23 09:00", status="waiting_internal")
    )
    assert clocks.resolution.state == "running"


def test_a_customer_s_reply_resumes_at_once() -> None:
    clocks = follow(
        event("2026-11-23 08:00", "created", "new", "p3"),
        event("2026-11-23 09:00", status="waiting_customer"),
        event("2026-11-23 11:00", "reply", "waiting_customer", actor="contact", public=True),
    )
    assert clocks.resolution.state == "running"
    assert due(clocks.resolution) == at("2026-11-24 09:00")


def test_met_then_reopened_and_breached_counts_as_breached() -> None:
    life = [
        event("2026-11-23 08:00", "created", "new", "p3"),
        event("2026-11-23 14:00", status="resolved"),
        event("2026-11-24 08:00", status="open"),
    ]
    in_time = follow(*life, event("2026-11-24 10:00", status="resolved"))
    assert (in_time.resolution.verdict, in_time.resolution.judged_at) == ("met", at("2026-11-23 14:00"))
    assert in_time.resolution.consumed_seconds == 8 * HOUR
    late = follow(*life, event("2026-11-24 10:01", status="resolved"))
    assert (late.resolution.verdict, late.resolution.judged_at) == ("breached", at("2026-11-24 10:00"))


def test_an_open_clock_is_judged_as_of_an_instant() -> None:
    opened = event("2026-11-23 08:00", "created", "new", "p3")
    assert follow(opened, as_of="2026-11-23 16:00").resolution.verdict is None
    assert follow(opened, as_of="2026-11-23 16:01").resolution.judged_at == at("2026-11-23 16:00")


def test_a_priority_known_later_counts_from_the_opening() -> None:
    clocks = follow(event("2026-11-23 08:00", "created", "new"), event("2026-11-23 10:00", status="new", priority="p3"))
    assert due(clocks.resolution) == at("2026-11-23 16:00")
    assert clocks.resolution.changes == ()
    assert follow(event("2026-11-23 08:00", "created", "new")).promised() == ()


def test_the_ladder_says_where_it_looked() -> None:
    choice = choose([Step("ticket"), Step("contract"), Step("default")])
    assert (choice.policy_id, choice.chosen_by) == (None, "none")
    assert choice.path == (("ticket", False), ("contract", False), ("default", False))


STATUSES = ("new", "open", "waiting_customer", "waiting_vendor", "waiting_internal", "resolved", "closed")
steps = st.tuples(
    st.integers(0, 200 * HOUR), st.sampled_from(["updated", "reply", "note"]), st.sampled_from(STATUSES),
    st.sampled_from(["p1", "p3", "p4"]), st.sampled_from(["staff", "contact", "system"]),
)  # fmt: skip
histories = st.lists(steps, min_size=1, max_size=12)


def recorded(history: list[tuple[int, str, str, str, str]]) -> list[EventRecord]:
    moment, events = datetime(2026, 3, 2, 9, tzinfo=UTC), []
    for n, (gap, kind, status, priority, actor) in enumerate(history):
        moment += timedelta(seconds=gap)
        events.append(EventRecord(str(n), moment, kind, status, priority, actor_kind=actor, is_public=kind == "reply"))
    return events


@given(histories)
def test_intervals_follow_one_another_and_add_up(history: list[tuple[int, str, str, str, str]]) -> None:
    events = recorded(history)
    clocks = replay(events[0].occurred_at, events, LEVEL, None)
    for clock in (clocks.first_response, clocks.resolution):
        ended = [interval for interval in clock.intervals if interval.ended_at is not None]
        assert sum(interval.business_seconds or 0 for interval in ended) == clock.consumed_seconds
        assert all(interval.business_seconds == 0 for interval in ended if interval.kind == "paused")
        assert (len(ended) < len(clock.intervals)) == (clock.state in ("running", "paused"))
        for before, after in pairwise(clock.intervals):
            assert before.ended_at is not None
            assert before.ended_at <= after.started_at


@given(histories)
def test_one_event_at_a_time_or_all_at_once_is_the_same(history: list[tuple[int, str, str, str, str]]) -> None:
    events = recorded(history)
    clocks = begin(events[0].occurred_at)
    for one in events:
        # a worker that judges in between changes nothing
        clocks = apply_event(judge_both(clocks, one.occurred_at, LEVEL), one, LEVEL)
    last = events[-1].occurred_at
    assert judge_both(clocks, last, LEVEL) == replay(events[0].occurred_at, events, LEVEL, last)


@given(histories)
def test_what_is_breached_stays_breached(history: list[tuple[int, str, str, str, str]]) -> None:
    clocks, breached = begin(recorded(history)[0].occurred_at), {}
    for one in recorded(history):
        clocks = apply_event(clocks, one, LEVEL)
        for clock in (clocks.first_response, clocks.resolution):
            assert breached.get(clock.name, clock.judged_at) == clock.judged_at
            if clock.verdict == "breached":
                breached[clock.name] = clock.judged_at


@given(st.integers(0, 20), st.integers(0, 60 * HOUR))
def test_a_pause_of_no_business_time_moves_nothing(hours: int, weekend: int) -> None:
    started = at("2026-11-20 08:00")
    clock = sla.start("resolution", started, 30 * HOUR)
    closing, opening = at("2026-11-20 17:00"), at("2026-11-23 08:00")
    resumed = min(closing + timedelta(seconds=weekend), opening)
    paused = sla.resume(sla.pause(clock, closing, CALENDAR), resumed, CALENDAR)
    assert due(paused) == due(clock)
