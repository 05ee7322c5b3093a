"""Where services run, by the file of containers, and which addresses of the API are whose."""

import ipaddress
from collections.abc import Mapping
from pathlib import Path

import yaml

from infra.errors import UserError

CONTAINERS = Path(__file__).parents[1] / "containers.yml"


def addresses(file: Path = CONTAINERS) -> dict[str, list[str]]:
    """`host:port` of each service's processes; raises UserError for a file that cannot be meant."""
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        network, port = ipaddress.ip_network(content["network"]), int(content["port"])
        found: dict[str, list[str]] = {}
        for container in content["containers"]:
            for service in container.get("services", []):
                host = network.network_address + int(container["id"])
                if host not in network:
                    raise ValueError(f"container {container['id']} does not fit into {network}")
                found.setdefault(service, []).append(f"{host}:{port}")
    except OSError as error:
        raise UserError(f"cannot read {file} ({error.strerror})") from None
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise UserError(f"{file} is no list of containers ({error}); compare it with the one that is shipped") from None
    return found


def prefixes() -> Mapping[str, str]:
    """Which service answers below which address (`/api/tickets`: `tickets`); raises ValueError for two at one."""
    from operational.services import SERVICES

    found: dict[str, str] = {}
    for service in SERVICES:
        for router in service.routers():
            for route in router.routes:
                prefix = "/".join(str(getattr(route, "path", "")).split("/")[:3])
                if found.setdefault(prefix, service.name) != service.name:
                    raise ValueError(f"{prefix} belongs to {found[prefix]} and {service.name}")
    return dict(sorted(found.items()))
