"""What ends with the erasure of a contact."""

from operational.core.db import UnitOfWork
from operational.core.outbox import announce
from operational.core.personal.person import CONTACT, Person
from operational.crm import repository
from operational.crm.events import ContactSaved
from operational.crm.models import contact, outbox


async def close(work: UnitOfWork, person: Person) -> None:
    """Tell open pages and other services of the change."""
    for contact_id in sorted(person.ids[CONTACT]):
        row = await repository.find(work, contact, contact_id)
        if row is not None:
            # the version goes up with the others' when all is done
            await announce(
                work, outbox, contact_id, row.version + 1, ContactSaved(contact_id, ("email", "name", "phone"))
            )
