"""The gateway: the door for people. It keeps nothing; what it answers itself is of no service in particular."""

from fastapi import APIRouter

from operational.core.module import ServiceModule


def _routers() -> tuple[APIRouter, ...]:
    from operational.core import background, streams

    return (streams.router, background.router)


module = ServiceModule(name="gateway", routers=_routers)
