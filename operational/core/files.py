"""Files for browsers: with their type, an ETag, and smaller where the browser takes it."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
# what the machine's own table says of these differs from machine to machine
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
COMPRESSIBLE = {".css", ".html", ".js", ".json", ".map", ".svg", ".txt", ".webmanifest"}
WORTH_COMPRESSING = 1024


@dataclass(frozen=True)
class Content:
    """A file's bytes as they are sent, and their tag."""

    body: bytes
    etag: str


def read(path: Path, *, compressed: bool) -> Content:
    """The file as it is now, kept in memory until it changes; raises OSError when it cannot be read."""
    stat = path.stat()
    return _read(path, stat.st_mtime_ns, stat.st_size, compressed)


@lru_cache(maxsize=256)
def _read(path: Path, _changed: int, _size: int, compressed: bool) -> Content:
    body = path.read_bytes()
    if compressed:
        # without a time the same file gives the same bytes
        body = gzip.compress(body, mtime=0)
    return Content(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')


def respond(request: Request, path: Path, cache_control: str) -> Response:
    """The file, or 304 when the browser has it; reads it, so call it in a thread. Raises OSError."""
    can_be_smaller = path.suffix in COMPRESSIBLE and path.stat().st_size >= WORTH_COMPRESSING
    compressed = can_be_smaller and _takes_gzip(request)
    content = read(path, compressed=compressed)
    headers = {"ETag": content.etag, "Cache-Control": cache_control}
    if can_be_smaller:
        headers["Vary"] = "Accept-Encoding"
    if _has(request, content.etag):
        return Response(status_code=304, headers=headers)
    if compressed:
        headers["Content-Encoding"] = "gzip"
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Response(content.body, headers=headers | {"Content-Type": kind})


def wants_page(request: Request) -> bool:
    """Whether somebody opens an address, rather than a page fetching a part of itself."""
    return "text/html" in request.headers.get("accept", "").lower()


def _takes_gzip(request: Request) -> bool:
    for offer in request.headers.get("accept-encoding", "").lower().split(","):
        coding, _, quality = offer.replace(" ", "").partition(";q=")
        if coding == "gzip":
            return quality.strip("0.") != "" if quality else True
    return False


def _has(request: Request, etag: str) -> bool:
    tags = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    return etag in tags or "*" in tags
