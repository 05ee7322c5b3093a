"""The gateway: the door for people. It keeps nothing; what it answers itself is of no service in particular."""

from operational.core import background, streams
from operational.core.module import ServiceModule

module = ServiceModule(name="gateway", routers=(streams.router, background.router))
