"""The readable index of a person's export."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from operational.core.personal.person import Person

if TYPE_CHECKING:
    from operational.core.personal.export import Part

_STYLE = """body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}td,th{text-align:left;vertical-align:top;
border-bottom:1px solid #ccd;padding:.3rem .6rem}th{width:14rem;font-weight:600}h1{font-size:1.6rem}h2{font-size:1.2rem;
margin-top:2.5rem}h3{font-size:1rem;margin-bottom:0}code{background:#eef;padding:0 .2rem}"""
_WORDS: dict[str, dict[str, str]] = yaml.safe_load(Path(__file__).with_name("page.yaml").read_text(encoding="utf-8"))


def index_page(person: Person, parts: Sequence["Part"], warehouse: Mapping[str, Any], when: str) -> str:
    """The page, German first; it asks for nothing from elsewhere."""
    body = "".join(_in_language(language, person, parts, warehouse, when) for language in ("de", "en"))
    title = _WORDS["de"]["title"]
    return f"""<!doctype html>
<html lang="de"><head><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style></head>
<body>{body}</body></html>
"""


def _in_language(
    language: str, person: Person, parts: Sequence["Part"], warehouse: Mapping[str, Any], when: str
) -> str:
    words = _WORDS[language]
    told = "".join(_part(language, part) for part in parts)
    note = "" if warehouse.get("available") else f"<p>{escape(str(warehouse.get('reason', '')))}</p>"
    lead = words["lead"].format(name=escape(person.identity.name), when=escape(when))
    return (
        f'<section lang="{language}"><h1>{words["title"]}</h1><p>{lead}</p>{told}'
        f"<h2>{words['warehouse']}</h2><p>{words['warehouse_text']}</p>{note}"
        f"<h2>{words['left_out']}</h2><p>{words['left_out_text']}</p><p>{words['rights']}</p></section>"
    )


def _part(language: str, part: "Part") -> str:
    words, declared = _WORDS[language], part.declared
    kept = escape(declared.kept.in_(language))
    if declared.law is not None:
        law = declared.law.de if language == "de" else declared.law.en
        kept += f"<br>{escape(law)}"
    if part.until is not None:
        kept += "; " + words["until"].format(until=part.until.isoformat())
    fields = "".join(
        f"<code>{escape(name)}</code> {escape(text.in_(language))}<br>" for name, text in declared.fields.items()
    )
    lines = {
        words["file"]: f"<code>{escape(part.file)}</code>", words["rows"]: f"{len(part.rows)}",
        words["purpose"]: escape(declared.purpose.in_(language)), words["kept"]: kept, words["fields"]: fields,
    }  # fmt: skip
    told = "".join(f"<tr><th>{name}</th><td>{value}</td></tr>" for name, value in lines.items())
    return f"<h2>{escape(declared.title.in_(language))}</h2><table>{told}</table>"
