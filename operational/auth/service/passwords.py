"""Passwords: argon2id, computed off the event loop."""

from functools import cache

from anyio import to_thread
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

LEAST_LENGTH = 12
_hasher = PasswordHash((Argon2Hasher(),))


def hash_password(password: str) -> str:
    """The argon2id hash; raises ValueError for a password that is too short."""
    if len(password) < LEAST_LENGTH:
        raise ValueError(f"the password needs at least {LEAST_LENGTH} characters")
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
