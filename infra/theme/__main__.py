"""Writes the copies of the tokens."""

from infra.theme import copies

for path, text in copies().items():
    path.write_text(text, encoding="utf-8")
