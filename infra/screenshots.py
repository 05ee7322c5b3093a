"""Pictures of every page, to be looked at: sizes, themes, languages, and data that are missing, usual or too many.

`python -m infra.screenshots FOLDER` (`make screenshots`) makes a home of its own with the small demo MSP.
"""

import argparse
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.browser import chromium, log_in
from infra.errors import UserError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from infra.local.installation import Installation

SIZES = {"laptop": (1280, 800), "wide": (1920, 1080), "phone": (390, 844)}
LOCALES = {"de": "de-DE", "en": "en-GB"}
THEMES = ("light", "dark")
LONG = "Nach der Umstellung des Warenwirtschaftssystems drucken an drei Standorten die Etikettendrucker doppelt, "
MESSAGE = "Sehr geehrtes Team,\n\n" + "der Fehler tritt weiterhin auf, auch nach einem Neustart. " * 12


@dataclass(frozen=True)
class Place:
    """A running home: where its pages are and who looks at them."""

    desk: str
    dashboards: str
    people: dict[str, tuple[str, str]]


Act = Callable[["Page"], None]


def _nothing(_page: "Page") -> None: ...


def _open_first(page: "Page") -> None:
    page.locator("[role=row][aria-selected]").filter(has_text=re.compile(r"\S")).first.click()
    page.wait_for_timeout(600)


def _press(*keys: str) -> Act:
    def act(page: "Page") -> None:
        for key in keys:
            page.keyboard.press(key)
            page.wait_for_timeout(250)

    return act


def _then(*acts: Act) -> Act:
    def act(page: "Page") -> None:
        for one in acts:
            one(page)

    return act


def _dialog(german: str, english: str) -> Act:
    """Opens what a button with one of these words opens."""
    words = re.compile(f"{german}|{english}")
    return lambda page: page.get_by_role("button", name=words).first.click()


DESK_PAGES: dict[str, tuple[str, Act]] = {
    "queue": ("/tickets", _nothing),
    "queue-forecast": ("/tickets", lambda page: page.locator("[aria-expanded=false]", has_text="80").click()),
    "ticket": ("/tickets", _open_first),
    "reply": ("/tickets", _then(_open_first, _press("r"))),
    "time": ("/tickets", _then(_open_first, _press("w"))),
    "new-ticket": ("/tickets/new", _nothing),
    "customers": ("/customers", _nothing),
    "customer": ("/customers", _open_first),
    "contacts": ("/contacts", _nothing),
    "contact": ("/contacts", _open_first),
    "palette": ("/tickets", _press("Control+k")),
    "keys": ("/tickets", _press("?")),
    "account": ("/account", _nothing),
    "authenticator": ("/account", _dialog("Authenticator-App", "authenticator app")),
    "new-key": ("/account", _dialog("Neuer Schlüssel", "New key")),
    "permissions": ("/account/permissions", _nothing),
    "staff": ("/staff", _nothing),
    "person": ("/staff", _open_first),
    "new-person": ("/staff/new", _nothing),
    "service-accounts": ("/service-accounts", _nothing),
    "new-service-account": ("/service-accounts/new", _nothing),
    "roles": ("/roles", _nothing),
    "role": ("/roles", _open_first),
    "new-role": ("/roles/new", _nothing),
    "portal-users": ("/portal-users", _nothing),
    "new-portal-user": ("/portal-users/new", _nothing),
    "log-in-services": ("/identity-providers", _nothing),
    "log-in-service": ("/identity-providers", _open_first),
    "new-log-in-service": ("/identity-providers/new", _nothing),
    "mail": ("/mail", _nothing),
    "background": ("/background/jobs", _nothing),
    "events": ("/background/events", _nothing),
    "missing": ("/nowhere", _nothing),
}
DASHBOARDS = ("", "customer", "forecast")
# what looks different when there is nothing, or too much
BARE = {"empty": ("queue", "customers", "contacts", "new-ticket"), "overfull": ("queue", "ticket", "reply", "customer")}


def photograph(place: Place, out: Path, tell: Callable[[str], None] = print) -> int:
    """Write the pictures into folders by state, language, theme and size; returns how many."""
    made = 0
    with chromium() as browser:
        for state in ("usual", "empty", "overfull"):
            for language in LOCALES:
                for theme in THEMES:
                    for size in SIZES:
                        folder = out / state / f"{language}-{theme}-{size}"
                        folder.mkdir(parents=True, exist_ok=True)
                        made += _series(browser, place, state, language, theme, size, folder)
                        tell(f"{made} pictures, last {folder.name} ({state})")
    return made


