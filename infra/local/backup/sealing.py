"""Encryption of a backup in the age format, as a stream: memory does not grow with the backup.

For recipients the file is an age file. The library encrypts with a passphrase only what fits into memory several times
over, so with one the file is a tar of two: `identity.age`, a key made for this backup and encrypted with the passphrase
(as `age -p` does it), and `backup.tar.age`, encrypted for that key. The age tool opens both kinds.
"""

import io
import os
import tarfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyrage

from infra.errors import UserError
from infra.local.backup.archive import CHUNK, DamagedError, Pulled

MAGIC = b"age-encryption.org/"
IDENTITY, SEALED = "identity.age", "backup.tar.age"
# an encrypted key is some hundred bytes
IDENTITY_BYTES = 10_000


@dataclass(frozen=True)
class Lock:
    """What a backup is encrypted with: recipients, a passphrase, or nothing."""

    recipients: tuple[pyrage.x25519.Recipient, ...] = ()
    passphrase: str | None = None

    @property
    def suffix(self) -> str:
        """How the file's name ends."""
        if self.passphrase is not None:
            return ".age.tar"
        return ".tar.age" if self.recipients else ".tar"


@dataclass(frozen=True)
class Key:
    """What opens a backup: identities, a passphrase, or nothing; `source` is the file they were read from."""

    identities: tuple[pyrage.x25519.Identity, ...] = ()
    passphrase: str | None = None
    source: Path | None = None


def lock_for(recipients: Sequence[str], passphrase_file: Path | None) -> Lock:
    """The lock somebody asked for; raises UserError for what is no recipient, an empty passphrase, or both at once."""
    if recipients and passphrase_file is not None:
        raise UserError("choose one: --recipient or --passphrase-file")
    if passphrase_file is not None:
        return Lock(passphrase=_passphrase(passphrase_file))
    return Lock(tuple(map(_recipient, recipients)))


def key_from(identity_file: Path | None, passphrase_file: Path | None) -> Key:
    """The key somebody gave; raises UserError for a file that holds none, or for both at once."""
    if identity_file is not None and passphrase_file is not None:
        raise UserError("choose one: --identity-file or --passphrase-file")
    if passphrase_file is not None:
        return Key(passphrase=_passphrase(passphrase_file), source=passphrase_file)
    if identity_file is None:
        return Key()
    lines = [line.strip() for line in _text(identity_file).splitlines()]
    try:
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except pyrage.IdentityError:
        found = []
    if not found:
        raise UserError(f"{identity_file} holds no age identity; give the file that `age-keygen -o FILE` wrote")
    return Key(tuple(found), source=identity_file)


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise UserError(
            f"{text} is no age recipient; one begins with age1, and `age-keygen -y FILE` prints that of an identity"
        ) from None


def _passphrase(file: Path) -> str:
    words = _text(file).splitlines()[:1]
    if not words or not words[0]:
        raise UserError(f"the first line of {file} is empty; write the passphrase there")
    return words[0]


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot read {file} ({getattr(error, 'strerror', None) or 'not text'})") from None


def seal(blocks: Iterator[bytes], out: IO[bytes], lock: Lock) -> None:
    """Write `blocks` to `out`, which can seek, encrypted when the lock says so; what they raise comes through."""
    if lock.passphrase is not None:
        identity = pyrage.x25519.Identity.generate()
        _write_both(blocks, out, pyrage.passphrase.encrypt(str(identity).encode(), lock.passphrase), identity)
    elif lock.recipients:
        _encrypt(blocks, out, lock.recipients)
    else:
        for block in blocks:
            out.write(block)


def _write_both(blocks: Iterator[bytes], out: IO[bytes], key: bytes, identity: pyrage.x25519.Identity) -> None:
    out.write(_header(IDENTITY, len(key)) + key + bytes(-len(key) % tarfile.BLOCKSIZE))
    place = out.tell()
    # the size is not known before the end
    out.write(_header(SEALED, 0))
    _encrypt(blocks, out, (identity.to_public(),))
    size = out.tell() - place - tarfile.BLOCKSIZE
    out.write(bytes(-size % tarfile.BLOCKSIZE) + bytes(2 * tarfile.BLOCKSIZE))
    out.seek(place)
    out.write(_header(SEALED, size))


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    # one block whatever the size, which PAX is not
    return info.tobuf(tarfile.GNU_FORMAT)


