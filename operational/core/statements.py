"""Statements that are asked all day long: turned into SQL once, prepared by the server, run by the driver itself.

SQLAlchemy builds and looks up a statement anew each time it runs, which costs more than running a small one does. What
is said here once keeps its text; values come by name. Everything else goes on as it was.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import ARRAY, BindParameter, Column, ColumnElement, Executable, Table, Uuid, bindparam, func, insert
from sqlalchemy.dialects.postgresql.psycopg import PGDialectAsync_psycopg
from sqlalchemy.engine import IteratorResult, Result, Row
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.types import TypeEngine

# as many shapes of a statement are kept
SHAPES = 512
_TENANT = "tenant_id"
_DIALECT = PGDialectAsync_psycopg()  # type: ignore[no-untyped-call]


def as_dict(row: Row[Any]) -> dict[str, Any]:
    """A row's values by column, in a dictionary of one's own."""
    # several times faster than the row's mapping, which looks each name up
    return dict(zip(row._fields, row, strict=True))


class Statement:
    """The text of a statement, the types its values have, and whether it writes.

    Its parameters are those of `given` and `among`, and TENANT, which a unit of work fills in itself.
    """

    def __init__(self, statement: Executable) -> None:
        compiled = statement.compile(  # type: ignore[attr-defined]
            dialect=_DIALECT, compile_kwargs={"render_postcompile": True}
        )
        self.text: str = str(compiled)
        self.writes: bool = bool(getattr(statement, "is_dml", False))
        names = {name: bound for bound, name in compiled.bind_names.items()}
        self._conversions = _conversions(names)
        asked = {name for name, bound in names.items() if not bound.unique}
        self._constants = {name: value for name, value in compiled.params.items() if name not in asked}
        self.parameters = frozenset(asked - {_TENANT})
        self._metadata: SimpleResultMetaData | None = None

    def values(self, tenant_id: UUID, given: Mapping[str, Any]) -> dict[str, Any]:
        """All values by the names the text has for them; raises KeyError unless exactly its parameters are given."""
        if given.keys() != self.parameters:
            raise KeyError(f"{sorted(self.parameters ^ given.keys())} of {self.text}")
        values = {**self._constants, **given, _TENANT: tenant_id}
        for name, convert in self._conversions.items():
            values[name] = convert(values[name])
        return values

    def result(self, cursor: psycopg.AsyncCursor[Any], rows: Sequence[Any]) -> Result[Any]:
        """Rows as SQLAlchemy's own statements give them."""
        if self._metadata is None:
            self._metadata = SimpleResultMetaData([column.name for column in cursor.description or ()])
        return IteratorResult(self._metadata, iter(rows))


def _conversions(names: Mapping[str, BindParameter[Any]]) -> dict[str, Callable[[Any], Any]]:
    found = {name: bound.type.dialect_impl(_DIALECT).bind_processor(_DIALECT) for name, bound in names.items()}
    return {name: convert for name, convert in found.items() if convert is not None}


def given(name: str, of: TypeEngine[Any] | type[TypeEngine[Any]]) -> BindParameter[Any]:
    """A parameter of a statement."""
    # a statement is compiled before it has values
    return bindparam(name, type_=of, required=False)


# a unit of work fills it with its own tenant
TENANT = given(_TENANT, Uuid)


def among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether a column is one of the values of the list parameter `name`, however many there are."""
    return column == func.any(given(name, ARRAY(column.type)))


def like(column: ColumnElement[Any], pattern: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a text is like a pattern that `contains` or `begins` made."""
    return column.like(pattern, escape="/")


def contains(text: str) -> str:
    """The pattern of texts that have this one in them."""
    return f"%{begins(text)}"


def begins(text: str) -> str:
    """The pattern of texts that begin with this one."""
    return "".join(f"/{letter}" if letter in "/%_" else letter for letter in text) + "%"


@lru_cache(SHAPES)
def insertion(table: Table, columns: tuple[str, ...], returning: tuple[Column[Any], ...] = ()) -> Statement:
    """The statement that inserts a row of these columns beside `tenant_id`."""
    names = (_TENANT, *columns)
    query = insert(table).values({name: given(name, table.c[name].type) for name in names})
    return Statement(query.returning(*returning) if returning else query)
