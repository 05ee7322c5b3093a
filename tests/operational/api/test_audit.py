"""A change through the API says where it came from, and the worker seals it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from pydantic_core import to_jsonable_python

from infra.commands import audit
from infra.errors import UserError
from operational.core.audit import audit_rows_of, erase_audit, record_change
from operational.core.principal import Principal
from operational.core.rights import PrivilegedRoleError
from operational.core.seal.anchors import Anchor, Anchors
from operational.core.settings import Settings
from operational.crm.models import audit as crm_audit
from operational.crm.module import module as crm
from operational.worker import Worker

pytestmark = pytest.mark.anyio
FROM = "select actor_id, address, request_id from crm.audit order by occurred_at"


async def change(api: Any) -> str:
    """Somebody makes a customer; returns the request's id."""
    caller = await api.caller("manager")
    made = await caller.post("/api/crm/customers", {"name": "Kern"})
    assert made.status_code == 201, made.text
    return str(made.headers["x-request-id"])


async def test_a_change_says_who_made_it_and_from_where(api: Any) -> None:
    request_id = await change(api)
    ((actor, address, request),) = api.query(FROM)
    assert actor is not None
    assert (address, request) == ("127.0.0.1", request_id)


async def test_what_the_system_does_comes_from_nowhere(api: Any) -> None:
    await change(api)
    async with api.kernel.database.transaction(Principal(api.house.tenant)) as work:
        await record_change(work, crm_audit, "customer", api.house.tenant, before=None, after={"name": "x"})
    assert api.query(FROM)[1:] == [(None, None, None)]


async def test_an_erasure_says_who_erased_and_from_where(api: Any) -> None:
    await change(api)
    customer = api.query("select entity_id from crm.audit")[0][0]
    person = Principal(api.house.tenant, user_id=customer)
    async with api.kernel.database.transaction(person) as work:
        rows = await audit_rows_of(work, crm_audit, [customer])
        assert await erase_audit(work, crm_audit, rows, reason="the customer's wish") == 1
        assert await audit_rows_of(work, crm_audit, [customer]) == []
    assert api.query("select actor_id, after from crm.audit where entity = 'erasure'") == [
        (customer, {"reason": "the customer's wish", "rows": to_jsonable_python(rows)})
    ]


@pytest.fixture
def sealing(api: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings that name the sealer's role and a folder of anchors, for the command line too."""
    settings: Settings = replace(
        api.kernel.settings,
        sealer_url=api.house.home.url("sealer", api.house.psa),
        audit_anchor_dir=tmp_path / "anchors",
    )
    (tmp_path / "anchors").mkdir()
    monkeypatch.setenv("PSA_SEALER_URL", str(settings.sealer_url))
    monkeypatch.setenv("PSA_AUDIT_ANCHOR_DIR", str(settings.audit_anchor_dir))
    return settings


async def test_the_worker_seals_it_and_verification_finds_what_is_changed_afterwards(
    api: Any, sealing: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    anchored, loop = asyncio.Event(), asyncio.get_running_loop()
    append = Anchors.append

    def tell(self: Anchors, anchors: Sequence[Anchor]) -> None:
        append(self, anchors)
        loop.call_soon_threadsafe(anchored.set)

    monkeypatch.setattr(Anchors, "append", tell)
    worker = Worker(sealing, clock=api.clock)
    running = asyncio.create_task(worker.run())
    await change(api)
    await asyncio.wait_for(anchored.wait(), 20)
    worker.stop.set()
    await asyncio.wait_for(running, 20)
    assert api.query("select service, position from core.audit_seal") == [("crm", 1)]
    capsys.readouterr()
    audit.verify()
    assert capsys.readouterr().out == (
        f"{api.house.tenant}: 1 rows sealed, 0 waiting, 0 erased, 1 anchors checked\n"
        "everything sealed is as it was sealed\n"
    )
    with psycopg.connect(api.house.superuser) as superuser:
        superuser.execute("set session_replication_role = replica")
        (row,) = superuser.execute("update crm.audit set address = '192.0.2.1' returning id").fetchone() or ()
    with pytest.raises(UserError, match=r"1 finding\(s\), see above"):
        audit.verify(tenant=str(api.house.tenant))
    found, account, _ = capsys.readouterr().out.split("\n")
    assert found.startswith(f"finding  {api.house.tenant}: crm row {row} (position 1, sealed 20")
    assert found.endswith(" was changed")
    assert account.startswith(f"{api.house.tenant}: 1 rows sealed")


async def test_the_worker_refuses_to_seal_with_a_role_that_passes_row_security(api: Any, sealing: Settings) -> None:
    worker = Worker(replace(sealing, sealer_url=api.house.superuser), [crm])
    with pytest.raises(PrivilegedRoleError, match="postgres passes row security"):
        await asyncio.wait_for(worker.run(), 20)


async def test_wrong_use_of_the_command(
    sealing: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    audit.verify()
    assert capsys.readouterr().out == "there is no audit row yet\n"
    with pytest.raises(UserError, match=r"cannot read the anchors in .*nowhere"):
        audit.verify(anchors=tmp_path / "nowhere")
    with pytest.raises(UserError, match="no tenant elsewhere; use its id"):
        audit.verify(tenant="elsewhere")
    with pytest.raises(UserError, match="say why with --reason"):
        audit.accept(reason=" ", tenant=str(UUID(int=1)))
    monkeypatch.delenv("PSA_SEALER_URL")
    with pytest.raises(UserError, match="set PSA_SEALER_URL and PSA_AUDIT_ANCHOR_DIR, or neither"):
        audit.verify()
    needed = {f"PSA_{name}_URL": "x" for name in ("DATABASE", "LOGIN", "RELAY", "SCHEDULER")}
    with pytest.raises(ValueError, match="set PSA_SEALER_URL and PSA_AUDIT_ANCHOR_DIR, or neither"):
        Settings.from_env({**needed, "PSA_KEYS_DIR": "x", "PSA_SEALER_URL": "x"})
