"""Secrets that must be read again: encrypted with a key that lies beside the signing keys, not in the database."""

import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

_FILE = "vault.key"


class VaultError(RuntimeError):
    """A secret cannot be read with the keys of this installation; the message says what to do."""


def seal(folder: Path, secret: str) -> str:
    """The secret, encrypted; makes the key at first use."""
    return _fernet(folder).encrypt(secret.encode()).decode()


def unseal(folder: Path, sealed: str) -> str:
    """The secret; raises VaultError when it was sealed with another installation's key."""
    try:
        return _fernet(folder).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise VaultError(f"a secret was sealed with another key than {_FILE}; restore the keys of the backup") from None


def _fernet(folder: Path) -> MultiFernet:
    path = folder / _FILE
    if not path.exists():
        _make(path)
    # one key a line, the newest first
    return MultiFernet([Fernet(line) for line in path.read_bytes().split()])


def _make(path: Path) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(Fernet.generate_key() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        # the first of several processes wins
        os.link(part, path)
    except FileExistsError:
        pass
    finally:
        part.unlink()
