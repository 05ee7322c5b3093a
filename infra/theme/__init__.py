"""One look for every surface: the tokens, and the copies the other floors read. `python -m infra.theme` writes them."""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TOKENS = Path(__file__).parent / "tokens.json"


def copies() -> dict[Path, str]:
    """Each floor's copy of the tokens and what it must hold; floors do not read each other's files."""
    text = TOKENS.read_text(encoding="utf-8")
    return {
        ROOT / "operational" / "frontend" / "src" / "theme" / "tokens.json": text,
        ROOT / "dashboards" / "theme" / "tokens.json": text,
        ROOT / "operational" / "vcio" / "templates" / "tokens.typ": _typst(json.loads(text)),
    }


def _typst(tokens: dict[str, Any]) -> str:
    """Colours of the light theme as typst variables: paper is light."""
    colors = {name.replace("_", "-"): value for name, value in tokens["themes"]["light"].items()}
    lines = [f'#let {name} = rgb("{value}")' for name, value in colors.items()]
    series = ", ".join(f'rgb("{value}")' for value in tokens["series"])
    return "// written by `python -m infra.theme`\n" + "\n".join(lines) + f"\n#let series = ({series})\n"
