"""The public keys access tokens are checked with: from a folder of this machine, or asked of the auth service."""

import base64
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import httpx
import structlog
from joserfc.jwk import KeySet

from operational.core.errors import Problem

JWKS_FILE = "jwks.json"
# a key that is taken away is believed no longer than this; a new one is asked for when it is first met
BELIEVED_SECONDS = 60.0
# unknown keys of made-up tokens must not become a flood of questions
LEAST_SECONDS = 1.0
log = structlog.get_logger("psa.keys")


class TokenKeys(Protocol):
    """Where keys come from."""

    def keys(self) -> KeySet:
        """The keys that are known; raises OSError where their file is missing, 503 where auth has never answered."""

    async def prepare(self, token: str) -> None:
        """Make sure that the token's key is known, if it is one of ours."""


class FolderKeys:
    """Keys in a file, which is read anew when it has changed."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / JWKS_FILE
        self._loaded: tuple[int, KeySet] | None = None

    def keys(self) -> KeySet:
        """The public keys."""
        changed_at = self._file.stat().st_mtime_ns
        if self._loaded is None or self._loaded[0] != changed_at:
            self._loaded = changed_at, KeySet.import_key_set(json.loads(self._file.read_text(encoding="utf-8")))
        return self._loaded[1]

    async def prepare(self, _token: str) -> None:
        """Nothing: `keys` looks by itself."""


class RemoteKeys:
    """Keys asked of the auth service at `url`; `ticks` gives seconds that only go forward."""

    def __init__(self, url: str, ticks: Callable[[], float] = time.monotonic) -> None:
        self._url = f"{url}/api/auth/jwks"
        self._ticks = ticks
        self._asked_at = float("-inf")
        self._keys: KeySet | None = None

    def keys(self) -> KeySet:
        """The keys as the auth service last had them."""
        if self._keys is None:
            raise Problem(503, "service_unavailable", "the service auth does not answer; try again",
                          headers={"Retry-After": "5"})  # fmt: skip
        return self._keys

    async def prepare(self, token: str) -> None:
        """Ask where the keys are old, or the token's is not among them."""
        age = self._ticks() - self._asked_at
        if age > BELIEVED_SECONDS or (age > LEAST_SECONDS and not self._knows(token)):
            await self._ask()

    def _knows(self, token: str) -> bool:
        kid = _kid_of(token)
        return self._keys is not None and any(key.kid == kid for key in self._keys.keys)

    async def _ask(self) -> None:
        self._asked_at = self._ticks()
        try:
            async with httpx.AsyncClient(timeout=5) as client:
                answer = (await client.get(self._url)).raise_for_status()
            self._keys = KeySet.import_key_set(answer.json())
        except (httpx.HTTPError, ValueError) as error:
            # those that are known go on
            log.warning("keys_not_read", error=f"{type(error).__name__}: {error}")
            if self._keys is None:
                self._asked_at = float("-inf")


def _kid_of(token: str) -> str | None:
    """The key a token names, unchecked."""
    head = token.partition(".")[0]
    try:
        kid = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4))).get("kid")
    except (ValueError, AttributeError):
        return None
    return kid if isinstance(kid, str) else None
