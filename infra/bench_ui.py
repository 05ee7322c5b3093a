"""How quick the desk feels: Chromium on a slowed-down processor, against the home that runs."""

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from infra.browser import chromium, log_in

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

SLOWDOWN = 4
# runs before any script of the page: says when rows are on the screen, and when a ticket is after the key that opens it
WATCH = """
(() => {
  const seen = (name) => requestAnimationFrame(() => requestAnimationFrame(() => {
    window.bench[name] ??= performance.now();
  }));
  window.bench = {};
  addEventListener("keydown", (event) => {
    if (event.key === "Enter") window.bench = { queue: window.bench.queue, pressed: event.timeStamp };
  }, true);
  new MutationObserver(() => {
    if (!window.bench.queue && document.querySelector("[role=row][aria-selected] a")) seen("queue");
    if (window.bench.pressed && document.querySelector("article h1, article h2")) seen("ticket");
  }).observe(document, { childList: true, subtree: true, characterData: true });
})();
"""
SCRIPTS = """() => performance.getEntriesByType("resource")
  .filter((entry) => new URL(entry.name).pathname.endsWith(".js"))
  .reduce((sum, entry) => sum + entry.encodedBodySize, 0)"""


@dataclass(frozen=True)
class UiFigures:
    """Medians over the rounds: milliseconds from nothing to the queue's rows, from Enter to the ticket, of a page that
    holds nothing; and bytes of scripts, as they are sent, before the queue is there.
    """

    rounds: int
    queue_ms: float
    ticket_ms: float
    empty_ms: float
    script_bytes: int


def measure_ui(desk: str, email: str, password: str, rounds: int) -> UiFigures:
    """Open queue and tickets `rounds` times, each with an empty cache; `desk` is the address of the web UI.

    Raises UserError where Chromium or playwright is missing, or the log-in is refused.
    """
    queue: list[float] = []
    tickets: list[float] = []
    empty: list[float] = []
    scripts = 0
    with chromium() as browser:
        for _ in range(rounds):
            context = browser.new_context(viewport={"width": 1280, "height": 800})
            log_in(context, desk, email, password)
            empty.append(_empty_page(context, desk))
            page = _slow_page(context)
            page.goto(f"{desk}/tickets")
            queue.append(_figure(page, "queue"))
            scripts = int(page.evaluate(SCRIPTS))
            tickets += [_open_ticket(page) for _ in range(3)]
            context.close()
    return UiFigures(rounds, median(queue), median(tickets), median(empty), scripts)


def _slow_page(context: "BrowserContext") -> "Page":
    page = context.new_page()
    page.add_init_script(WATCH)
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    return page


def _empty_page(context: "BrowserContext", desk: str) -> float:
    """What the browser and the server need for a page without content: what the other figures are beside."""
    page = _slow_page(context)
    page.goto(f"{desk}/favicon.svg")
    took: Any = page.evaluate("() => performance.getEntriesByType('navigation')[0].loadEventEnd")
    page.close()
    return float(took)


def _open_ticket(page: "Page") -> float:
    page.keyboard.press("j")
    # whoever reads a line before opening it gives the page this moment
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    took = _figure(page, "ticket") - float(page.evaluate("() => window.bench.pressed"))
    page.keyboard.press("Escape")
    page.wait_for_selector("article", state="detached")
    return took


def _figure(page: "Page", name: str) -> float:
    page.wait_for_function(f"() => window.bench.{name} !== undefined", timeout=60_000)
    return float(page.evaluate(f"() => window.bench.{name}"))
