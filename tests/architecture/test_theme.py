"""Every surface has the same tokens, and text on them can be read."""

import json

import pytest

from infra.theme import TOKENS, copies

THEMES = json.loads(TOKENS.read_text(encoding="utf-8"))["themes"]
TEXT = ("ink", "soft", "accent", "good", "warn", "bad", "info")


def test_every_floor_has_the_same_tokens() -> None:
    for path, text in copies().items():
        assert path.read_text(encoding="utf-8") == text, f"run python -m infra.theme: {path.name} is old"


def luminance(color: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["surface", "ground", "hover", "accent_soft"])
def test_text_has_the_contrast_of_wcag_aa(theme: str, ground: str) -> None:
    colors = THEMES[theme]
    least = {name: contrast(colors[name], colors[ground]) for name in TEXT}
    assert min(least.values()) >= 4.5, least
    assert contrast(colors["accent_ink"], colors["accent"]) >= 4.5
