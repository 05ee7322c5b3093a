"""nginx's configuration, and nginx's own opinion of it."""

import base64
import hashlib
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from infra.errors import UserError
from infra.gateway.registry import prefixes
from infra.local.programs import find_program
from operational.core.headers import SECURITY
from operational.core.peers import HEADER

HERE = Path(__file__).parent
# what answers for itself that is of no service in particular: pages, their files, docs and health
DEFAULT = "gateway"


@dataclass(frozen=True)
class Door:
    """What the gateway's configuration depends on.

    `upstreams` are `host:port` by service. `folder` is where a process that is not root keeps its files; None: nginx's
    usual places. Rates are requests per second and address, bodies bytes.
    """

    upstreams: Mapping[str, Sequence[str]]
    listen: str = "80"
    certificate: str | None = None
    key: str | None = None
    folder: Path | None = None
    # whose the folder is, where nginx is started by root
    user: str | None = None
    rate: int = 100
    burst: int = 200
    largest_body: int = 2_000_000


def render(door: Door) -> str:
    """The configuration; raises UserError where a service with addresses of its own runs nowhere."""
    routes = prefixes()
    missing = sorted({*routes.values(), DEFAULT} - {name for name, where in door.upstreams.items() if where})
    if missing:
        raise UserError(f"nothing runs {', '.join(missing)}; name a container for it")
    if (door.certificate is None) != (door.key is None):
        raise UserError("a certificate needs its key, and a key its certificate")
    page = (HERE / "away.html").read_text(encoding="utf-8").replace("\n", "")
    style = page.partition("<style>")[2].partition("</style>")[0]
    policy = f"default-src 'none'; style-src 'sha256-{_digest(style)}'; frame-ancestors 'none'"
    template = Environment(
        loader=FileSystemLoader(HERE), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True,
    ).get_template("nginx.conf.j2")  # fmt: skip
    headers = {name: value for name, value in SECURITY.items() if name != "Content-Security-Policy"}
    used = sorted({*routes.values(), DEFAULT})
    return template.render(
        door=door, routes=routes, default=DEFAULT, upstreams={name: door.upstreams[name] for name in used},
        headers=headers, policy=SECURITY["Content-Security-Policy"], page=page, page_policy=policy,
        service_token=HEADER,
    )  # fmt: skip


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def nginx() -> str:
    """The program's path; raises UserError where it is not installed."""
    found = find_program("nginx")
    if found is None:
        raise UserError("nginx is not installed; run: sudo apt-get install nginx-light")
    return found


def check(text: str) -> None:
    """Let nginx read the configuration; raises UserError with what it says against it."""
    with tempfile.TemporaryDirectory(prefix="psa-gateway-") as folder:
        file = Path(folder) / "nginx.conf"
        file.write_text(text, encoding="utf-8")
        done = subprocess.run([nginx(), "-t", "-q", "-c", str(file)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise UserError(f"nginx does not take the configuration: {' '.join(done.stderr.split())}")
