"""The command: answers, brings its own font, asks nobody else, writes nowhere."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboards.serve import SCRIPT, options
from dashboards.shell import NAME
from dashboards.theme import MODES, Mode, colors, mark, streamlit_theme
from dashboards.ui.site import PAGES

SETTINGS = {
    "PSA_SERVING_URL": "postgresql://x@127.0.0.1:1/x", "PSA_API_URL": "http://127.0.0.1:1",
    "PSA_PUBLIC_URL": "http://127.0.0.1:1",
}  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path, Path]]:
    """Address, home and working directory of running dashboards."""
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("cwd")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # a hostile environment: neither a variable nor a file may change how it is served
    (folder / ".streamlit").mkdir()
    (folder / ".streamlit" / "config.toml").write_text("[browser]\ngatherUsageStats = true\n", encoding="utf-8")
    env = {**os.environ, **SETTINGS, "HOME": str(home), "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "true"}
    process = subprocess.Popen(
        [sys.executable, "-m", "dashboards.serve", "--port", str(port)], env=env, cwd=folder,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        base = f"http://127.0.0.1:{port}"
        wait_for(f"{base}/_stcore/health")
        yield base, home, folder
    finally:
        process.terminate()
        assert process.wait(timeout=20) in (0, -15)


def wait_for(address: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                assert answer.read() == b"ok"
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    pytest.fail(f"{address} does not answer")


def test_it_answers_with_a_policy_that_lets_nothing_else_in(served: tuple[str, Path, Path]) -> None:
    base, _, _ = served
    with urllib.request.urlopen(f"{base}/", timeout=5) as answer:
        policy = answer.headers["content-security-policy"]
        page = answer.read().decode()
    assert "default-src 'self'" in policy
    assert "http" not in policy
    assert '<script src="http' not in page


def test_the_font_is_its_own(served: tuple[str, Path, Path]) -> None:
    base, _, _ = served
    with urllib.request.urlopen(f"{base}/fonts/inter.ttf", timeout=5) as answer:
        assert answer.headers["content-type"] == "font/ttf"
        assert len(answer.read()) > 100_000


def test_it_writes_nothing_into_home_or_working_directory(served: tuple[str, Path, Path]) -> None:
    _, home, folder = served
    assert list(home.iterdir()) == []
    assert [path.name for path in folder.rglob("*")] == [".streamlit", "config.toml"] or len(
        list(folder.rglob("*"))
    ) == 2


def test_without_settings_it_says_what_is_missing() -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PSA_")}
    done = subprocess.run(
        [sys.executable, "-m", "dashboards.serve", "--port", "1"], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "PSA_SERVING_URL, PSA_API_URL, PSA_PUBLIC_URL" in done.stderr


def test_nobody_is_told_and_nothing_is_deployed() -> None:
    chosen = options(1)
    assert chosen["browser.gatherUsageStats"] is False
    assert chosen["client.toolbarMode"] == "minimal"
    assert chosen["server.address"] == "127.0.0.1"
    assert "http" not in json.dumps(chosen)


def test_both_themes_come_from_the_tokens() -> None:
    theme = streamlit_theme()
    for mode in MODES:
        assert theme[f"theme.{mode}.primaryColor"] == colors(mode)["accent"]
        assert theme[f"theme.{mode}.textColor"] == colors(mode)["ink"]


def test_the_document_has_our_look_and_language_before_anything_is_drawn(served: tuple[str, Path, Path]) -> None:
    base, _, _ = served
    for path, accepted, language in (
        ("/", "de-AT,de;q=0.9", "de"), ("/customer?lang=en", "de", "en"), ("/forecast", "fr", "en"),
    ):  # fmt: skip
        asked = urllib.request.Request(base + path, headers={"Accept-Language": accepted})
        with urllib.request.urlopen(asked, timeout=5) as answer:
            assert "default-src 'self'" in answer.headers["content-security-policy"]
            page = answer.read().decode()
        assert f'<html lang="{language}">' in page
        # what Streamlit's document must still have for our changes to take
        assert f"<title>{NAME}</title>" in page
        assert 'as="font"' not in page
        assert page.index("window.__streamlit") < page.index("st-key-fold") < page.index("</head>")
        assert '<div id="root">' in page


def test_the_first_visitor_of_a_page_below_the_first_is_not_told_it_does_not_exist() -> None:
    # Streamlit takes a folder of this name beside the script for pages of its own, until the script has run once
    assert not (SCRIPT.parent / "pages").exists()
    assert all((SCRIPT.parent / file).is_file() for file, _ in PAGES.values())


@pytest.mark.parametrize("mode", MODES)
def test_what_streamlit_tells_has_the_colours_of_the_tokens(mode: Mode) -> None:
    theme, own = streamlit_theme(), colors(mode)
    assert theme[f"theme.{mode}.blueBackgroundColor"] == own["accent_soft"]
    assert theme[f"theme.{mode}.grayBackgroundColor"] == own["hover"]
    for color in ("blue", "gray", "green", "red", "orange", "yellow"):
        words, ground = theme[f"theme.{mode}.{color}TextColor"], theme[f"theme.{mode}.{color}BackgroundColor"]
        assert contrast(words, ground) >= 4.5, color
    assert own["accent"] in mark(mode)
    assert "http" not in mark(mode).replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize("mode", MODES)
def test_every_colour_of_text_can_be_read(mode: Mode) -> None:
    own = colors(mode)
    for ground in ("surface", "ground", "hover"):
        for ink in ("ink", "soft", "accent", "good", "bad", "warn"):
            assert contrast(own[ink], own[ground]) >= 4.5, (ink, ground)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2 reckons it."""

    def light(color: str) -> float:
        parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    bright, dark = sorted((light(one), light(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)
