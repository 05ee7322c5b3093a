"""People who write through the API and try again until they are told that it is done."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count, cycle
from typing import Any
from uuid import uuid4

import httpx

CHANGES = 4
TIMEOUT_SECONDS = 10
PAUSE_SECONDS = 0.2


@dataclass
class Ledger:
    """What was acknowledged: by ticket its version and subject; and what should not have happened."""

    tickets: dict[str, tuple[int, str]] = field(default_factory=dict)
    writes: int = 0
    attempts: int = 0
    faults: list[str] = field(default_factory=list)


class Writer:
    """Opens tickets and changes each a few times, `pause` seconds apart; nobody else touches them."""

    def __init__(self, urls: Sequence[str], key: str, customer: str, ledger: Ledger, pause: float = 0.0) -> None:
        self._urls = cycle(urls)
        self._headers = {"Authorization": f"Bearer {key}"}
        self._customer = customer
        self._ledger = ledger
        self._pause = pause

    async def run(self, stop: asyncio.Event) -> None:
        """Write until told to stop; a ticket that was begun is finished."""
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS) as client:
            for _ in count():
                if stop.is_set():
                    return
                await self.write_ticket(client)

    async def write_ticket(self, client: httpx.AsyncClient) -> str:
        """One ticket with all its changes; returns its id."""
        body = {"customer_id": self._customer, "subject": f"{uuid4().hex} 0"}
        answer = await self._until_told(client, "POST", "/api/tickets", body, {"Idempotency-Key": uuid4().hex})
        if answer.status_code != 201:
            return self._fault(answer, "opening a ticket")
        ticket_id, version = answer.json()["id"], answer.json()["version"]
        self._note(ticket_id, version, body["subject"])
        for step in range(1, CHANGES + 1):
            subject = f"{body['subject'][:-2]} {step}"
            if not await self._change(client, ticket_id, version, subject):
                break
            version += 1
            self._note(ticket_id, version, subject)
        return str(ticket_id)

    async def _change(self, client: httpx.AsyncClient, ticket_id: str, version: int, subject: str) -> bool:
        path = f"/api/tickets/{ticket_id}"
        answer = await self._until_told(client, "PATCH", path, {"subject": subject}, {"If-Match": f'"{version}"'})
        if answer.status_code == 412:
            # an attempt whose answer was lost has done it, or somebody else has been here
            found = (await self._until_told(client, "GET", path, None, {})).json()
            if (found["version"], found["subject"]) == (version + 1, subject):
                return True
        if answer.status_code != 200:
            self._fault(answer, f"changing version {version}")
        return answer.status_code == 200

    async def _until_told(
        self, client: httpx.AsyncClient, method: str, path: str, body: Any, headers: dict[str, str]
    ) -> httpx.Response:
        await asyncio.sleep(self._pause)
        while True:
            self._ledger.attempts += 1
            try:
                answer = await client.request(
                    method, next(self._urls) + path, json=body, headers={**self._headers, **headers}
                )
            except httpx.TransportError:
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            is_running = answer.status_code == 409 and answer.json()["code"] == "request_in_progress"
            if answer.status_code < 500 and not is_running:
                return answer
            await asyncio.sleep(PAUSE_SECONDS)

    def _note(self, ticket_id: str, version: int, subject: str) -> None:
        self._ledger.tickets[ticket_id] = (version, subject)
        self._ledger.writes += 1

    def _fault(self, answer: httpx.Response, doing: str) -> str:
        self._ledger.faults.append(f"{doing}: {answer.status_code} {answer.text[:300]}")
        return ""
