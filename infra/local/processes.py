"""What a home runs: each process with its command, environment, port and how to tell that it is well."""

import sys
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from infra.local.home import Home, write_private
from infra.local.ports import answers, free_port, is_free
from infra.local.postgres import Postgres

BIN = Path(sys.executable).parent
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Process:
    """One supervised process. `healthy` says whether it does its work, not merely whether it runs."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    port: int | None
    healthy: Callable[[], bool]
    stop_signal: str = "TERM"
    stop_seconds: int = 20
    # a page or address a person may want
    url: str | None = None


def assign_ports(home: Home) -> dict[str, int]:
    """Free ports for the processes that listen; a port stays with its process as long as nobody else took it."""
    known = home.settings().ports
    ports = {
        name: known[name] if name in known and is_free(known[name]) else free_port()
        for name in ("api", "dashboards", "dagster", "dagster-code")
    }
    home.remember(ports=ports)
    return ports


def processes(home: Home) -> list[Process]:
    """Everything `psa up` starts, in starting order; ports must have been assigned."""
    ports = home.settings().ports
    postgres = Postgres(home)
    operational = operational_environment(home)
    dashboards = ports.get("dashboards")
    dagster = dagster_environment(home)
    workspace = str(home.path / "dagster" / "workspace.yaml")
    code = str(ports.get("dagster-code", 0))
    web = str(ports.get("dagster", 0))
    return [
        Process("postgres", postgres.command(), {}, home.settings().port, postgres.answers, "INT", 60),
        Process(
            "api", [str(BIN / "psa"), "serve", "--port", str(ports.get("api", 0))], operational, ports.get("api"),
            _page(ports.get("api"), "/api/health"), url=f"http://{HOST}:{ports.get('api')}/",
        ),
        Process("worker", [str(BIN / "psa"), "worker"], operational, None, lambda: True),
        Process(
            "dashboards", [sys.executable, "-m", "dashboards.serve", "--port", str(dashboards or 0)],
            dashboards_environment(home), dashboards, _page(dashboards, "/_stcore/health"),
            url=f"http://{HOST}:{dashboards}/",
        ),
        Process(
            "dagster-code",
            [str(BIN / "dagster"), "code-server", "start", "-h", HOST, "-p", code, "-m", "pipelines.definitions"],
            dagster, ports.get("dagster-code"), lambda: answers(ports.get("dagster-code")),
        ),
        Process(
            "dagster", [str(BIN / "dagster-webserver"), "-h", HOST, "-p", web, "-w", workspace], dagster,
            ports.get("dagster"), _page(ports.get("dagster"), "/server_info"),
            url=f"http://{HOST}:{ports.get('dagster')}",
        ),
        Process(
            "dagster-daemon", [str(BIN / "dagster-daemon"), "run", "-w", workspace], dagster, None, lambda: True,
        ),
    ]  # fmt: skip


def operational_environment(home: Home) -> dict[str, str]:
    """What the API and the worker read."""
    internal = " ".join(home.settings().internal_hosts)
    return {
        "PSA_HOME": str(home.path),
        "PSA_DATABASE_URL": home.url("app", "psa"),
        "PSA_RELAY_URL": home.url("relay", "psa"),
        "PSA_LOGIN_URL": home.url("login", "psa"),
        "PSA_SCHEDULER_URL": home.url("scheduler", "psa"),
        "PSA_SEALER_URL": home.url("sealer", "psa"),
        "PSA_AUDIT_ANCHOR_DIR": str(home.audit),
        "PSA_ERASURES_FILE": str(home.erasures),
        "PSA_SERVING_URL": home.url("serving", "warehouse"),
        "PSA_KEYS_DIR": str(home.path / "keys"),
        # browsers do not tell ports apart: cookies of two homes need names of their own
        "PSA_ISSUER": f"psa-{home.digest}",
        "PSA_DASHBOARDS_URL": _address(home, "dashboards"),
        **({"PSA_INTERNAL_HOSTS": internal} if internal else {}),
        **mail_environment(home),
    }


def mail_environment(home: Home) -> dict[str, str]:
    """How mail leaves, and where its links lead: as the home remembers, else a folder of files and this machine."""
    kept = home.settings()
    return {
        "PSA_PUBLIC_URL": kept.public_url or _address(home, "api"),
        "PSA_MAIL_URL": kept.mail_url or (home.path / "mail").as_uri(),
        **({"PSA_MAIL_FROM": kept.mail_from} if kept.mail_from else {}),
    }


def dashboards_environment(home: Home) -> dict[str, str]:
    """What the dashboards read: the serving layer, who looks, and where the desk is."""
    return {
        "PSA_HOME": str(home.path),
        "PSA_SERVING_URL": home.url("serving", "warehouse"),
        "PSA_API_URL": _address(home, "api"),
        "PSA_PUBLIC_URL": home.settings().public_url or _address(home, "api"),
        "PSA_ISSUER": f"psa-{home.digest}",
    }


def dagster_environment(home: Home) -> dict[str, str]:
    """What Dagster's processes read."""
    from pipelines.settings import Settings

    settings = Settings(home.url("extractor", "psa"), home.url("warehouse_owner", "warehouse"))
    return {
        **settings.environment(),
        "PSA_HOME": str(home.path),
        "DAGSTER_HOME": str(home.path / "dagster"),
        "DAGSTER_DISABLE_TELEMETRY": "yes",
        "DO_NOT_TRACK": "1",
        "GX_ANALYTICS_ENABLED": "false",
    }


def write_dagster_files(home: Home) -> None:
    """Dagster's instance settings and the address of its code server."""
    folder = home.path / "dagster"
    folder.mkdir(exist_ok=True)
    instance = {
        "telemetry": {"enabled": False},
        "nux": {"enabled": False},
        "concurrency": {"runs": {"max_concurrent_runs": 1}},
    }
    workspace = {
        "load_from": [
            {
                "grpc_server": {
                    "host": HOST,
                    "port": home.settings().ports.get("dagster-code", 0),
                    "location_name": "pipelines",
                }
            }
        ]
    }
    write_private(folder / "dagster.yaml", yaml.safe_dump(instance))
    write_private(folder / "workspace.yaml", yaml.safe_dump(workspace))


def _address(home: Home, name: str) -> str:
    return f"http://{HOST}:{home.settings().ports.get(name, 0)}"


def _page(port: int | None, path: str) -> Callable[[], bool]:
    def healthy() -> bool:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}{path}", timeout=3) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    return healthy
