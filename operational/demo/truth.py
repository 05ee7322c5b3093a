"""The truth: every parameter and everything planted, for tests and benchmarks only."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from operational.demo import (
    champions,
    churn,
    comments,
    contracts,
    demand,
    duplicates,
    events,
    farewells,
    firm,
    life,
    manners,
    messages,
    offenders,
    plans,
    queue,
    relations,
    satisfaction,
    simulation,
    slots,
    standing,
    texts,
    work,
)
from operational.demo.measure import Verdicts
from operational.demo.world import words

Facts = dict[str, Any]


@dataclass(frozen=True)
class Truth:
    """What was planted and what came of it.

    `parameters`: constants by module and the word tables with rates. `planted`: events with customers, categories,
    multipliers by day, and expected tickets in those days with and without them. `firm`: technicians, absences, the
    week of the flu. `customers`: hidden traits. `contracts`: which lose money, revenue and cost in EUR. `time`: worked,
    forgotten and late. `churn`: coefficients, months at risk with hazard and inputs, notices. `sla_clause`: one missed
    for a reason. `repeat_offenders`: contacts and devices. `tickets`: counts, wrong categories and priorities by ref
    with the right value, duplicates with what they repeat. `sla`: met and judged by ISO week of opening.
    `satisfaction`: coefficients of the score, asked, answered. `utilisation`: minutes on shift and worked by ISO week.
    """

    seed: int
    covers_from: str
    covers_to: str
    parameters: Facts
    firm: Facts
    customers: list[Facts]
    planted: list[Facts]
    contracts: Facts
    churn: Facts
    sla_clause: Facts
    repeat_offenders: Facts
    tickets: Facts
    time: Facts
    satisfaction: Facts
    sla: Verdicts
    utilisation: dict[str, dict[str, float]]

    def write(self, path: Path) -> None:
        """Write it as JSON."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1, default=_plain)
        path.write_text(text + "\n", encoding="utf-8")


def parameters(effort_scale: float) -> Facts:
    """Every constant of the simulation, by module."""
    modules = (
        champions, churn, comments, contracts, demand, duplicates, events, farewells, firm, life, manners, messages,
        offenders, plans, queue, relations, satisfaction, simulation, slots, standing, texts, work,
    )  # fmt: skip
    facts: Facts = {
        module.__name__.rsplit(".", 1)[1]: {
            name: value
            for name, value in vars(module).items()
            if name.isupper() and name[0] != "_" and isinstance(value, int | float | str | tuple | dict)
        }
        for module in modules
    }
    return facts | {"effort_scale": round(effort_scale, 6), "catalog": words("catalog"), "sectors": words("sectors")}


def _plain(value: Any) -> Any:
    return (
        sorted(value) if isinstance(value, frozenset | set) else list(value) if isinstance(value, range) else str(value)
    )
