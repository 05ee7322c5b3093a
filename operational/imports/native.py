"""Reads a folder in the platform's own import format."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from operational.imports.errors import ImportFileError
from operational.imports.fields import day, zone
from operational.imports.format import FILES, FORMAT, STATUS_VALUES, FileSpec
from operational.imports.history import History
from operational.imports.records import InvalidValueError, Line, Rejects, read_lines
from operational.tickets.contracts import EventRecord, TicketRecord

Record = dict[str, Any]
# what columns alone cannot say; raises InvalidValueError
Rule = Callable[[Record], None]
WORDED = ("created", "reply", "note")
REFERENCE = (
    "users", "customers", "sites", "contacts", "contact_customers", "calendars", "calendar_holidays", "sla_policies",
    "contracts",
)  # fmt: skip


def read_native(folder: Path) -> History:
    """Read and check every file of the folder; a ticket without a usable event is refused like a broken line.

    Raises ImportFileError for a missing or foreign manifest, or a file that cannot be read at all.
    """
    manifest = _manifest(folder)
    reader = _Reader(folder)
    reference: dict[str, list[Mapping[str, Any]]] = {name: reader.records(name) for name in REFERENCE}
    reference["contract_slas"] = reference["contracts"]
    tickets = {record["ref"]: record for record in reader.records("tickets")}
    events: dict[str, list[Record]] = defaultdict(list)
    for record in reader.walk("ticket_events"):
        events[record["ticket_ref"]].append(record)
    reader.refuse_without_events(tickets, events)
    reader.records("messages", _written_with(events))
    coverage = {name: manifest[name] for name in ("timezone", "covers_from", "covers_to")}
    last_midnight = datetime.combine(manifest["covers_to"] + timedelta(days=1), time(), ZoneInfo(manifest["timezone"]))
    ends = last_midnight.astimezone(UTC)
    return History(
        system=manifest["system"],
        reference=reference,
        tickets=(_ticket(record, events.pop(ref), ends) for ref, record in tickets.items()),
        ticket_count=len(tickets),
        after_tickets={
            "time_entries": reader.records("time_entries"),
            "satisfaction": reader.records("satisfaction", _answer_is_whole),
            "desk_source": [coverage],
        },
        rejects=reader.rejects,
        lines_read=sum(reader.accepted.values()) + len(reader.rejects.lines),
        accepted=reader.accepted,
    )


def _manifest(folder: Path) -> Record:
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ImportFileError(f"{folder} has no manifest.json; see docs/import-format.md") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ImportFileError(f"{path} is not JSON ({error}); see docs/import-format.md") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ImportFileError(f'{path} does not say "format": "{FORMAT}"; see docs/import-format.md')
    missing = [name for name in ("system", "timezone", "covers_from", "covers_to") if not manifest.get(name)]
    if missing:
        raise ImportFileError(f"{path} lacks {', '.join(missing)}; see docs/import-format.md")
    try:
        covers = {name: day(manifest[name]) for name in ("covers_from", "covers_to")}
        zone(manifest["timezone"])
    except InvalidValueError as error:
        raise ImportFileError(f"{path}: {error}") from None
    return {**manifest, **covers}


class _Reader:
    """Reads the files in order, remembering which references exist."""

    def __init__(self, folder: Path) -> None:
        self.rejects = Rejects()
        self.accepted: dict[str, int] = {}
        self._folder = folder
        self._refs: dict[str, set[str]] = {}
        self._line_of: dict[str, dict[str, Line]] = defaultdict(dict)

    def records(self, name: str, rule: Rule | None = None) -> list[Mapping[str, Any]]:
        return list(self.walk(name, rule))

    def walk(self, name: str, rule: Rule | None = None) -> Iterator[Record]:
        spec = FILES[name]
        refs = self._refs.setdefault(name, set())
        keys: set[tuple[str, ...]] = set()
        self.accepted[name] = 0
        path = self._path(name)
        if path is None:
            return
        for line in read_lines(path, list(spec.columns), self.rejects):
            try:
                record = self._check(spec, line, keys)
                if rule is not None:
                    rule(record)
            except InvalidValueError as error:
                self.rejects.add(path.name, line.number, str(error), line.text)
                continue
            if "ref" in record:
                refs.add(record["ref"])
            if name == "tickets":
                self._line_of[name][record["ref"]] = line
            self.accepted[name] += 1
            yield record

    def refuse_without_events(self, tickets: dict[str, Any], events: Mapping[str, Any]) -> None:
        for ref in [ref for ref in tickets if ref not in events]:
            line = self._line_of["tickets"][ref]
            self.rejects.add("tickets", line.number, "ref: no event of this ticket could be read", line.text)
            del tickets[ref]
            self._refs["tickets"].discard(ref)
            self.accepted["tickets"] -= 1

    def _path(self, name: str) -> Path | None:
        candidates = [self._folder / f"{name}.csv", self._folder / f"{name}.csv.gz"]
        found = [path for path in candidates if path.exists()]
        if len(found) > 1:
            raise ImportFileError(f"{found[0]} stands beside {found[1].name}; keep one of them")
        return found[0] if found else None

    def _check(self, spec: FileSpec, line: Line, keys: set[tuple[str, ...]]) -> Record:
        record: Record = {}
        for name, parse in spec.columns.items():
            value = line.fields[name]
            if not value:
                if name in spec.required:
                    raise InvalidValueError(f"{name}: missing")
                record[name] = None
                continue
            try:
                record[name] = parse(value)
            except InvalidValueError as error:
                raise InvalidValueError(f"{name}: {error}") from None
        for name, kind in spec.references.items():
            if record[name] is not None and record[name] not in self._refs[kind]:
                raise InvalidValueError(f"{name}: {record[name]!r} is not in {kind}")
        key = tuple(line.fields[name] for name in spec.keyed_by)
        if key in keys:
            raise InvalidValueError(f"{', '.join(spec.keyed_by)}: stands on an earlier line")
        keys.add(key)
        return record


def _written_with(events: Mapping[str, list[Record]]) -> Rule:
    """Hands each text to the event it was written with."""

    def hand_over(message: Record) -> None:
        event = next((e for e in events[message["ticket_ref"]] if e["seq"] == message["seq"]), None)
        if event is None:
            raise InvalidValueError(f"seq: {message['ticket_ref']!r} has no event {message['seq']}")
        if event["kind"] not in WORDED:
            raise InvalidValueError(f"seq: the event is {event['kind']!r}; only {', '.join(WORDED)} carry a text")
        if "body" in event:
            raise InvalidValueError("ticket_ref, seq: stands on an earlier line")
        event["body"] = message["body"]

    return hand_over


def _answer_is_whole(record: Record) -> None:
    """An answer has a time and a score, and comes after the question."""
    if (record["answered_at"] is None) != (record["score"] is None):
        raise InvalidValueError("answered_at, score: one of them is missing")
    if record["answered_at"] is None and record["comment"] is not None:
        raise InvalidValueError("comment: there is no answer it could belong to")
    if record["answered_at"] is not None and record["answered_at"] < record["asked_at"]:
        raise InvalidValueError("answered_at: lies before asked_at")


def _ticket(record: Mapping[str, Any], events: list[Record], judged_until: datetime) -> TicketRecord:
    events.sort(key=lambda event: (event["occurred_at"], event["seq"]))
    return TicketRecord(**record, events=tuple(_states(events)), judged_until=judged_until)


def _states(events: list[Record]) -> Iterator[EventRecord]:
    """Turn what each event changed into the state after it."""
    state: Record = dict.fromkeys(STATUS_VALUES)
    for event in events:
        state.update(dict.fromkeys(event["cleared"] or ()))
        state.update({name: event[name] for name in STATUS_VALUES if event[name] is not None})
        yield EventRecord(
            source_key=event["source_key"] or str(event["seq"]),
            occurred_at=event["occurred_at"],
            kind=event["kind"],
            actor_kind=event["actor_kind"],
            actor_ref=event["actor_ref"],
            is_public=event["public"],
            body=event.get("body"),
            **state,
        )
