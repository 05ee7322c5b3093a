"""What stands against the erasure of a person with an account, and what ends with it."""

from datetime import timedelta

from operational.auth import repository_users
from operational.auth.events import UserSaved
from operational.auth.models import outbox
from operational.auth.repository import SERVICE, STAFF
from operational.core.db import UnitOfWork
from operational.core.outbox import announce
from operational.core.personal.person import USER, Person
from operational.core.roles import ADMIN


async def refuse(work: UnitOfWork, person: Person) -> str | None:
    """The code of what stands against it: somebody who works here still, the last administrator, no person at all."""
    for user_id in sorted(person.ids[USER]):
        row = await repository_users.find_user(work, user_id)
        if row is None:
            continue
        if row.kind == SERVICE:
            return "no_person"
        if ADMIN in row.roles:
            await repository_users.lock_role(work, ADMIN)
            if not await repository_users.other_holders(work, ADMIN, user_id):
                return "last_administrator"
        if row.kind == STAFF and row.is_active:
            return "still_active"
    return None


async def close(work: UnitOfWork, person: Person) -> None:
    """End the accounts of the person, and tell open pages of it; their log-ins are deleted by then."""
    for user_id in sorted(person.ids[USER]):
        row = await repository_users.find_user(work, user_id)
        if row is None:
            continue
        if row.is_active:
            await repository_users.change_user(work, user_id, {"active_to": work.now.date() - timedelta(days=1)})
        # the version goes up with the others' when all is done
        await announce(work, outbox, user_id, row.version + 1, UserSaved(user_id, ("email", "name")))
