"""The whole product in a browser: a stack of its own with a small demo MSP, and what no page may do.

With PSA_E2E_HOME the stack that runs in that home is used as it is, which saves its start while tests are written.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from tests.infra.conftest import PSA, ROOT, Psa

CHROMIUM = shutil.which("chromium")
AXE = ROOT / "operational" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
DOMAIN = "nordlicht-systemhaus.example"
# Chromium's own note about an answer that a test provokes on purpose
REFUSED = re.compile(r"Failed to load resource: the server responded with a status of (4\d\d|503)")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM is None:
        for item in items:
            if Path(item.path).parent == Path(__file__).parent:
                item.add_marker(pytest.mark.skip(reason="chromium is missing; run: sudo apt-get install chromium"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, without windows yet; gone with the module, for its event loop stands in the way of other tests'."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield chromium
        chromium.close()


@dataclass(frozen=True)
class Stack:
    """A running home: its command line, where its pages are, and who may log in."""

    psa: Psa
    desk: str
    dashboards: str
    passwords: dict[str, str]
    # what was done in it since its warehouse was filled
    done: list[str] = field(default_factory=list)

    def password(self, who: str) -> str:
        return self.passwords[f"{who}@{DOMAIN}"]


# the one stack of this process, and what ends it
_stacks: list[Stack] = []
_end = ExitStack()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """The stack is the folder's; a fixture of the session would keep it up while all the others run."""
    if nextitem is None or nextitem.path.parent != Path(__file__).parent:
        _stacks.clear()
        _end.close()


@pytest.fixture
def stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    """`psa demo` as a newcomer starts it, the same one for all tests of this folder."""
    if not _stacks:
        _stacks.append(_end.enter_context(_demo()))
    yield _stacks[0]
    _stacks[0].done.append(request.node.name)


@contextmanager
def _demo() -> Iterator[Stack]:
    if running := os.environ.get("PSA_E2E_HOME"):
        yield _running(Path(running))
        return
    folder = Path(tempfile.mkdtemp(prefix="psa-test-"))
    folder.chmod(0o711)
    psa = Psa(folder / "home")
    words = [str(PSA), "demo", "--customers", "5", "--years", "1"]
    log = (folder / "demo.log").open("w+", encoding="utf-8")
    demo = subprocess.Popen(
        words, env={**psa.environment(), "PYTHONUNBUFFERED": "1"}, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
    )
    try:
        table = _table(demo, folder / "demo.log")
        passwords = {name: text.split()[0] for name, text in table.items() if "@" in name}
        yield Stack(psa, table["desk"].rstrip("/"), table["dashboards"].rstrip("/"), passwords)
    finally:
        demo.terminate()
        demo.wait(timeout=90)
        log.close()
        psa("down")
        shutil.rmtree(folder)


def _running(home: Path) -> Stack:
    psa = Psa(home)
    urls = {process["name"]: process["url"] for process in json.loads(psa.ok("status", "--json"))["processes"]}
    known = json.loads((home / "home.json").read_text(encoding="utf-8"))["passwords"]
    return Stack(psa, urls["api"].rstrip("/"), urls["dashboards"].rstrip("/"), known, done=["before"])


def _table(demo: subprocess.Popen[bytes], log: Path) -> dict[str, str]:
    """What the demo prints when everything is up: names and where they are."""
    while "Ctrl-C stops it" not in (text := log.read_text(encoding="utf-8")):
        try:
            demo.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            continue
        pytest.fail(f"psa demo ended\n{text}")
    return {name: value.strip() for name, value in re.findall(r"^(\S+(?: \S+)?)\s{2,}(.+)$", text, re.MULTILINE)}


@dataclass
class Watch:
    """What pages did that they must not do."""

    allowed: tuple[str, ...]
    faults: list[str] = field(default_factory=list)
    # an error answer a test asks for, by a part of its address
    expected: tuple[str, ...] = ()

    def over(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        url = message.location.get("url", "")
        if REFUSED.match(message.text) and any(part in url for part in self.expected):
            return
        if "net::ERR_" in message.text and any(part in url for part in self.expected):
            return
        self.faults.append(f"console: {message.text} ({url})")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((*self.allowed, "data:", "blob:")):
            self.faults.append(f"request to {request.url}")


@pytest.fixture
def watch(stack: Stack) -> Iterator[Watch]:
    """Fails the test for console messages, script errors and requests to anywhere else."""
    # who opens the log-in page is asked, and so is whoever has been logged out
    found = Watch((stack.desk, stack.dashboards, stack.dashboards.replace("http:", "ws:")), expected=("/api/auth/",))
    yield found
    assert found.faults == []


@dataclass(frozen=True)
class Desk:
    """Opens windows of different people; each has cookies of its own."""

    stack: Stack
    browser: Browser
    watch: Watch
    contexts: list[BrowserContext] = field(default_factory=list)

    def window(self, **options: Any) -> Page:
        """An empty window, German unless told otherwise."""
        settings: dict[str, Any] = {"locale": "de-DE", "viewport": {"width": 1280, "height": 800}, **options}
        context = self.browser.new_context(timezone_id="Europe/Berlin", **settings)
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        return self.tab(context)

    def tab(self, context: BrowserContext) -> Page:
        page = context.new_page()
        self.watch.over(page)
        return page

    def log_in(self, who: str, path: str = "/tickets", **options: Any) -> Page:
        """A window in which one of the demo's people has just logged in and sees `path`."""
        return self.log_in_as(f"{who}@{DOMAIN}", self.stack.password(who), path, **options)

    def log_in_as(self, email: str, password: str, path: str = "/tickets", **options: Any) -> Page:
        """A window in which somebody has just logged in and sees `path`."""
        page = self.window(**options)
        page.goto(f"{self.stack.desk}/login?next={quote(path)}")
        page.locator("input[type=email]").fill(email)
        page.locator("input[type=password]").fill(password)
        page.locator("button[type=submit]").click()
        page.wait_for_url(lambda url: url.startswith(self.stack.desk + path))
        return page


@pytest.fixture
def desk(stack: Stack, browser: Browser, watch: Watch) -> Iterator[Desk]:
    found = Desk(stack, browser, watch)
    yield found
    for context in found.contexts:
        context.close()


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """Names what axe finds on a page: rule, and where."""
    source = AXE.read_text(encoding="utf-8")

    def violations(page: Page) -> list[str]:
        page.evaluate(source)
        found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
        return [
            f"{rule['id']}: {node['target']} {node.get('failureSummary', '')}"
            for rule in found
            for node in rule["nodes"]
        ]

    return violations
