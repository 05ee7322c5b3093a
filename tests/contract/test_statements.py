"""How many SQL statements an operation takes: recorded, so that one more is a decision and not an accident."""

import json
import os
from pathlib import Path

import pytest

from tests.contract.conftest import World
from tests.contract.described import Operation
from tests.statements import statements_seen

pytestmark = [pytest.mark.anyio, pytest.mark.untraced]
RECORDED = Path(__file__).with_name("statements.json")


async def statements_of(world: World, operation: Operation) -> int:
    """The statements of one request of an administrator who is asked for anew, the question who they are included."""
    values = world.values(world.a, world.a.admin)
    world.api.kernel.parties.forget()
    with statements_seen() as seen:
        await world.ask_as_meant(world.a, world.a.admin, operation, values)
    return len(seen)


async def test_operations_take_as_many_statements_as_recorded(world: World) -> None:
    found = {str(operation): await statements_of(world, operation) for operation in world.operations}
    written = json.dumps(dict(sorted(found.items())), indent=1) + "\n"
    if os.environ.get("PSA_RECORD_STATEMENTS"):
        RECORDED.write_text(written, encoding="utf-8")
    known = json.loads(RECORDED.read_text(encoding="utf-8"))
    differing = [
        f"{name}: {known.get(name, 'not recorded')} recorded, {found.get(name, 'gone')} now"
        for name in sorted(known.keys() | found.keys())
        if known.get(name) != found.get(name)
    ]
    assert not differing, "\n".join(
        ["if this is meant, record it: PSA_RECORD_STATEMENTS=1 pytest tests/contract/test_statements.py", *differing]
    )
