"""The document Streamlit draws into, with our look, language and address in it before anything is drawn."""

import json
import re
from functools import cache
from pathlib import Path

from streamlit.file_util import get_static_dir

from dashboards.figures.written import LANGUAGES
from dashboards.theme import style

NAME = "PSA-Platform"
CSS = Path(__file__).parent / "ui" / "look.css"
# without it a browser tries every folder of the address in turn, and each miss is an error in its console
_ORIGIN = '<script>window.__streamlit = {BACKEND_BASE_URL: window.location.origin + "/"}</script>'


def shell(wished: str | None, accepted: str) -> str:
    """The document in the language of `?lang=`, or else of the browser; the page corrects it to its own."""
    for wish in (wished, accepted):
        for language in LANGUAGES:
            if wish and wish.lower().startswith(language):
                return _document(language)
    return _document("en")


@cache
def _document(language: str) -> str:
    text = (Path(get_static_dir()) / "index.html").read_text(encoding="utf-8")
    text = text.replace('<html lang="en">', f'<html lang="{language}">')
    text = text.replace("<title>Streamlit</title>", f"<title>{NAME}</title>")
    # a font we never use
    text = re.sub(r'<link\s+rel="preload"\s+href="[^"]*"\s+as="font"[^>]*>', "", text)
    rules = "\n".join((style(), f":root {{ --psa-name: {json.dumps(NAME)}; }}", CSS.read_text(encoding="utf-8")))
    own = f"{_ORIGIN}\n<style>\n{rules}</style>\n"
    return text.replace("</head>", f"{own}</head>")
