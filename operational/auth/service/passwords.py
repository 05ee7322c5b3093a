"""Passwords: argon2id, computed off the event loop."""

from collections.abc import Collection
from functools import cache

from anyio import to_thread
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from operational.auth.domain.password_policy import SENTENCES, weakness_of

_hasher = PasswordHash((Argon2Hasher(),))


class WeakPasswordError(ValueError):
    """A password that is not good enough; `reason` is `too_short` or `easily_guessed`."""

    def __init__(self, reason: str) -> None:
        super().__init__(SENTENCES[reason])
        self.reason = reason


def hash_password(password: str, about: Collection[str] = ()) -> str:
    """The argon2id hash; raises WeakPasswordError.

    `about` are words somebody who knows the person would try.
    """
    reason = weakness_of(password, about)
    if reason is not None:
        raise WeakPasswordError(reason)
    return _hasher.hash(password)


async def verify(password: str, known_hash: str | None) -> tuple[bool, str | None]:
    """Whether the password fits, and a newer hash where the parameters have changed.

    Without a hash the same work is done and the answer is no: an unknown account must not answer faster.
    """
    fits, newer = await to_thread.run_sync(_hasher.verify_and_update, password, known_hash or _nobody())
    return fits and known_hash is not None, newer


@cache
def _nobody() -> str:
    return _hasher.hash("nobody's password")
