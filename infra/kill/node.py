"""A process of the benchmark: `python -m infra.kill.node api PORT`, or `worker`, which also listens."""

import sys

from infra.kill.probe import module as probe
from operational import serve, worker
from operational.core.settings import Settings
from operational.services import SERVICES


def main(kind: str, *arguments: str) -> None:
    """Work until SIGTERM, as `psa serve` and `psa worker` do."""
    settings = Settings.from_env()
    if kind == "api":
        serve.run(serve.prepare(settings), "127.0.0.1", int(arguments[0]))
    else:
        worker.run(worker.prepare(settings, (*SERVICES, probe)))


if __name__ == "__main__":
    main(*sys.argv[1:])
