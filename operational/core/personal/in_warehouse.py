"""What the warehouse keeps of a person: earlier states of their rows, and the figures made from them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from operational.core.personal.export import Part
from operational.core.personal.person import CONTACT, USER, Ids
from operational.core.warehouse import Snapshot

# columns of the serving layer that name a person, with the kinds of id in them
_NAMING = {
    "contact_id": (CONTACT,), "user_id": (USER,), "assignee_id": (USER,), "actor_id": (USER, CONTACT),
}  # fmt: skip
_VIEWS = """
select c.table_name, array_agg(c.column_name::text order by c.column_name) as columns
from information_schema.columns c
where c.table_schema = 'serving' and c.column_name = any(%(names)s)
group by c.table_name order by c.table_name
"""
# earlier states are the owner's alone; this function shows those of the caller's tenant and of rows it can name
_HISTORY = """
select table_name, batch, state from extract.earlier_states(%(tables)s::text[], %(rows)s::uuid[])
order by table_name, batch
"""
NOT_THERE = "this installation reads no warehouse"


async def held_in_warehouse(snapshot: Snapshot, ids: Ids, parts: Sequence[Part]) -> dict[str, Any]:
    """Rows of `serving` by view, and the states of the person's rows that extractions have seen, by table."""
    views = await snapshot.rows(_VIEWS, {"names": list(_NAMING)})
    serving = {view["table_name"]: await _rows_of(snapshot, view, ids) for view in views}
    states: dict[str, list[Mapping[str, Any]]] = {}
    tables = [str(part.declared.table) for part in parts]
    rows = sorted({row_id for part in parts for row_id in part.ids})
    for row in await snapshot.rows(_HISTORY, {"tables": tables, "rows": rows}):
        states.setdefault(row["table_name"], []).append({"batch": row["batch"], **row["state"]})
    return {"available": True, "serving": {name: found for name, found in serving.items() if found}, "history": states}


async def _rows_of(snapshot: Snapshot, view: Mapping[str, Any], ids: Ids) -> list[dict[str, Any]]:
    conditions = " or ".join(f'"{column}" = any(%({column})s)' for column in view["columns"])
    wanted = {column: _of_kinds(ids, _NAMING[column]) for column in view["columns"]}
    return await snapshot.rows(f'select * from "{view["table_name"]}" where {conditions}', wanted)  # noqa: S608


def _of_kinds(ids: Ids, kinds: Iterable[str]) -> list[UUID]:
    return [one for kind in kinds for one in sorted(ids.get(kind, ()))]
