"""What every answer tells browsers to refuse, unless the answer itself says otherwise."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        f"{feature}=()"
        for feature in (
            "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "geolocation",
            "gyroscope", "hid", "magnetometer", "microphone", "midi", "payment", "screen-wake-lock", "serial", "usb",
            "xr-spatial-tracking",
        )
    ),
    # an answer of the API is no page; pages bring a policy of their own
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    # answers are for one person at one moment; files bring a rule of their own
    "Cache-Control": "no-store",
}  # fmt: skip

_LINES = [(name.lower().encode(), value.encode()) for name, value in SECURITY.items()]


class SecurityHeadersMiddleware:
    """Adds the headers an answer does not bring itself; passes the body on as it comes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(line for line in _LINES if line[0] not in own)]
            await send(message)

        await self._app(scope, receive, send_with_headers)
