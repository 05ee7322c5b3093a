"""Looks at the database of the benchmark from outside."""

from collections.abc import Callable
from typing import Any, LiteralString

import psycopg


class Watch:
    """Asks on one connection, which is made anew when the server has been away.

    A new one for every look would take more of the processor than what is looked at.
    """

    def __init__(self, url: Callable[[], str]) -> None:
        self._url = url
        self._connection: psycopg.Connection | None = None

    def ask(self, query: LiteralString, parameters: tuple[Any, ...] = ()) -> tuple[Any, ...] | None:
        """The first row, None where there is none or the server does not answer."""
        try:
            if self._connection is None:
                self._connection = psycopg.connect(self._url(), autocommit=True, connect_timeout=2)
            return self._connection.execute(query, parameters).fetchone()
        except psycopg.Error:
            self.close()
            return None

    def close(self) -> None:
        """Let go; the next question connects anew."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
