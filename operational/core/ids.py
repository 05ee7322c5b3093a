"""Ids of records that come from another system: the same record always gets the same id."""

from functools import lru_cache
from uuid import UUID, uuid5


# an import asks for the same customers and people over and over
@lru_cache(maxsize=1 << 16)
def source_id(tenant_id: UUID, system: str, kind: str, ref: str) -> UUID:
    """The id of the record `ref` of a foreign `system`; deterministic, so that importing twice writes nothing."""
    return uuid5(tenant_id, f"{system}\x1f{kind}\x1f{ref}")


def source_id_or_none(tenant_id: UUID, system: str, kind: str, ref: str | None) -> UUID | None:
    """Like `source_id`; an unknown reference stays unknown."""
    return None if ref is None else source_id(tenant_id, system, kind, ref)
