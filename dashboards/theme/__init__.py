"""The look of the pages, from the tokens all surfaces share."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal

Mode = Literal["light", "dark"]
MODES: tuple[Mode, ...] = ("light", "dark")
FONT_URL = "/fonts/inter.ttf"


@cache
def tokens() -> dict[str, Any]:
    """The tokens as they are written."""
    found: dict[str, Any] = json.loads((Path(__file__).parent / "tokens.json").read_text(encoding="utf-8"))
    return found


def colors(mode: Mode) -> dict[str, str]:
    """The colours of a theme by name."""
    found: dict[str, str] = tokens()["themes"][mode]
    return found


def style() -> str:
    """The colours our own rules need, as CSS; Streamlit says on its elements which theme is on."""
    light, dark = (colors(mode) for mode in MODES)
    names = ("ink", "soft", "line", "hover", "accent", "accent_soft")
    named = " ".join(f"--psa-{name.replace('_', '-')}: light-dark({light[name]}, {dark[name]});" for name in names)
    # a dialog lies outside what Streamlit says it on; there it is the reader's own choice, as for the theme
    return f":root {{ color-scheme: light dark; {named} }}"


def mark(mode: Mode) -> str:
    """The product's mark as the desk draws it."""
    own = colors(mode)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="32" height="32">'
        f'<rect width="32" height="32" rx="7" fill="{own["accent"]}"/><path d="M8 10h16M8 16h11M8 22h6" '
        f'stroke="{own["accent_ink"]}" stroke-width="3" stroke-linecap="round" fill="none"/></svg>'
    )


def tinted(mode: Mode, name: str) -> str:
    """A status' colour as the ground of its own words."""
    own = colors(mode)
    pairs = ((int(own[name][at : at + 2], 16), int(own["surface"][at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(0.1 * color + 0.9 * ground):02x}" for color, ground in pairs)


def streamlit_theme() -> dict[str, Any]:
    """The theme as Streamlit's options."""
    options: dict[str, Any] = {
        "theme.font": "Inter, system-ui, sans-serif",
        "theme.fontFaces": [{"family": "Inter", "url": FONT_URL, "weight": "100 900", "style": "normal"}],
        "theme.baseFontSize": tokens()["font"]["size_px"],
        "theme.baseRadius": "4px",
        "theme.metricValueFontSize": "1.55rem",
        "theme.metricValueFontWeight": 600,
        "theme.headingFontSizes": ["1.55rem", "1.15rem", "1rem", "1rem", "1rem", "1rem"],
        "theme.headingFontWeights": [600, 600, 600, 600, 600, 600],
        "theme.showWidgetBorder": True,
        "theme.chartCategoricalColors": tokens()["series"],
    }
    for mode in MODES:
        own = colors(mode)
        options |= {
            f"theme.{mode}.primaryColor": own["accent"],
            f"theme.{mode}.backgroundColor": own["surface"],
            f"theme.{mode}.secondaryBackgroundColor": own["ground"],
            f"theme.{mode}.textColor": own["ink"],
            f"theme.{mode}.linkColor": own["accent"],
            f"theme.{mode}.borderColor": own["line"],
            f"theme.{mode}.dataframeBorderColor": own["line"],
            f"theme.{mode}.dataframeHeaderBackgroundColor": own["ground"],
            f"theme.{mode}.greenTextColor": own["good"],
            f"theme.{mode}.redTextColor": own["bad"],
            f"theme.{mode}.orangeTextColor": own["warn"],
            f"theme.{mode}.yellowTextColor": own["warn"],
            f"theme.{mode}.grayTextColor": own["soft"],
            # what Streamlit only tells is not a status: it is blue there, and the accent here
            f"theme.{mode}.blueTextColor": own["ink"],
            f"theme.{mode}.blueBackgroundColor": own["accent_soft"],
            f"theme.{mode}.grayBackgroundColor": own["hover"],
            **{
                f"theme.{mode}.{color}BackgroundColor": tinted(mode, name)
                for color, name in (("green", "good"), ("red", "bad"), ("orange", "warn"), ("yellow", "warn"))
            },
        }
    return options
