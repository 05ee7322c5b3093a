"""The demo MSP: a simulated firm with a known truth, written in the product's own import format."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from operational.demo.calendar import horizon
from operational.demo.facts import tell
from operational.demo.messages import Messages
from operational.demo.simulation import play, set_up
from operational.demo.truth import Truth
from operational.demo.writer import write_files

__all__ = ["Truth", "generate"]


def generate(
    out: Path,
    *,
    seed: int = 7,
    customers: int = 40,
    years: int = 3,
    until: date,
    progress: Callable[[str], None] | None = None,
) -> Truth:
    """Simulate `years` years of the demo MSP up to `until`; write its files and `truth.json` into `out`.

    The same seed, sizes and `until` give the same bytes. The team grows with the number of customers.
    Raises ValueError for sizes below one year or one customer.
    """
    if customers < 1 or years < 1:
        raise ValueError(f"a demo needs at least one customer and one year, not {customers} and {years}")
    say = progress or (lambda step: None)
    setting = set_up(seed, horizon(until, years), customers, say)
    played = play(setting, say)
    say("files")
    messages = Messages(seed, setting.customers, setting.firm.technicians)
    write_files(out, setting, played, messages)
    truth = tell(setting, played)
    truth.write(out / "truth.json")
    return truth
