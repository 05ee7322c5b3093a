"""Around every request: an id, a log line, and an answer to what nobody foresaw."""

import logging
import re
import sys
import time
from uuid import uuid4

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from operational.core.errors import Problem, response
from operational.core.metrics import OPEN_REQUESTS, REQUESTS
from operational.core.origin import Origin, coming_from
from operational.core.tracing import note_status, request_span

_ACCEPTABLE = re.compile(r"[A-Za-z0-9_-]{8,64}")
log = structlog.get_logger("psa.request")


def configure_logging(level: str) -> None:
    """JSON lines on stderr, with what is bound to the request."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


class RequestMiddleware:
    """Gives each request an id, logs its end, answers an unforeseen exception with a 500 that tells nothing."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
        request_id = given if _ACCEPTABLE.fullmatch(given) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        status = 0
        started = time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        client = scope.get("client")
        try:
            with (
                coming_from(Origin(client[0] if client else None, request_id)),
                request_span(scope["method"], scope["path"], _headers(scope)) as current,
                OPEN_REQUESTS.track_inprogress(),
            ):
                await self._app(scope, receive, send_with_id)
                note_status(current, status)
        except Exception:
            log.exception("unhandled", path=scope["path"])
            if status:
                raise
            problem = Problem(500, "internal_error", "something went wrong here; tell us the request id")
            await response(problem, request_id)(scope, receive, send_with_id)
        finally:
            took = time.perf_counter() - started
            # an address as it was asked would make a series of every id
            route = getattr(scope.get("route"), "path", "none")
            REQUESTS.labels(scope["method"], route, status).observe(took)
            log.info("request", method=scope["method"], path=scope["path"], status=status, ms=round(took * 1000, 1))


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
