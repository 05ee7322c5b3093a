"""What events look like: a schema per topic, and which changes of one would break who listens."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import TypeAdapter

from operational.core.bus import Envelope
from operational.core.outbox import Event

Schema = Mapping[str, Any]
Payload = TypeVar("Payload")
# what tells a reader something and a program nothing
_WORDS = frozenset({"title", "description"})


# a class is hashable, which mypy does not know of every type
_adapters: dict[Any, TypeAdapter[Any]] = {}


def _adapter(event: type[Any]) -> TypeAdapter[Any]:
    if event not in _adapters:
        _adapters[event] = TypeAdapter(event)
    return _adapters[event]


def read(envelope: Envelope, event: type[Payload]) -> Payload:
    """The event an envelope carries; raises ValueError (pydantic's) for a payload of another form."""
    found: Payload = _adapter(event).validate_python(dict(envelope.payload))
    return found


def schemas(events: Iterable[type[Event]]) -> dict[str, Schema]:
    """Aggregate and JSON schema (draft 2020-12) of each event, by topic; raises ValueError for a topic said twice."""
    found: dict[str, Schema] = {}
    for event in events:
        if event.TOPIC in found:
            raise ValueError(f"two events have the topic {event.TOPIC}")
        found[event.TOPIC] = {"aggregate": event.AGGREGATE, "payload": _adapter(event).json_schema()}
    return dict(sorted(found.items()))


def broken(before: Mapping[str, Schema], after: Mapping[str, Schema]) -> list[str]:
    """What of a change breaks consumers of the events as they were, or readers of events already written; a line each.

    A consumer reads the fields it knows: they stay, with their types. Events on their way lack the fields that are
    new: these need a default. Anything else is another event, with the next version in its topic.
    """
    found: list[str] = []
    for topic, old in before.items():
        new = after.get(topic)
        if new is None:
            found.append(f"{topic} is gone; leave it until nobody listens to it and no outbox holds it")
            continue
        if old["aggregate"] != new["aggregate"]:
            found.append(f"{topic} is about another kind of record")
        found.extend(f"{topic}: {fault}; make it {_next(topic)}" for fault in _faults(old["payload"], new["payload"]))
    return found


def _faults(old: Schema, new: Schema) -> Iterable[str]:
    was, now = old.get("properties", {}), new.get("properties", {})
    for name, form in was.items():
        if name not in now:
            yield f"the field {name} is gone"
        elif _bare(_resolved(form, old)) != _bare(_resolved(now[name], new)):
            yield f"the field {name} is of another type"
    needed_before, needed = set(old.get("required", ())), set(new.get("required", ()))
    for name in sorted(needed - needed_before):
        yield f"the field {name} is new and has no default" if name not in was else f"the field {name} is needed now"
    for name in sorted((needed_before & now.keys()) - needed):
        yield f"the field {name} may be missing now"


def _resolved(form: Any, schema: Schema) -> Any:
    """The form with its definitions in the place of references."""
    if isinstance(form, Mapping):
        if "$ref" in form:
            return _resolved(schema["$defs"][form["$ref"].rpartition("/")[2]], schema)
        return {key: _resolved(value, schema) for key, value in form.items()}
    return [_resolved(item, schema) for item in form] if isinstance(form, list) else form


def _bare(form: Any) -> Any:
    if isinstance(form, Mapping):
        return {key: _bare(value) for key, value in form.items() if key not in _WORDS}
    return [_bare(item) for item in form] if isinstance(form, list) else form


def _next(topic: str) -> str:
    name, _, version = topic.rpartition(".v")
    return f"{name}.v{int(version) + 1}"
