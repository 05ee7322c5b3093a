"""Debian's Chromium, for measuring and photographing the pages of a home."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from infra.errors import UserError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext


@contextmanager
def chromium() -> Iterator["Browser"]:
    """A browser without windows; raises UserError where Chromium or playwright is missing."""
    executable = shutil.which("chromium")
    if executable is None:
        raise UserError("chromium is missing; run: sudo apt-get install chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise UserError("playwright is missing; `make setup` installs it") from None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


def log_in(context: "BrowserContext", desk: str, email: str, password: str) -> None:
    """Log in for all pages of the context; raises UserError when it is refused."""
    answer = context.request.post(f"{desk}/api/auth/browser-session", data={"email": email, "password": password})
    if answer.status != 204:
        raise UserError(f"{email} may not log in at {desk}: {answer.json().get('detail', answer.status)}")
