"""Every permission of a person, and where it comes from, or why it is not held."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from operational.auth import repository_users
from operational.core.access import Permission, scope_in_role, sources
from operational.core.db import UnitOfWork
from operational.core.errors import not_found
from operational.core.parties import party_of, rights_of
from operational.core.principal import Principal


async def explain(work: UnitOfWork, permissions: Mapping[str, Permission], user_id: UUID) -> dict[str, Any]:
    """The permissions of a person one by one; raises 404 for nobody, or somebody no longer active.

    Each says its scope (None where it is not held), the roles it comes from, whether it is withheld because the person
    is confined to some customers, and the shipped roles that would give it.
    """
    user = await repository_users.find_user(work, user_id)
    rights = (await rights_of(work, user_id, None)).rights
    if user is None or rights is None:
        raise not_found("active user")
    party = party_of(Principal(work.tenant_id, user_id), rights, permissions)
    given = sources(rights["roles"], permissions)
    items = [
        {
            "name": name,
            "scope": party.scopes.get(name),
            "sources": given.get(name, ()),
            "is_withheld": name in given and name not in party.scopes,
            "given_by": sorted(role for role in declared.roles if scope_in_role(role, name, declared, {})),
        }
        for name, declared in sorted(permissions.items())
    ]
    return {
        "user_id": user_id,
        "name": user.name,
        "roles": sorted(rights["roles"]),
        "customers_only": None if party.customers.only is None else sorted(party.customers.only),
        "customers_never": sorted(party.customers.never),
        "items": items,
    }
