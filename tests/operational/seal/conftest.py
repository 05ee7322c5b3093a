"""A house with an audit log in two services, a sealer to run by hand, and a folder of anchors."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import Connection
from psycopg.types.json import Jsonb

from infra.local.home import Home
from operational.core.audit import erase_audit
from operational.core.db import Database
from operational.core.principal import Principal
from operational.core.seal.anchors import Anchors
from operational.core.seal.digest import audit_tables
from operational.core.seal.sealer import Sealer, Term
from operational.core.seal.verify import Account, verify
from operational.services import SERVICES
from tests.conftest import House, furnish

TABLES = audit_tables(SERVICES)
INSERT = """insert into {}.audit (tenant_id, entity, entity_id, occurred_at, before, after, address, request_id)
            values (%s, 'thing', gen_random_uuid(), now(), %s, %s, '192.0.2.7', 'request-1') returning id"""


@dataclass
class Log:
    """The audit log of a house."""

    house: House
    folder: Path
    batch: int = 1000
    numbers: list[int] = field(default_factory=list)

    @property
    def sealer_url(self) -> str:
        return str(self.house.home.url("sealer", self.house.psa))

    @property
    def anchors(self) -> Anchors:
        return Anchors(self.folder)

    @contextmanager
    def writing(self, tenant: UUID | None = None) -> Iterator[Connection]:
        """A transaction of the app for a tenant."""
        with psycopg.connect(self.house.app) as connection:
            connection.execute("select set_config('app.tenant_id', %s, false)", (str(tenant or self.house.tenant),))
            yield connection

    def add(self, connection: Connection, tenant: UUID | None = None, service: str = "crm") -> UUID:
        self.numbers.append(1)
        number = len(self.numbers)
        row = connection.execute(
            INSERT.format(service),
            (
                tenant or self.house.tenant,
                Jsonb({"n": number}) if number % 3 else None,
                Jsonb({"n": number + 1, "ä": "ß"}),
            ),
        ).fetchone()
        assert row is not None
        return UUID(str(row[0]))

    def write(self, rows: int = 1, tenant: UUID | None = None, service: str = "crm") -> list[UUID]:
        with self.writing(tenant) as connection:
            return [self.add(connection, tenant, service) for _ in range(rows)]

    def erase(self, rows: list[UUID], tenant: UUID | None = None, service: str = "crm") -> int:
        """As a use case of a service does."""

        async def run() -> int:
            database = Database(self.house.app, pool_size=1)
            try:
                async with database.transaction(Principal(tenant or self.house.tenant)) as work:
                    return await erase_audit(work, TABLES[service], rows, reason="asked for")
            finally:
                await database.close()

        return asyncio.run(run())

    @asynccontextmanager
    async def term(self, anchors: Anchors | None = None) -> AsyncIterator[Term | None]:
        database = Database(self.sealer_url, pool_size=1)
        try:
            async with Sealer(database, TABLES, anchors or self.anchors, batch=self.batch).leading() as term:
                yield term
        finally:
            await database.close()

    def seal(self, anchors: Anchors | None = None) -> int:
        """One term of a sealer, with one pass."""

        async def run() -> int:
            async with self.term(anchors) as term:
                assert term is not None
                return await term.seal_waiting()

        return asyncio.run(run())

    def verify(self, **options: Any) -> tuple[dict[UUID, Account], list[str]]:
        """The accounts by tenant, and what was found."""
        found: list[str] = []
        folder = options.pop("folder", self.folder)
        accounts = verify(self.sealer_url, TABLES, folder, lambda finding: found.append(finding.text), **options)
        return {account.tenant_id: account for account in accounts}, found

    def ours(self) -> Account:
        """The first tenant's account, where nothing is found."""
        accounts, found = self.verify()
        assert found == []
        return accounts[self.house.tenant]

    def force(self, *statements: str) -> None:
        """As somebody who may do everything: triggers and row security do not hold."""
        with psycopg.connect(self.house.superuser) as connection:
            connection.execute("set session_replication_role = replica")
            for statement in statements:
                connection.execute(statement)


@pytest.fixture(scope="module")
def sealed_house(cluster: Home) -> Iterator[House]:
    house = furnish(cluster)
    yield house
    house.drop()


@pytest.fixture
def log(sealed_house: House, tmp_path: Path) -> Log:
    """An empty log; a house takes long to make, so a module's tests empty one by force."""
    folder = tmp_path / "anchors"
    folder.mkdir()
    log = Log(sealed_house, folder)
    log.force("truncate core.audit_seal, crm.audit, tickets.audit")
    return log
