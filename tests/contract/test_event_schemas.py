"""Events keep their promises: the committed schemas are the code's, and a change that breaks a consumer is refused."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from operational import event_catalog
from operational.core.bus import Envelope
from operational.core.event_schemas import broken, read
from operational.services import SERVICES
from operational.tickets.events import TicketChanged


def test_the_committed_schemas_are_current_and_nothing_they_promised_is_broken() -> None:
    assert broken(event_catalog.committed(), event_catalog.catalog()) == []
    assert event_catalog.FILE.read_text(encoding="utf-8") == event_catalog.document(), (
        "run `python -m operational.event_catalog`"
    )


def test_every_event_of_a_service_is_in_its_record_and_listeners_listen_to_known_ones() -> None:
    for service in SERVICES:
        if not (Path(event_catalog.__file__).parent / service.name / "events.py").exists():
            assert service.events == ()
            continue
        told = vars(import_module(f"operational.{service.name}.events")).values()
        assert set(service.events) == {each for each in told if is_dataclass(each)}
        for event in service.events:
            assert event.TOPIC.startswith(f"{service.name}.")
    topics = event_catalog.catalog()
    for service in SERVICES:
        assert {subscription.topic for subscription in service.subscribers} <= set(topics)


def _changed(change: str) -> Mapping[str, Any]:
    after: dict[str, Any] = deepcopy(event_catalog.committed())
    payload = after["tickets.ticket_changed.v1"]["payload"]
    match change:
        case "gone":
            del payload["properties"]["status"]
            payload["required"].remove("status")
        case "type":
            payload["properties"]["is_reopening"] = {"type": "string"}
        case "needed":
            payload["properties"]["why"] = {"type": "string"}
            payload["required"].append("why")
        case "missing":
            payload["required"].remove("status")
        case "topic":
            del after["tickets.ticket_changed.v1"]
        case "aggregate":
            after["tickets.ticket_changed.v1"]["aggregate"] = "customer"
        case "optional":
            payload["properties"]["why"] = {"type": "string", "default": ""}
        case "words":
            payload["properties"]["status"]["description"] = "better words"
    return after


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("gone", "the field status is gone"),
        ("type", "the field is_reopening is of another type"),
        ("needed", "the field why is new and has no default"),
        ("missing", "the field status may be missing now"),
        ("topic", "tickets.ticket_changed.v1 is gone; leave it until nobody listens to it and no outbox holds it"),
        ("aggregate", "tickets.ticket_changed.v1 is about another kind of record"),
        ("optional", None),
        ("words", None),
    ],
)  # fmt: skip
def test_what_would_break_a_consumer_is_named(change: str, said: str | None) -> None:
    if said is not None and said.startswith("the field"):
        said = f"tickets.ticket_changed.v1: {said}; make it tickets.ticket_changed.v2"
    assert broken(event_catalog.committed(), _changed(change)) == ([] if said is None else [said])


def test_an_incompatible_change_is_not_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "events.json"
    monkeypatch.setattr(event_catalog, "FILE", file)
    assert event_catalog.main() == 0
    before = file.read_text(encoding="utf-8")
    monkeypatch.setattr(event_catalog, "catalog", lambda: _changed("gone"))
    assert event_catalog.main() == 1
    assert file.read_text(encoding="utf-8") == before
    assert "the field status is gone" in capsys.readouterr().err


def test_a_consumer_reads_an_event_with_fields_it_does_not_know() -> None:
    sent = {
        "ticket_id": str(uuid4()), "changed": ["status"], "status": "open", "status_category": None, "priority": None,
        "assignee_id": None, "is_reopening": False, "added_later": 1,
    }  # fmt: skip

    def envelope(payload: Mapping[str, Any]) -> Envelope:
        return Envelope(
            uuid4(), uuid4(), TicketChanged.TOPIC, "ticket", uuid4(), 1, datetime(2026, 1, 1, tzinfo=UTC), payload
        )

    event = read(envelope(sent), TicketChanged)
    assert isinstance(event, TicketChanged)
    assert (event.changed, event.status, len(fields(event))) == (("status",), "open", 7)
    with pytest.raises(ValueError, match="ticket_id"):
        read(envelope({**sent, "ticket_id": "none"}), TicketChanged)
