"""Services as processes for tests: one process per group, which is told before each test which database it works on.

The processes are forked from one that has imported everything: six starts in the time of one. Runs as
`python tests/shape_node.py '[[["auth"], 4001], ...]' CLOCK`.
"""

import base64
import json
import mmap
import os
import pickle
import signal
import struct
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from operational.app import create_app
from operational.core.requests import configure_logging
from operational.services import chosen

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SharedClock:
    """An instant in a file that all processes of a shape look at."""

    def __init__(self, file: Path) -> None:
        with file.open("r+b") as handle:
            self._memory = mmap.mmap(handle.fileno(), 8)

    def __call__(self) -> datetime:
        return EPOCH + timedelta(microseconds=struct.unpack("q", self._memory[:8])[0])

    def set(self, now: datetime) -> None:
        """Let it be this moment for everybody."""
        self._memory[:8] = struct.pack("q", (now - EPOCH) // timedelta(microseconds=1))


class Switchboard:
    """Answers as the app of the services it is told to be.

    What it believes of people is forgotten before each request, unless a test asks for how long it is believed: a
    change made at one process is looked for at another without waiting.
    """

    def __init__(self, services: list[str], clock: SharedClock) -> None:
        self._modules = chosen(services)
        self._clock = clock
        self._app: FastAPI | None = None
        self._believes = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["path"] == "/__test__/use":
            await self._use(receive)
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})
        elif self._app is not None:
            if not self._believes:
                self._app.state.kernel.parties.forget()
            await self._app(scope, receive, send)

    async def _use(self, receive: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        if self._app is not None:
            await self._app.state.kernel.close()
        settings, self._believes = pickle.loads(base64.b64decode(body)) if body else (None, False)
        self._app = None if settings is None else create_app(settings, self._modules, clock=self._clock)

    async def _lifespan(self, receive: Any, send: Any) -> None:
        for kind in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{kind}.complete"})


def main() -> None:
    groups: list[tuple[list[str], int]] = json.loads(sys.argv[1])
    clock = SharedClock(Path(sys.argv[2]))
    configure_logging("INFO")
    children = []
    for services, port in groups:
        child = os.fork()
        if child == 0:
            config = uvicorn.Config(
                Switchboard(services, clock), host="127.0.0.1", port=port, log_level="error", access_log=False,
                forwarded_allow_ips=["127.0.0.1"], timeout_graceful_shutdown=1,
            )  # fmt: skip
            uvicorn.Server(config).run()
            return
        children.append(child)

    def end(*_: object) -> None:
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)

    signal.signal(signal.SIGTERM, end)
    for child in children:
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
