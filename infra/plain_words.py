"""What went wrong in the machine rather than in the program, said so that a person can put it right."""

import errno
import sqlite3
from collections.abc import Iterator

import psycopg

NO_ROOM = "there is no room left on the disk; free space and run the command again, nothing is half-written"
AWAY = "the database does not answer ({}); `psa doctor` looks for the reason"


def plain_words(error: BaseException) -> str | None:
    """One line for a full disk or a database that went away, whoever noticed it; None for everything else."""
    chain = list(_causes(error))
    if any(map(_is_full, chain)):
        return NO_ROOM
    for cause in chain:
        # without a state: no connection; 08 and 57: it broke, or the server ended it
        if isinstance(cause, psycopg.OperationalError) and (cause.sqlstate or "08")[:2] in ("08", "57"):
            return AWAY.format(_first_line(cause))
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        # SQLAlchemy keeps the driver's own error in `orig`
        error = getattr(error, "orig", None) or error.__cause__ or error.__context__


def _is_full(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    if isinstance(error, sqlite3.OperationalError):
        return "full" in str(error)
    return isinstance(error, psycopg.errors.DiskFull) or "No space left on device" in str(error)


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
