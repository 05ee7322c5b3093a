"""Work that is not traced for coverage: it repeats what others do, and takes twice to ten times as long when traced."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def untraced() -> Iterator[None]:
    """Nothing inside counts as covered, in new threads neither."""
    here, in_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)  # type: ignore[arg-type]
    try:
        yield
    finally:
        threading.settrace(in_threads)  # type: ignore[arg-type]
        sys.settrace(here)
