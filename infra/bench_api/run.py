"""The API beside a bare handler of the same SQL, in one run, on one scratch database."""

import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from uuid import UUID, uuid4

import psycopg

from infra.bench import scratch
from infra.bench_api import bare
from infra.bench_api.load import Call, ask, per_second
from infra.local.home import Home
from infra.local.ports import answers, free_port
from infra.local.processes import BIN
from infra.servers.server import Server

EMAIL, PASSWORD = "bench@nordlicht-systemhaus.example", "umbrella ladder quartz"
# as every request is counted, and none is refused
LIMIT = "100000000/minute"
# of the bare handler's requests per second
AIM = 0.5
REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True)
class Figure:
    """Requests per second of one operation, medians over the rounds."""

    name: str
    ours: float
    bare: float
    ratios: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios."""
        return median(self.ratios)


@dataclass(frozen=True)
class _World:
    tenant: UUID
    person: UUID
    customer: UUID
    ticket: UUID


def measure_api(
    home: Home, *, rounds: int, seconds: float, report: Callable[[str], None], history: Path | None = None
) -> list[Figure]:
    """Measure list, get and create, `rounds` times `seconds` each and by turns; the home's server must run.

    The desk has a history in the import format, or that of a small demo firm.

    Raises RuntimeError when the two answer differently, or one refuses.
    """
    with scratch(home) as name, tempfile.TemporaryDirectory(prefix="psa-bench-") as folder, ExitStack() as servers:
        world = _fill(home, name, history or _small_history(Path(folder)))
        place = Path(folder)
        ours, other = (
            servers.enter_context(side).port
            for side in (
                _Api(place, "api", _our_command(), _our_environment(home, name, place)),
                _Api(place, "bare", _bare_command(), _bare_environment(home, name, world)),
            )
        )
        login = ("Authorization: Bearer " + _log_in(ours),)
        _compare(ours, other, login, world)
        return [
            _measure(operation, make, status, (ours, other), login, rounds, seconds, report)
            for operation, (make, status) in _operations(world).items()
        ]


def _operations(world: _World) -> dict[str, tuple[Callable[[tuple[str, ...]], Call], int]]:
    body = json.dumps({
        "customer_id": str(world.customer), "subject": "The printer prints nothing", "priority": "p3",
        "description": "Since this morning. It says that it has paper.",
    }).encode()  # fmt: skip

    def create(headers: tuple[str, ...]) -> Call:
        more = ("content-type: application/json", f"idempotency-key: {uuid4().hex}")
        return Call("POST", "/api/tickets", (*headers, *more), body)

    return {
        "list of 50": (lambda headers: Call("GET", "/api/tickets", headers), 200),
        "get": (lambda headers: Call("GET", f"/api/tickets/{world.ticket}", headers), 200),
        "create": (create, 201),
    }


def _measure(
    name: str, make: Callable[[tuple[str, ...]], Call], status: int, ports: tuple[int, int], login: tuple[str, ...],
    rounds: int, seconds: float, report: Callable[[str], None],
) -> Figure:  # fmt: skip
    found: list[tuple[float, float]] = []
    for turn in range(rounds + 1):
        mine = per_second(ports[0], lambda: make(login), status, seconds)
        theirs = per_second(ports[1], lambda: make(()), status, seconds)
        # the first round warms up
        if turn:
            found.append((mine, theirs))
            report(f"  {name:<12} round {turn}: {mine:7.0f} of {theirs:7.0f} requests/s, {mine / theirs:.2f}")
    return Figure(
        name, median(f[0] for f in found), median(f[1] for f in found), tuple(mine / theirs for mine, theirs in found)
    )


def _compare(ours: int, other: int, login: tuple[str, ...], world: _World) -> None:
    for operation, (make, status) in _operations(world).items():
        same(operation, status, ask(ours, make(login)), ask(other, make(())))


def same(operation: str, status: int, ours: tuple[int, bytes], other: tuple[int, bytes]) -> None:
    """Raise RuntimeError unless both were answered alike; of what is written, ids, numbers and times differ."""
    if (ours[0], other[0]) != (status, status):
        raise RuntimeError(f"{operation} was answered with {ours[0]} and {other[0]}: {ours[1]!r} {other[1]!r}")
    first, second = json.loads(ours[1]), json.loads(other[1])
    for document in (first, second):
        # the bare one has no further pages
        for name in ("next_cursor", *(("id", "number", "opened_at") if status == 201 else ())):
            document.pop(name, None)
    if first != second:
        raise RuntimeError(f"{operation} is answered differently:\n{first}\n{second}")


def _small_history(folder: Path) -> Path:
    from operational.demo import generate

    generate(folder / "demo", customers=15, years=1, until=datetime.now(UTC).date() - timedelta(days=1))
    return folder / "demo"


def _fill(home: Home, name: str, history: Path) -> _World:
    """The history's desk, and somebody who may see and do everything with tickets."""
    from operational.auth.service.logins import create_login
    from operational.auth.service.tenants import create_tenant
    from operational.imports.load import load_history
    from operational.imports.native import read_native
    from operational.services import SERVICES

    loaders = {kind: loader for service in SERVICES for kind, loader in service.loaders.items()}
    with psycopg.connect(home.url("owner", name)) as owner:
        tenant = create_tenant(owner, slug="bench", name="bench", timezone="Europe/Berlin", locale="de")
        person = create_login(owner, tenant, EMAIL, PASSWORD, name="bench", roles=("technician",))
    with psycopg.connect(home.url("app", name), autocommit=True) as app:
        load_history(app, tenant, read_native(history), loaders)
    with psycopg.connect(home.url("superuser", name), autocommit=True) as superuser:
        superuser.execute("vacuum analyze")
        row = superuser.execute(
            """select t.customer_id, t.id from tickets.ticket t join tickets.sla_clock c on c.ticket_id = t.id
               where t.contact_id is not null and t.assignee_id is not null order by t.opened_at desc limit 1"""
        ).fetchone()
    assert row is not None
    return _World(tenant, person, *row)


