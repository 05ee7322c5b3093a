"""The mails of the auth service, in the language of whom they are for."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from sqlalchemy import Row

from operational.core.mail.queue import Mail

_FOLDER = Path(__file__).parents[1] / "texts"


@cache
def _texts(language: str) -> Mapping[str, Any]:
    content: Mapping[str, Any] = yaml.safe_load((_FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    return content


def letter(kind: str, person: Row[Any], *, desk: str, is_secret: bool = False, **values: str | datetime) -> Mail:
    """A mail of a kind of the texts.

    `person` has name, email, language, and their tenant's name and timezone; times among `values` are written in that
    zone. `desk` is the address of the web UI.
    """
    texts = _texts("en" if person.language == "en" else "de")
    zone = ZoneInfo(person.timezone)
    written = {
        name: texts["time"].format(t=value.astimezone(zone), zone=person.timezone)
        if isinstance(value, datetime)
        else value
        for name, value in values.items()
    }
    words = {"name": person.name, "email": person.email, "tenant": person.tenant, "desk": desk, **written}
    text = texts[kind]
    subject = text["subject"].format(**words)
    return Mail(f"auth.{kind}", person.email, subject, text["body"].format(**words), is_secret)
