"""Keyset pages: an opaque cursor that knows its sort order and its filters."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel
from sqlalchemy import ColumnElement, Integer, Select, Uuid, and_, or_

from operational.core.errors import Problem, bad_request
from operational.core.statements import given

Item = TypeVar("Item", bound=BaseModel)
Limit = Annotated[int, Query(ge=1, le=200, description="Rows a page")]
# for lists a person scrolls through at will; rows added meanwhile move what lies behind them
Offset = Annotated[int, Query(ge=0, le=1_000_000, description="Rows to leave out, instead of a cursor")]
Cursor = Annotated[str | None, Query(max_length=1000, description="`next_cursor` of the page before")]


class Page(BaseModel, Generic[Item]):
    """One page of a list; `next_cursor` is null on the last one."""

    items: list[Item]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of a list: its key column, the column that breaks ties, and their directions."""

    key: ColumnElement[Any]
    tie: ColumnElement[Any]
    kind: type[datetime] | type[str]
    key_descends: bool = False
    tie_descends: bool = False


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page: the sort's name and order, the filters in force, size, and cursor or offset."""

    name: str
    sort: Sort
    filters: Mapping[str, Any]
    limit: int
    cursor: str | None
    offset: int = 0


class PlaceShape(NamedTuple):
    """What of a page's place makes its statement: whether it begins after a row, and whether it leaves rows out."""

    is_after: bool
    is_offset: bool


class Place(NamedTuple):
    """Where a page begins: a shape and the parameters `on_page` has for it."""

    shape: PlaceShape
    values: dict[str, Any]


def placed(request: PageRequest) -> Place:
    """Where the page begins; raises 400 on a bad cursor."""
    values: dict[str, Any] = {"page_rows": request.limit + 1}
    if request.cursor is not None:
        if request.offset:
            raise bad_request("invalid_parameter", "send a cursor or an offset, not both")
        values["page_key"], values["page_tie"] = _decode(request)
    if request.offset:
        values["page_offset"] = request.offset
    return Place(PlaceShape(request.cursor is not None, bool(request.offset)), values)


def on_page(query: Select[Any], sort: Sort, shape: PlaceShape) -> Select[Any]:
    """`query` in an order, after a place, with one row more than a page; the place's values are parameters."""
    if shape.is_after:
        key, tie = given("page_key", sort.key.type), given("page_tie", Uuid)
        key_after, key_from = (
            (sort.key < key, sort.key <= key) if sort.key_descends else (sort.key > key, sort.key >= key)
        )
        tie_after = sort.tie < tie if sort.tie_descends else sort.tie > tie
        # the first condition alone lets an index find the start
        query = query.where(and_(key_from, or_(key_after, tie_after)))
    query = query.order_by(
        sort.key.desc() if sort.key_descends else sort.key.asc(),
        sort.tie.desc() if sort.tie_descends else sort.tie.asc(),
    ).limit(given("page_rows", Integer))
    return query.offset(given("page_offset", Integer)) if shape.is_offset else query


def paged(query: Select[Any], request: PageRequest) -> Select[Any]:
    """`query` on the request's page; raises 400 on a bad cursor."""
    place = placed(request)
    return on_page(query, request.sort, place.shape).params(place.values)


def page_of(
    rows: Sequence[Any], request: PageRequest, key: Callable[[Any], tuple[Any, UUID]]
) -> tuple[list[Any], str | None]:
    """The page's rows and the cursor of the next one; `key` gives a row's sort key and tie breaker."""
    shown = list(rows[: request.limit])
    return shown, _encode(request, *key(shown[-1])) if len(rows) > request.limit else None


def _scope(request: PageRequest) -> str:
    # a cursor of one list is meaningless in another
    return hashlib.sha256(
        json.dumps([request.name, request.filters], sort_keys=True, default=str).encode()
    ).hexdigest()[:16]


def _encode(request: PageRequest, key: Any, tie: UUID) -> str:
    value = key.isoformat() if isinstance(key, datetime) else key
    # letters as they are: escaped, a long name would make a cursor longer than is taken back
    body = json.dumps([_scope(request), value, str(tie)], ensure_ascii=False)
    return base64.urlsafe_b64encode(f"{_checksum(body)}{body}".encode()).decode().rstrip("=")


def _decode(request: PageRequest) -> tuple[Any, UUID]:
    cursor = request.cursor or ""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        checksum, body = text[:8], text[8:]
        if checksum != _checksum(body):
            raise ValueError("checksum")
        scope, value, tie = json.loads(body)
        key = datetime.fromisoformat(value) if request.sort.kind is datetime else str(value)
        result = key, UUID(tie)
    except (ValueError, TypeError, binascii.Error):
        raise _bad() from None
    if scope != _scope(request):
        raise bad_request("cursor_mismatch", "the cursor belongs to another sort or filter; start from the first page")
    return result


def _checksum(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:8]


def _bad() -> Problem:
    return bad_request("bad_cursor", "this is not a cursor of ours; start from the first page")