def _our_command() -> list[str]:
    return [str(BIN / "psa"), "serve"]


def _our_environment(home: Home, name: str, folder: Path) -> dict[str, str]:
    urls = {role: home.url(role, name) for role in ("app", "login", "relay", "scheduler")}
    return {
        **{f"PSA_{'DATABASE' if role == 'app' else role.upper()}_URL": url for role, url in urls.items()},
        **dict.fromkeys(("PSA_LIMIT_ADDRESS", "PSA_LIMIT_ENTRY", "PSA_LIMIT_PARTY"), LIMIT),
        "PSA_KEYS_DIR": str(folder / "keys"),
    }


def _bare_command() -> list[str]:
    return [sys.executable, "-m", "uvicorn", "--factory", "infra.bench_api.bare:create", "--no-access-log"]


def _bare_environment(home: Home, name: str, world: _World) -> dict[str, str]:
    # the owner of the tables passes row security
    return {
        bare.URL: home.url("owner", name), bare.TENANT: str(world.tenant), bare.PERSON: str(world.person),
    }  # fmt: skip


class _Api(Server):
    """One side, in a process of its own on a free port."""

    def __init__(self, folder: Path, name: str, command: list[str], environment: Mapping[str, str]) -> None:
        super().__init__(folder)
        self.name = name
        self.port = free_port()
        self._command = [*command, "--port", str(self.port)]
        # the code of this checkout
        self._environment = {**environment, "PYTHONPATH": str(REPOSITORY)}

    @classmethod
    def found(cls) -> str:
        """It comes with us."""
        return sys.executable

    def command(self) -> list[str]:
        """The command line, with the port."""
        return self._command

    def environment(self) -> Mapping[str, str]:
        """Its settings."""
        return self._environment

    def ready(self) -> bool:
        """Whether it listens."""
        return answers(self.port)


def _log_in(port: int) -> str:
    body = json.dumps({"email": EMAIL, "password": PASSWORD}).encode()
    status, answer = ask(port, Call("POST", "/api/auth/login", ("content-type: application/json",), body))
    if status != 200:
        raise RuntimeError(f"the log-in was answered with {status}: {answer.decode()}")
    return str(json.loads(answer)["access_token"])
