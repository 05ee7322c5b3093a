"""RabbitMQ in a folder, with an epmd, a node name and ports of its own."""

import os
import secrets
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.local.ports import free_port
from infra.servers.server import Server


class RabbitMQ(Server):
    """A broker of one node; what it was told stays in its folder, so that it can be started again."""

    name = "rabbitmq"
    package = "rabbitmq-server"
    # Debian's wrapper in the PATH wants root or its own user; the script itself does not
    program = "/usr/lib/rabbitmq/bin/rabbitmq-server"
    start_seconds = 90.0

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.port, self._dist, self._epmd = free_port(), free_port(), free_port()
        self._node = f"psa{self.port}@localhost"
        self._password = secrets.token_urlsafe(16)

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"amqp://psa:{self._password}@127.0.0.1:{self.port}/"

    def command(self) -> Sequence[str]:
        return [self.program]

    def start(self) -> None:
        self.prepare()
        super().start()

    def prepare(self) -> None:
        """Write what the broker reads when it starts."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._config.write_text(
            f"listeners.tcp.default = 127.0.0.1:{self.port}\n"
            f"default_user = psa\ndefault_pass = {self._password}\n"
            "log.file.level = warning\ndisk_free_limit.absolute = 50MB\n"
        )
        self._config.chmod(0o600)
        (self.folder / "plugins").write_text("[].\n")

    @property
    def _config(self) -> Path:
        return self.folder / "rabbitmq.conf"

    def environment(self) -> Mapping[str, str]:
        return {
            **self._ctl(),
            "RABBITMQ_CONFIG_FILE": str(self._config.with_suffix("")),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "RABBITMQ_DIST_PORT": str(self._dist),
            # one broker on a machine with other work: no busy waiting of its schedulers
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none",
        }

    def _ctl(self) -> dict[str, str]:
        return {
            "HOME": str(self.folder),
            "RABBITMQ_NODENAME": self._node,
            "ERL_EPMD_PORT": str(self._epmd),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        }

    def ready(self) -> bool:
        # the port opens last; a greeting shows that it is the broker's
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as client:
                client.sendall(b"AMQP\x00\x00\x09\x01")
                return client.recv(1) == b"\x01"
        except OSError:
            return False

    def remember_queues(self) -> None:
        """Wait until queues declared just now survive a kill.

        The broker saves its list of quorum queues half a second after it was changed; one that is not in it when the
        broker is killed cannot be used afterwards (3.10; tried).
        """
        time.sleep(1.5)

    def stop(self, seconds: float = 30) -> None:
        super().stop(seconds)
        # epmd outlives the broker by design
        subprocess.run(
            ["epmd", "-port", str(self._epmd), "-kill"],
            env={**os.environ, **self._ctl()}, capture_output=True, check=False,
        )  # fmt: skip
