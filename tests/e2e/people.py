"""How a person finds things on the desk's pages, and a colleague who works through the API."""

import httpx
from playwright.sync_api import Locator, Page

from tests.e2e.conftest import DOMAIN, Stack

OPEN = "/tickets?status_category=new&status_category=open&status_category=paused"


def rows(page: Page) -> Locator:
    """The loaded rows on the screen."""
    return page.locator("[role=row][aria-selected]").filter(has=page.locator("a"))


def open_ticket(page: Page, nth: int = 0) -> str:
    """Open a ticket of the list with a click; returns its number."""
    rows(page).nth(nth).click()
    return number_of(page)


def number_of(page: Page) -> str:
    article = page.locator("article[aria-label]")
    article.wait_for()
    number = article.get_attribute("aria-label")
    assert number is not None
    return number


def timeline(page: Page) -> Locator:
    return page.get_by_role("region", name="Verlauf")


def status(page: Page) -> Locator:
    return page.locator("article[aria-label] > header")


class Api:
    """A colleague who works elsewhere, through the API."""

    def __init__(self, stack: Stack, who: str) -> None:
        body = {"email": f"{who}@{DOMAIN}", "password": stack.password(who)}
        token = httpx.post(f"{stack.desk}/api/auth/login", json=body).json()["access_token"]
        self.client = httpx.Client(base_url=stack.desk, headers={"Authorization": f"Bearer {token}"})

    def ticket(self, number: str) -> dict[str, object]:
        found = self.client.get("/api/tickets", params={"text": number}).json()["items"]
        return dict(self.client.get(f"/api/tickets/{found[0]['id']}").json())

    def set_status(self, number: str, wanted: str) -> None:
        ticket = self.ticket(number)
        answer = self.client.post(
            f"/api/tickets/{ticket['id']}/status",
            json={"status": wanted},
            headers={"If-Match": f'"{ticket["version"]}"'},
        )
        assert answer.status_code == 200, answer.text
