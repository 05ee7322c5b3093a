"""Dumps of a home's databases by PostgreSQL's own tools, each of one snapshot, and the way back."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import Connection, IsolationLevel, sql

from infra.errors import UserError
from infra.local.home import Home
from infra.local.postgres import Postgres
from pipelines.warehouse.as_of import SCHEMAS

# how long to wait for an extraction to end, and for a table that is being changed
EXTRACTION_WAIT = "15min"
TABLE_WAIT_MS = 60_000
# dbt builds these from the rest, and drops and renames their tables while people read
BUILT = rf"^({'|'.join(SCHEMAS)})(_as_of_[0-9]+)?$"


@dataclass(frozen=True)
class Moment:
    """An open snapshot of one database; the dump and the counts see the same rows."""

    database: str
    connection: Connection
    snapshot: str


@contextmanager
def one_moment(home: Home, *, warehouse: bool) -> Iterator[dict[str, Moment]]:
    """Snapshots of `psa` and, where wanted, `warehouse`, by name, between which no batch of the extraction lies.

    The warehouse's comes first: raw then holds nothing that `psa` has not. As no batch ends in between, each batch that
    `psa` names (in a pack's register) is in the warehouse. Raises UserError when an extraction does not end.
    """
    with ExitStack() as stack:
        moments = {}
        if warehouse:
            with psycopg.connect(home.url("superuser", "warehouse")) as holder:
                _keep_extraction_out(holder)
                for name in ("warehouse", "psa"):
                    moments[name] = stack.enter_context(_moment(home, name))
        else:
            moments["psa"] = stack.enter_context(_moment(home, "psa"))
        yield moments


def _keep_extraction_out(holder: Connection) -> None:
    holder.execute(sql.SQL("set local lock_timeout = {}").format(EXTRACTION_WAIT))
    try:
        # the extraction's own lock; it ends with this transaction, after a moment
        holder.execute("select pg_advisory_xact_lock(hashtext('psa.extract'))")
    except psycopg.errors.LockNotAvailable:
        raise UserError(
            "an extraction has been running for 15 minutes; wait for it, or back up --without-warehouse"
        ) from None


@contextmanager
def _moment(home: Home, database: str) -> Iterator[Moment]:
    with psycopg.connect(home.url("superuser", database)) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        row = connection.execute("select pg_export_snapshot()").fetchone()
        assert row is not None
        yield Moment(database, connection, row[0])
        connection.rollback()


def dump(home: Home, moment: Moment, target: Path) -> None:
    """Dump the database as of the moment into `target`, in pg_dump's custom format, without what dbt builds.

    Raises UserError when pg_dump fails.
    """
    left_out = [f"--exclude-schema={schema}{more}" for schema in SCHEMAS for more in ("", "_as_of_*")]
    wait = f"--lock-wait-timeout={TABLE_WAIT_MS}"
    _tool(
        home, "pg_dump", moment.database, "--format=custom", f"--snapshot={moment.snapshot}", f"--file={target}", wait,
        *left_out,
    )  # fmt: skip


def load(home: Home, database: str, source: Path) -> None:
    """Fill an empty database from a dump, with owners, grants and policies; its roles must exist.

    Raises UserError when pg_restore fails.
    """
    jobs = min(4, os.cpu_count() or 1)
    words = ["--exit-on-error", f"--jobs={jobs}", f"--dbname={database}", str(source)]
    _tool(home, "pg_restore", database, *words)


def _tool(home: Home, program: str, database: str, *words: str) -> None:
    path = Postgres(home).binaries().folder / program
    if not path.exists():
        raise UserError(f"{path} is missing; install PostgreSQL's client programs of the same version")
    own = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    # a command line can be read by anybody
    where = {
        "PGHOST": "127.0.0.1", "PGPORT": str(home.known_port()), "PGUSER": "postgres", "PGDATABASE": database,
        "PGPASSWORD": home.password("postgres"), "LC_ALL": "C",
    }  # fmt: skip
    done = subprocess.run(
        [str(path), "--no-password", *words], env={**own, **where}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if "error" in line] or done.stderr.splitlines() or ["failed"]
        if "No space left on device" in done.stderr:
            raise UserError(f"{program} found no room left on the disk; free space and run the command again")
        raise UserError(f"{program} of {database}: {lines[0].removeprefix(f'{program}: error: ')}")


def count_rows(connection: Connection) -> dict[str, int]:
    """The number of rows of every table in the dump, by `schema.table`."""
    tables = connection.execute(
        """select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
           where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname !~ '^pg_|^information_schema$'
             and n.nspname !~ %s order by 1, 2""",
        (BUILT,),
    ).fetchall()
    counts = {}
    for schema, table in tables:
        row = connection.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(schema, table))).fetchone()
        assert row is not None
        counts[f"{schema}.{table}"] = row[0]
    return counts


def applied_revisions(connection: Connection) -> dict[str, list[str]]:
    """What of each service's migrations the database `psa` has, by schema."""
    schemas = connection.execute("select schemaname from pg_tables where tablename = 'alembic_version'").fetchall()
    return {
        schema: [
            row[0]
            for row in connection.execute(
                sql.SQL("select version_num from {} order by 1").format(sql.Identifier(schema, "alembic_version"))
            )
        ]
        for (schema,) in sorted(schemas)
    }


def next_transaction(connection: Connection) -> int:
    """A transaction id above all that the rows of the snapshot were written by."""
    row = connection.execute("select pg_snapshot_xmax(pg_current_snapshot())::text::bigint").fetchone()
    assert row is not None
    return int(row[0])


def last_batch(home: Home) -> int:
    """The newest batch of the warehouse, 0 before the first."""
    with psycopg.connect(home.url("superuser", "warehouse")) as connection:
        known = connection.execute("select to_regclass('extract.batch')").fetchone()
        if known is None or known[0] is None:
            return 0
        row = connection.execute("select coalesce(max(batch), 0) from extract.batch").fetchone()
    return int(row[0]) if row else 0
