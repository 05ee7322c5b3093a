"""nginx in a folder, as whoever starts it."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.gateway.render import Door, nginx, render
from infra.local.ports import accepts, free_port
from infra.servers.server import Server


class Nginx(Server):
    """The gateway of services on this machine; `upstreams` are `host:port` by service."""

    name = "nginx"
    package = "nginx-light"
    program = "nginx"

    def __init__(self, folder: Path, upstreams: Mapping[str, Sequence[str]], rate: int = 100) -> None:
        super().__init__(folder)
        self.port = free_port()
        user = "root" if os.geteuid() == 0 else None
        self._door = Door(
            upstreams, listen=f"127.0.0.1:{self.port}", folder=folder, user=user, rate=rate, burst=2 * rate
        )

    @property
    def url(self) -> str:
        """Where people come."""
        return f"http://127.0.0.1:{self.port}"

    def command(self) -> Sequence[str]:
        file = self.folder / "nginx.conf"
        file.write_text(render(self._door), encoding="utf-8")
        return [nginx(), "-c", str(file), "-e", str(self.folder / "error.log")]

    def ready(self) -> bool:
        return accepts(self.port)
