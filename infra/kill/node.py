"""A process of the benchmark: `python -m infra.kill.node api PORT`, or `worker`, which also listens."""

import sys

from operational.core.starting import loading


def main(kind: str, *arguments: str) -> None:
    """Work until SIGTERM, as `psa serve` and `psa worker` do."""
    if kind == "api":
        with loading():
            from operational import serve
            from operational.core.settings import Settings

            app = serve.prepare(Settings.from_env())
        serve.run(app, "127.0.0.1", int(arguments[0]))
    else:
        with loading():
            from infra.kill.probe import module as probe
            from operational import worker
            from operational.core.settings import Settings
            from operational.services import SERVICES

            prepared = worker.prepare(Settings.from_env(), (*SERVICES, probe))
        worker.run(prepared)


if __name__ == "__main__":
    main(*sys.argv[1:])
