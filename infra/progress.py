"""Progress of long work: a changing line on a terminal, a line per tenth elsewhere."""

import sys


def show_progress(step: str, done: int, total: int) -> None:
    """Show that `done` of `total` records of `step` are finished."""
    text = f"{step}: {done:,} of {total:,}"
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="\n" if done >= total else "", file=sys.stderr, flush=True)
    elif done >= total:
        print(text, file=sys.stderr, flush=True)
