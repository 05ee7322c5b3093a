"""The keys access tokens are signed with: private ones in files only this process's user can read."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import ECKey

from operational.core.security import ALGORITHM
from operational.core.token_keys import JWKS_FILE


def ensure_keys(folder: Path) -> None:
    """Make the first key where there is none; safe when several processes start at once."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(folder):
        if not (folder / JWKS_FILE).exists():
            _add_key(folder)


def rotate(folder: Path) -> str:
    """Make a new signing key; tokens of the older ones stay valid. Returns its id."""
    with _alone(folder):
        return _add_key(folder)


def _add_key(folder: Path) -> str:
    key = ECKey.generate_key("P-256", private=True, auto_kid=True)
    kid = str(key.kid)
    number = len(_private(folder)) + 1
    _write(folder / f"signing-{number:04}-{kid}.json", json.dumps(key.as_dict(private=True)), 0o600)
    published = [ECKey.import_key(json.loads(path.read_text(encoding="utf-8"))) for path in _private(folder)]
    keys = [{**public.as_dict(private=False), "alg": ALGORITHM, "use": "sig"} for public in published]
    _write(folder / JWKS_FILE, json.dumps({"keys": keys}), 0o644)
    return kid


def sign(folder: Path, claims: dict[str, object]) -> str:
    """A token signed with the newest key."""
    path = _private(folder)[-1]
    key = ECKey.import_key(json.loads(path.read_text(encoding="utf-8")))
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, claims, key, algorithms=[ALGORITHM])


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _private(folder: Path) -> list[Path]:
    return sorted(folder.glob("signing-*.json"))


def _write(path: Path, content: str, mode: int) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(content)
    temporary.replace(path)
