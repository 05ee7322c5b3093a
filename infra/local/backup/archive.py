"""The tar file inside a backup: written and read as a stream, every member with its digest."""

import hashlib
import io
import os
import tarfile
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from infra.errors import UserError
from infra.local.backup.manifest import NAME, SEAL, Manifest

CHUNK = 1 << 20
# a manifest grows with the number of files in a home
MANIFEST_BYTES = 200_000_000


class DamagedError(Exception):
    """The stream is not what was written; the text says where."""


@dataclass(frozen=True)
class Member:
    """A file on the disk and its name in the archive; one that `may_vanish` is left out when it does."""

    name: str
    path: Path
    may_vanish: bool = False


def tar_blocks(members: Iterable[Member], manifest: Callable[[dict[str, Any]], Manifest]) -> Iterator[bytes]:
    """The archive's bytes, piece by piece. `manifest` is asked last, with size and digest of every member.

    Raises UserError for a file that cannot be read or shrinks meanwhile.
    """
    written: dict[str, Any] = {}
    for member in members:
        try:
            file = member.path.open("rb")
        except FileNotFoundError:
            if not member.may_vanish:
                raise
            continue
        except OSError as error:
            raise UserError(f"cannot read {member.path} ({error.strerror}); there is no backup") from None
        with file:
            written[member.name] = yield from _blocks_of(member, file)
    content = manifest(written).to_json()
    for name, text in ((NAME, content), (SEAL, hashlib.sha256(content).hexdigest().encode())):
        yield _header(name, len(text))
        yield text
        yield _padding(len(text))
    yield bytes(2 * tarfile.BLOCKSIZE)


def _blocks_of(member: Member, file: IO[bytes]) -> Generator[bytes, None, dict[str, Any]]:
    """One file with its header; gives its size and digest in the end."""
    stat = os.fstat(file.fileno())
    digest, size = hashlib.sha256(), 0
    yield _header(member.name, stat.st_size, mode=stat.st_mode & 0o777, mtime=int(stat.st_mtime))
    # what is added to the file from now on belongs to the next backup
    while chunk := file.read(min(CHUNK, stat.st_size - size)):
        digest.update(chunk)
        size += len(chunk)
        yield chunk
    if size < stat.st_size:
        raise UserError(f"{member.path} became shorter while it was read; run the backup again")
    yield _padding(size)
    return {"size": size, "sha256": digest.hexdigest()}


def unpack(stream: IO[bytes], into: Path | None) -> Manifest:
    """Read an archive to its end, into the folder `into` where one is given, and hold it against its manifest.

    Raises DamagedError when anything is not what was written, UserError when there is no room or the format is strange.
    """
    found: dict[str, Any] = {}
    last: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for info in archive:
                data = archive.extractfile(info) if info.isreg() else None
                if data is None or info.name in found:
                    raise DamagedError(f"{info.name} does not belong in it")
                if info.name in (NAME, SEAL):
                    if info.size > MANIFEST_BYTES:
                        raise DamagedError(f"{info.name} is too long")
                    last[info.name] = data.read()
                else:
                    found[info.name] = _take(data, info, into)
        # what is encrypted is only proven to its end once it is read to its end
        while stream.read(CHUNK):
            pass
    except tarfile.TarError as error:
        raise DamagedError(str(error)) from None
    return _checked(found, last)


def _take(data: IO[bytes], info: tarfile.TarInfo, into: Path | None) -> dict[str, Any]:
    target = None if into is None else into / _inside(info.name)
    digest, size = hashlib.sha256(), 0
    with _writing(target, info) as out:
        while chunk := data.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            out.write(chunk)
    return {"size": size, "sha256": digest.hexdigest()}


def _writing(target: Path | None, info: tarfile.TarInfo) -> IO[bytes]:
    if target is None:
        return open(os.devnull, "wb")
    for folder in reversed(target.parents):
        if not folder.exists():
            folder.mkdir(mode=0o700)
    return open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, info.mode & 0o777), "wb")


def _inside(name: str) -> PurePosixPath:
    """The name as a path that stays in its folder; raises DamagedError for any other."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise DamagedError(f"{name!r} would leave the folder")
    return path


def _checked(found: dict[str, Any], last: dict[str, bytes]) -> Manifest:
    if set(last) != {NAME, SEAL}:
        raise DamagedError("its end is missing")
    if hashlib.sha256(last[NAME]).hexdigest().encode() != last[SEAL]:
        raise DamagedError(f"{NAME} is not what was written")
    try:
        manifest = Manifest.from_json(last[NAME])
    except ValueError as error:
        raise DamagedError(str(error)) from None
    for name in sorted(set(found) | set(manifest.members)):
        if found.get(name) != manifest.members.get(name):
            raise DamagedError(f"{name} is not what was written")
    return manifest


def _header(name: str, size: int, *, mode: int = 0o600, mtime: int = 0) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, mode, mtime
    return info.tobuf(tarfile.PAX_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % tarfile.BLOCKSIZE)


class Pulled(io.RawIOBase):
    """Pieces of bytes as a file that can be read."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._left = memoryview(b"")

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` as far as one piece goes; 0 at the end."""
        while not self._left:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._left = memoryview(block)
        size = min(len(buffer), len(self._left))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size
