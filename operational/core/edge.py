"""The door of the API, before anybody has said who they are: how large a request may be, and how many from where."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from operational.core.errors import Problem, response
from operational.core.limits import Limits

# what gets somebody in, or may mail somebody: limited more narrowly
ENTRY = (
    "/api/auth/login", "/api/auth/browser-session", "/api/auth/password-resets", "/api/auth/one-time-links",
    "/api/auth/second-factor", "/api/auth/passkey-login",
)  # fmt: skip
# asked often by whoever is in
_NOT_ENTRY = ("/api/auth/second-factors", "/api/auth/browser-session/refresh")


class EdgeMiddleware:
    """Refuses what is too large or too much with a problem; anything outside /api passes."""

    def __init__(self, app: ASGIApp, limits: Limits, largest_body: int) -> None:
        self._app = app
        self._limits = limits
        self._largest = largest_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        began = False

        async def noting(message: Message) -> None:
            nonlocal began
            began = began or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._count(scope)
            self._refuse_large(scope)
            await self._app(scope, self._counted(receive), noting)
        except Problem as problem:
            if began:
                raise
            request_id = scope.get("state", {}).get("request_id")
            await response(problem, request_id)(scope, receive, send)

    async def _count(self, scope: Scope) -> None:
        client = scope.get("client")
        address = client[0] if client else "unknown"
        await self._limits.count("address", address)
        path = scope["path"]
        if scope["method"] == "POST" and path.startswith(ENTRY) and not path.startswith(_NOT_ENTRY):
            await self._limits.count("entry", address)

    def _refuse_large(self, scope: Scope) -> None:
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if length.isdigit() and int(length) > self._largest:
            raise self._too_large()

    def _counted(self, receive: Receive) -> Receive:
        """Count what comes without a length, or with a false one."""
        received = 0

        async def counting() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._largest:
                # the framework takes any other exception for a body it cannot read
                raise HTTPException(413, self._too_large().detail)
            return message

        return counting

    def _too_large(self) -> Problem:
        megabytes = self._largest / 1_000_000
        return Problem(413, "payload_too_large", f"a request may have {megabytes:g} MB; send less at a time")
