"""What a person may do; pure."""

from collections.abc import Iterable, Mapping


def permissions_of(
    roles: Iterable[str],
    defaults: Mapping[str, frozenset[str]],
    exceptions: Iterable[tuple[str, str, bool]],
) -> frozenset[str]:
    """The permissions of all `roles` together.

    `defaults` gives each permission's roles; `exceptions` are a tenant's own (role, permission, granted). A role's
    exception counts for that role alone: another role may still hold what this one lost.
    """
    own = {(role, permission): granted for role, permission, granted in exceptions}
    held = set()
    for role in roles:
        held |= {name for name, holders in defaults.items() if own.get((role, name), role in holders)}
    return frozenset(held)