def _series(browser: "Browser", place: Place, state: str, language: str, theme: str, size: str, folder: Path) -> int:
    width, height = SIZES[size]
    look: dict[str, Any] = {
        "viewport": {"width": width, "height": height}, "color_scheme": theme, "locale": LOCALES[language],
        "timezone_id": "Europe/Berlin", "has_touch": size == "phone",
    }  # fmt: skip
    context = browser.new_context(**look)
    made = 0
    if state == "usual":
        made += _take(context, f"{place.desk}/login", folder / "login.png", _nothing)
        made += _take(context, f"{place.desk}/forgot-password", folder / "forgot-password.png", _nothing)
    log_in(context, place.desk, *place.people[state])
    _prefer(context, place.desk, "desk.language", language)
    for name, (path, act) in DESK_PAGES.items():
        if state == "usual" or name in BARE[state]:
            # a fold that was opened stays open, also in another window
            _prefer(context, place.desk, "desk.forecast", False)
            made += _take(context, place.desk + path, folder / f"{name}.png", act)
    customers = context.request.get(f"{place.desk}/api/crm/customers?limit=1").json()["items"]
    chosen = f"&customer={customers[0]['id']}" if customers else ""
    for page in DASHBOARDS:
        if state != "overfull":
            url = f"{place.dashboards}/{page}?lang={language}{chosen if page == 'customer' else ''}"
            made += _take(context, url, folder / f"dashboard-{page or 'service'}.png", _whole_dashboard, 1.5)
    if state == "usual":
        url = f"{place.dashboards}/customer?lang={language}"
        made += _take(context, url, folder / "dashboard-customers.png", _whole_dashboard, 1.5)
    context.close()
    return made


def _prefer(context: "BrowserContext", desk: str, name: str, value: object) -> None:
    csrf = next(cookie["value"] for cookie in context.cookies() if cookie["name"].endswith("_csrf"))
    answer = context.request.put(
        f"{desk}/api/auth/preferences/{name}", data={"value": value}, headers={"X-CSRF-Token": csrf}
    )
    if not answer.ok:
        raise UserError(f"the desk did not keep {name}: {answer.text()}")


def _settled(page: "Page") -> None:
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=30_000)


def _whole_dashboard(page: "Page") -> None:
    """As high as what is in it: a dashboard scrolls inside itself, so a page is never longer than the window."""
    _settled(page)
    page.wait_for_timeout(1000)
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    size = page.viewport_size
    if size and height > size["height"]:
        page.set_viewport_size({"width": size["width"], "height": height})
        page.wait_for_timeout(1000)
        _settled(page)


def _take(context: "BrowserContext", url: str, file: Path, act: Act, pause: float = 0.4) -> int:
    page = context.new_page()
    page.goto(url)
    # the desk keeps a stream open: there is no moment without traffic
    page.wait_for_load_state("load")
    page.wait_for_timeout(700)
    act(page)
    page.wait_for_timeout(pause * 1000)
    page.screenshot(path=file)
    page.close()
    return 1


def _tenants(installation: "Installation") -> dict[str, tuple[str, str]]:
    """A firm without anything, and one whose words are too long; both with somebody who may see all."""
    import psycopg

    from operational.auth.service.logins import create_login
    from operational.auth.service.tenants import create_tenant

    home = installation.home
    people = {}
    with psycopg.connect(home.url("owner", "psa")) as owner:
        for state in ("empty", "overfull"):
            email = f"{state}@screenshots.example"
            tenant_id = create_tenant(owner, slug=state, name=f"{state} GmbH", timezone="Europe/Berlin", locale="de")
            create_login(owner, tenant_id, email, home.password(email), roles=("admin", "manager", "technician"))
            people[state] = (email, home.password(email))
    return people


def _overfill(desk: str, email: str, password: str) -> None:
    """Long names, long subjects, a ticket with many messages."""
    import httpx

    body = {"email": email, "password": password}
    token = httpx.post(f"{desk}/api/auth/login", json=body).json()["access_token"]
    with httpx.Client(base_url=desk, headers={"Authorization": f"Bearer {token}"}, timeout=30) as client:

        def post(path: str, content: dict[str, Any]) -> dict[str, Any]:
            answer = client.post(path, json=content, headers={"Idempotency-Key": os.urandom(8).hex()})
            answer.raise_for_status()
            return dict(answer.json())

        customer = post("/api/crm/customers", {"name": "Vereinigte Maschinen- und Anlagenbaugesellschaft Ost " * 2})
        for number in range(60):
            ticket = post("/api/tickets", {"customer_id": customer["id"], "subject": f"{LONG * 2}Teil {number}"})
        for _ in range(80):
            post(f"/api/tickets/{ticket['id']}/reply", {"body": MESSAGE})


@contextmanager
def _home() -> Iterator[Place]:
    """A home with the small demo MSP and the two firms, up until the pictures are made."""
    from infra.demo import LOGINS, run_demo

    folder = Path(tempfile.mkdtemp(prefix="psa-screenshots-"))
    folder.chmod(0o711)
    os.environ["PSA_HOME"] = str(folder / "home")
    installation = run_demo(seed=7, customers=5, years=1)
    try:
        urls = {str(process["name"]): str(process["url"]).rstrip("/") for process in installation.supervisor.status()}
        chief = next(iter(LOGINS))
        people = {"usual": (chief, installation.home.password(chief)), **_tenants(installation)}
        _overfill(urls["api"], *people["overfull"])
        yield Place(urls["api"], urls["dashboards"], people)
    finally:
        installation.supervisor.stop()
        shutil.rmtree(folder)


def main() -> None:
    """Make the pictures."""
    parser = argparse.ArgumentParser(prog="python -m infra.screenshots", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    began = time.monotonic()
    try:
        with _home() as place:
            made = photograph(place, folder)
    except UserError as error:
        sys.exit(f"screenshots: {error}")
    print(f"{made} pictures in {folder}, {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
