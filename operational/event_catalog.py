"""The schemas of all events as they are committed: `python -m operational.event_catalog` brings the file up to date."""

import json
import sys
from pathlib import Path

from operational.core.event_schemas import Schema, broken, schemas
from operational.services import SERVICES

FILE = Path(__file__).parent / "events.json"


def catalog() -> dict[str, Schema]:
    """The schema of every event of the house, by topic."""
    return schemas(event for service in SERVICES for event in service.events)


def committed() -> dict[str, Schema]:
    """The schemas as the file has them."""
    content: dict[str, Schema] = json.loads(FILE.read_text(encoding="utf-8"))
    return content


def document() -> str:
    """The file's text."""
    return json.dumps(catalog(), indent=1, sort_keys=True) + "\n"


def main() -> int:
    """Write the file; nothing is written where a change breaks who listens."""
    if faults := broken(committed() if FILE.exists() else {}, catalog()):
        print("\n".join(faults), file=sys.stderr)
        return 1
    FILE.write_text(document(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
