"""Asks a server as fast as it answers, at the least cost to the processor both share."""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

CONNECTIONS = 4


@dataclass(frozen=True, slots=True)
class Call:
    """A request; its headers are whole lines without their ends."""

    method: str
    path: str
    headers: tuple[str, ...] = ()
    body: bytes = b""

    def encode(self) -> bytes:
        """As it goes over the wire."""
        lines = (
            f"{self.method} {self.path} HTTP/1.1",
            "host: bench",
            *self.headers,
            f"content-length: {len(self.body)}",
        )
        return "\r\n".join((*lines, "", "")).encode() + self.body


@dataclass
class _Counted:
    answers: int = 0
    refused: list[str] = field(default_factory=list)


def per_second(port: int, make: Callable[[], Call], status: int, seconds: float) -> float:
    """Requests answered with `status` per second by the server at a port of this machine, on CONNECTIONS at once.

    Raises RuntimeError with the first answer that was another one, and OSError where nobody answers.
    """
    counted = [_Counted() for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    until = began + seconds
    people = [threading.Thread(target=_ask, args=(port, make, status, until, each)) for each in counted]
    for person in people:
        person.start()
    for person in people:
        person.join()
    took = time.perf_counter() - began
    if refused := [text for each in counted for text in each.refused]:
        raise RuntimeError(f"the server answered: {refused[0]}")
    return sum(each.answers for each in counted) / took


def ask(port: int, call: Call) -> tuple[int, bytes]:
    """One request; returns status and body."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        return _exchange(connection, call)


def _ask(port: int, make: Callable[[], Call], status: int, until: float, counted: _Counted) -> None:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while time.perf_counter() < until:
                found, body = _exchange(connection, make())
                if found != status:
                    counted.refused.append(f"{found} {body[:500].decode(errors='replace')}")
                    return
                counted.answers += 1
    # of a thread nobody hears otherwise
    except OSError as error:
        counted.refused.append(f"{type(error).__name__}: {error}")


def _exchange(connection: socket.socket, call: Call) -> tuple[int, bytes]:
    connection.sendall(call.encode())
    data = b""
    while (end := data.find(b"\r\n\r\n")) < 0:
        data += _received(connection)
    head = data[:end].lower()
    _, found, rest = head.partition(b"content-length:")
    if not found:
        raise OSError("an answer without content-length")
    length = end + 4 + int(rest.partition(b"\r\n")[0])
    while len(data) < length:
        data += _received(connection)
    return int(head.split(b" ", 2)[1]), data[end + 4 :]


def _received(connection: socket.socket) -> bytes:
    part = connection.recv(1 << 16)
    if not part:
        raise OSError("the server hung up")
    return part
