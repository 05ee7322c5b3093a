"""Words: complete in both languages, and no other words in the code."""

import re
from pathlib import Path
from string import Formatter

import pytest

import dashboards
from dashboards.figures.definitions import AGE_BUCKETS, EVERY
from dashboards.figures.filters import BASES
from dashboards.figures.periods import GRAINS, PRESETS
from dashboards.figures.table import FIRST, THEN
from dashboards.figures.written import LANGUAGES
from dashboards.texts import Texts, table
from dashboards.ui.forecast import MODELS

ROOT = Path(dashboards.__file__).parent
SOURCES = {path: path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py")}


def test_both_languages_have_the_same_texts_with_the_same_braces() -> None:
    german, english = table("de"), table("en")
    assert set(german) == set(english)
    for key, text in german.items():
        braces = [{name for _, name, *_ in Formatter().parse(one) if name} for one in (text, english[key])]
        assert braces[0] == braces[1], key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_the_code_asks_for_is_there(language: str) -> None:
    known = table(language)
    asked = {key for text in SOURCES.values() for key in re.findall(r'texts\(\s*"([a-z0-9_.]+)"', text)}
    assert len(asked) > 60
    assert asked - set(known) == set()
    needed = {
        *(f"figures.{key}.{part}" for key in EVERY for part in ("label", "definition")),
        *(f"periods.{name}" for name in PRESETS), *(f"grains.{name}" for name in GRAINS),
        *(f"{kind}.{name}" for kind in ("bases", "kinds") for name in BASES),
        *(f"forecast.models_named.{name}" for name in MODELS), *(f"ages.{name}" for name in AGE_BUCKETS),
        *(f"columns.{name}" for figure in EVERY.values() for name in (*FIRST, *figure.shown, *THEN)),
        *(f"trouble.{one}" for one in ("not_among", "no_day", "no_span", "not_covered")),
    }  # fmt: skip
    assert needed - set(known) == set()


def test_no_text_is_left_over() -> None:
    code = "\n".join(SOURCES.values())
    dynamic = ("figures.", "periods.", "grains.", "per.", "bases.", "ages.", "columns.", "values.", "trouble.",
               "languages.", "nav.", "titles.", "forecast.", "charts.", "filters.", "kinds.",
               "customer.sectors.")  # fmt: skip
    assert [key for key in table("de") if not key.startswith(dynamic) and f'"{key}"' not in code] == []


def test_germans_are_addressed_politely() -> None:
    assert [text for text in table("de").values() if re.search(r"\b([Dd]u|[Dd]ein\w*|[Dd]ir|[Dd]ich)\b", text)] == []
    assert Texts("de").unknown == "unbekannt"


def test_queries_are_used_read_only_and_name_no_schema() -> None:
    code = "\n".join(SOURCES.values())
    files = list((ROOT / "queries").glob("*.sql"))
    assert len(files) > 20
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert f'"{path.stem}"' in code, path.stem
        assert not re.search(r"\b(psa|serving|marts|raw|models)\.", text), path.stem
        assert not re.search(r"\b(insert|update|delete|create|now\(\)|current_\w+)\b", text, re.IGNORECASE), path.stem
