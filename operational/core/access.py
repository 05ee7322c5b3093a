"""What somebody may do: permissions, how far each reaches, and which role it comes from; pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

# how far a permission reaches, each farther than the one before: what is one's own, the team's, everything
OWN, TEAM, ALL = "own", "team", "all"
SCOPES = (OWN, TEAM, ALL)
# a tenant's exception that takes a permission from a role
NONE = "none"


@dataclass(frozen=True, slots=True)
class Permission:
    """What a service lets roles do.

    `roles` gives the scope by role as shipped, `scopes` those it can have, `needs_all_customers` that nobody who is
    confined to some customers can hold it, because it shows figures of all of them together.
    """

    roles: Mapping[str, str]
    scopes: tuple[str, ...] = (ALL,)
    needs_all_customers: bool = False


def grant(
    everything: Collection[str], *, team: Collection[str] = (), own: Collection[str] = (), scoped: bool = False,
    needs_all_customers: bool = False,
) -> Permission:  # fmt: skip
    """A permission by the roles that hold it for everything, for their team's and for their own."""
    roles = {**dict.fromkeys(everything, ALL), **dict.fromkeys(team, TEAM), **dict.fromkeys(own, OWN)}
    return Permission(roles, SCOPES if scoped else (ALL,), needs_all_customers)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a permission comes from: a role, and whether as shipped or as the tenant has set it."""

    role: str
    scope: str
    is_shipped: bool


def scope_in_role(role: str, permission: str, declared: Permission, exceptions: Mapping[str, str]) -> Source | None:
    """What a role gives of a permission; None where it gives nothing.

    `exceptions` are the tenant's own, scope or NONE by permission.
    """
    shipped = declared.roles.get(role, NONE)
    scope = exceptions.get(permission, shipped)
    return None if scope == NONE else Source(role, scope, permission not in exceptions)


def sources(
    roles: Mapping[str, Mapping[str, str]], permissions: Mapping[str, Permission]
) -> dict[str, tuple[Source, ...]]:
    """For every permission held where it comes from, the widest first; `roles` maps each role to its exceptions."""
    found: dict[str, tuple[Source, ...]] = {}
    for name, declared in permissions.items():
        given = [scope_in_role(role, name, declared, exceptions) for role, exceptions in roles.items()]
        held = [source for source in given if source is not None]
        if held:
            found[name] = tuple(sorted(held, key=lambda source: (-SCOPES.index(source.scope), source.role)))
    return found


def scopes(
    roles: Mapping[str, Mapping[str, str]], permissions: Mapping[str, Permission], *, is_confined: bool
) -> dict[str, str]:
    """The widest scope of every permission held; `is_confined` to some customers loses what needs all of them."""
    return {
        name: held[0].scope
        for name, held in sources(roles, permissions).items()
        if not (is_confined and permissions[name].needs_all_customers)
    }


def covers(held: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    """Whether somebody who holds these scopes holds those, each at least as wide."""
    return all(name in held and SCOPES.index(held[name]) >= SCOPES.index(scope) for name, scope in wanted.items())


def narrowed(held: Mapping[str, str], to: Iterable[str]) -> dict[str, str]:
    """The scopes of the permissions named in `to`, and no others."""
    return {name: held[name] for name in to if name in held}


@dataclass(frozen=True, slots=True)
class Reach:
    """Which customers somebody may have to do with: `only` these where it is not None, and `never` those."""

    only: frozenset[UUID] | None = None
    never: frozenset[UUID] = field(default_factory=frozenset)

    @property
    def is_confined(self) -> bool:
        """Whether some customers are out of reach."""
        return self.only is not None or bool(self.never)


EVERYWHERE = Reach()
