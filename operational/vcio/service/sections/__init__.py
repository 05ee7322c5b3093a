"""The pages of a pack as data: which numbers stand where."""

from typing import Any

from operational.vcio.domain.book import NumberBook
from operational.vcio.repository import Serving
from operational.vcio.service.sections.backlog import Backlog
from operational.vcio.service.sections.base import Subject
from operational.vcio.service.sections.callers import Callers
from operational.vcio.service.sections.five import Five
from operational.vcio.service.sections.forecast import Forecast
from operational.vcio.service.sections.satisfaction import Satisfaction
from operational.vcio.service.sections.sla import Sla
from operational.vcio.service.sections.volume import Volume

__all__ = ["Sections", "Subject"]


class Sections:
    """Builds the pages one after another; numbers get their ids in reading order."""

    def __init__(self, subject: Subject, serving: Serving, book: NumberBook) -> None:
        self._parts = (subject, serving, book)

    def build(self) -> dict[str, Any]:
        """All sections by name, in reading order."""
        sla = Sla(*self._parts)
        verdict = sla.verdict()
        return {
            "five": Five(*self._parts).build(verdict),
            "sla": sla.build(verdict),
            "volume": Volume(*self._parts).build(),
            "callers": Callers(*self._parts).build(),
            "satisfaction": Satisfaction(*self._parts).build(),
            "backlog": Backlog(*self._parts).build(),
            "forecast": Forecast(*self._parts).build(),
        }