class _Kept:
    """A file whose own error is kept: the library hands on its words only."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.error: BaseException | None = None

    def read(self, size: int) -> bytes:
        return bytes(self._do(self._file.read, size))

    def write(self, data: bytes) -> int:
        return int(self._do(self._file.write, data))

    def flush(self) -> None:
        self._do(self._file.flush)

    def _do(self, call: Any, *arguments: Any) -> Any:
        try:
            return call(*arguments)
        except BaseException as error:
            self.error = error
            raise


def _encrypt(blocks: Iterator[bytes], out: IO[bytes], recipients: Sequence[pyrage.x25519.Recipient]) -> None:
    source, target = _Kept(io.BufferedReader(Pulled(blocks), CHUNK)), _Kept(out)
    try:
        pyrage.encrypt_io(source, target, recipients)
    except (pyrage.EncryptError, OSError):
        raise source.error or target.error or RuntimeError("the encryption failed") from None


@contextmanager
def opened(path: Path, key: Key) -> Iterator[IO[bytes]]:
    """The archive inside a backup, to be read to its end.

    Raises UserError when the file is missing, needs another key or none, DamagedError when it is damaged.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise UserError(f"cannot read {path} ({error.strerror}); give the path of a backup") from None
    with file:
        beginning = file.read(tarfile.BLOCKSIZE)
        file.seek(0)
        if beginning.startswith(IDENTITY.encode() + b"\0"):
            identity, sealed = _unlocked(path, file, key)
            with _decrypted(path, sealed, (identity,), key) as stream:
                yield stream
        elif beginning.startswith(MAGIC):
            if not key.identities:
                raise UserError(f"{path} is encrypted for a recipient; give the key with --identity-file")
            with _decrypted(path, file, key.identities, key) as stream:
                yield stream
        elif key.source is not None:
            raise UserError(f"{path} is not encrypted; leave {key.source} out, or look whether it is the right file")
        else:
            yield file


def _unlocked(path: Path, file: IO[bytes], key: Key) -> tuple[pyrage.x25519.Identity, IO[bytes]]:
    if key.passphrase is None:
        raise UserError(f"{path} is encrypted with a passphrase; give it with --passphrase-file")
    try:
        with tarfile.open(fileobj=file, mode="r:") as archive:
            members = {info.name: info for info in archive}
            if set(members) != {IDENTITY, SEALED} or members[IDENTITY].size > IDENTITY_BYTES:
                raise DamagedError("it is cut off or not whole")
            locked, sealed = archive.extractfile(members[IDENTITY]), archive.extractfile(members[SEALED])
        assert locked is not None
        assert sealed is not None
        identity = pyrage.passphrase.decrypt(locked.read(), key.passphrase)
        return pyrage.x25519.Identity.from_str(identity.decode()), sealed
    except tarfile.TarError as error:
        raise DamagedError(str(error)) from None
    except pyrage.DecryptError:
        raise UserError(f"the passphrase in {key.source} does not open {path}") from None


@contextmanager
def _decrypted(
    path: Path, source: IO[bytes], identities: Sequence[pyrage.x25519.Identity], key: Key
) -> Iterator[IO[bytes]]:
    """What `source` decrypts to, through a pipe: the library writes where the archive is to be read."""
    reading, writing = os.pipe()
    failure: list[Exception] = []

    def work() -> None:
        try:
            with open(writing, "wb", buffering=CHUNK) as out:
                pyrage.decrypt_io(source, out, identities)
        except (pyrage.DecryptError, OSError) as error:
            failure.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        # whoever reads no further makes the writer end
        with open(reading, "rb", buffering=CHUNK) as stream:
            yield stream
    finally:
        thread.join()
        _judge(path, key, failure)


def _judge(path: Path, key: Key, failure: list[Exception]) -> None:
    """Raise what the decryption says of the file; that matters more than what its reader made of the remains."""
    for error in failure:
        if isinstance(error, pyrage.DecryptError) and "matching" in str(error):
            raise UserError(f"the key in {key.source} does not open {path}; it was encrypted for another") from None
        if not isinstance(error, BrokenPipeError):
            raise DamagedError(f"it does not decrypt ({str(error).splitlines()[0]})") from None
