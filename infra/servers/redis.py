"""Redis on a socket in its folder, keeping nothing."""

import socket
from collections.abc import Sequence
from pathlib import Path

from infra.servers.server import Server


class Redis(Server):
    """A Redis that forgets everything when it ends, as a cache may."""

    name = "redis"
    package = "redis-server"
    program = "redis-server"

    @property
    def socket(self) -> Path:
        """Where it listens; a path in the folder, which nobody else can take meanwhile."""
        return self.folder / "redis.sock"

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"redis+unix://{self.socket}"

    def command(self) -> Sequence[str]:
        return [
            self.found() or self.program, "--port", "0", "--unixsocket", str(self.socket), "--save", "",
            "--appendonly", "no", "--dir", str(self.folder),
        ]  # fmt: skip

    def ready(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            return client.connect_ex(str(self.socket)) == 0
