"""What people do with the desk in a day, and what no page may do."""

import csv
import io
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DOMAIN, Desk, Stack, Watch
from tests.e2e.people import OPEN, Api, number_of, open_ticket, rows, status, timeline

ADMINISTRATION = ("/staff", "/roles")
# forms and lists like those, whose colours are the same
MORE = ("/staff/new", "/service-accounts", "/service-accounts/new", "/roles/new", "/mail")


def open_now(desk: Desk, stack: Stack) -> int:
    """The number a manager reads on the dashboard."""
    page = desk.log_in("chef", "/tickets")
    page.goto(f"{stack.dashboards}/?lang=de")
    tile = page.get_by_test_id("stMetric").filter(has_text="Jetzt offen")
    tile.get_by_test_id("stMetricValue").wait_for(timeout=60_000)
    return int(tile.get_by_test_id("stMetricValue").inner_text().replace(".", ""))


def test_a_ticket_on_its_way_from_the_desk_to_dashboard_and_review_pack(
    desk: Desk, stack: Stack, tmp_path: Path
) -> None:
    if stack.done:
        stack.psa.ok("pipeline", "run")
    before = open_now(desk, stack)
    page = desk.log_in("technik", OPEN)
    number = open_ticket(page)
    ticket = Api(stack, "technik").ticket(number)
    page.keyboard.press("t")
    expect(page.get_by_role("group", name="Laufende Stoppuhr")).to_contain_text(number)
    page.keyboard.press("r")
    page.keyboard.type("Das Netzteil war defekt und ist getauscht.")
    page.get_by_role("button", name="Weitere Arten zu senden").click()
    page.get_by_role("menuitem", name="Senden und lösen").click()
    expect(status(page)).to_contain_text("Gelöst")
    page.keyboard.press("t")
    page.get_by_role("dialog").get_by_role("button", name="Zeit eintragen").click()
    expect(timeline(page)).to_contain_text("Zeit eingetragen")
    stack.psa.ok("pipeline", "run")
    assert open_now(desk, stack) == before - 1
    # the quarter in which it came in, as far as it is over
    opened = datetime.fromisoformat(str(ticket["opened_at"])).astimezone(ZoneInfo("Europe/Berlin"))
    quarter = f"{opened.year}Q{(opened.month + 2) // 3}"
    customer = str(ticket["customer_name"])
    stack.psa.ok("qbr", "build", "--customer", customer, "--quarter", quarter, "--lang", "de", "--out", tmp_path)
    (pack,) = tmp_path.glob("*.pdf")
    assert "0 mismatches" in stack.psa.ok("qbr", "verify", pack)
    evidence = [stack.psa("qbr", "rows", pack, f"E{place:02}").stdout for place in range(1, 4)]
    assert any(row.get("number") == number for text in evidence for row in csv.DictReader(io.StringIO(text)))


def test_who_may_not_enter_is_told_why_and_what_to_do(desk: Desk, stack: Stack) -> None:
    page = desk.window()
    page.goto(f"{stack.desk}/tickets?priority=p1")
    expect(page.get_by_role("heading", name="Anmelden")).to_be_visible()
    page.get_by_label("E-Mail-Adresse").fill(f"technik@{DOMAIN}")
    page.locator("input[type=password]").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("E-Mail-Adresse oder Kennwort stimmt nicht.")
    page.locator("input[type=password]").fill(stack.password("technik"))
    page.keyboard.press("Enter")
    # where one wanted to go in the first place
    page.wait_for_url("**/tickets?priority=p1")


def test_a_day_with_the_keyboard_alone(desk: Desk, stack: Stack) -> None:
    page = desk.window()
    page.goto(f"{stack.desk}/login?next={quote(OPEN)}")
    page.locator("input[type=email]:focus").wait_for()
    page.keyboard.type(f"technik@{DOMAIN}")
    page.keyboard.press("Tab")
    page.keyboard.type(stack.password("technik"))
    page.keyboard.press("Enter")
    rows(page).first.wait_for()
    for key in ("j", "j", "k", "Enter"):
        page.keyboard.press(key)
    number = number_of(page)
    page.keyboard.press("n")
    page.keyboard.type("Rückruf um drei vereinbart")
    page.keyboard.press("Control+Enter")
    expect(timeline(page)).to_contain_text("Rückruf um drei vereinbart")
    page.keyboard.press("i")
    expect(page.locator("article[aria-label]")).to_contain_text("das Ticket übernommen")
    page.keyboard.press("p")
    page.keyboard.type("P1")
    page.keyboard.press("Enter")
    expect(status(page)).to_contain_text("P1")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    rows(page).first.wait_for()
    page.keyboard.press("/")
    page.keyboard.type(number)
    expect(rows(page)).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Tasten")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("k")
    page.wait_for_url("**/customers**")


def test_filters_and_order_stand_in_the_address_and_in_a_view(desk: Desk) -> None:
    page = desk.log_in("technik")
    rows(page).first.wait_for()
    page.get_by_role("button", name="Priorität", exact=True).click()
    page.get_by_label("P1 Kritisch").click()
    page.keyboard.press("Escape")
    page.get_by_role("columnheader", name="Frist").get_by_role("button").click()
    page.wait_for_url("**/tickets?priority=p1&sort=due_at")
    expect(page.get_by_role("region", name="Tickets").get_by_role("status")).to_contain_text("Ticket")
    page.reload()
    expect(page.get_by_role("button", name="Priorität: P1 Kritisch")).to_be_visible()
    page.get_by_role("button", name="Ansicht speichern").click()
    page.get_by_label("Name der Ansicht").fill("Brennt")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Alle Tickets").click()
    page.wait_for_url("**/tickets")
    # a view belongs to the person, not to the browser
    other = desk.log_in("technik")
    other.get_by_role("link", name="Brennt").click()
    other.wait_for_url("**/tickets?priority=p1&sort=due_at")
    other.get_by_role("button", name="Ansicht Brennt löschen").click()
    expect(other.get_by_role("link", name="Brennt")).to_have_count(0)


def test_a_list_of_thousands_goes_to_its_end(desk: Desk, stack: Stack) -> None:
    page = desk.log_in("technik")
    rows(page).first.wait_for()
    last = Api(stack, "technik").client.get("/api/tickets", params={"sort": "opened_at", "limit": 1}).json()["items"][0]
    page.get_by_role("grid").focus()
    page.keyboard.press("End")
    expect(page.get_by_role("row", name=last["number"])).to_be_visible()
    expect(page.get_by_role("row", name=last["number"])).to_have_attribute("aria-selected", "true")
    # far fewer rows exist than there are tickets
    assert page.locator("[role=row]").count() < 80


def test_what_a_colleague_does_is_seen_at_once(desk: Desk, stack: Stack) -> None:
    page = desk.log_in("technik", OPEN)
    number = open_ticket(page, 3)
    other = Api(stack, "chef")
    wanted = "waiting_vendor" if other.ticket(number)["status"] != "waiting_vendor" else "open"
    other.set_status(number, wanted)
    expect(status(page)).to_contain_text({"waiting_vendor": "Wartet auf Hersteller", "open": "In Arbeit"}[wanted])


def test_whoever_is_second_sees_the_new_state_and_decides_again(desk: Desk, stack: Stack, watch: Watch) -> None:
    watch.expected = (*watch.expected, "/status")
    page = desk.log_in("technik", OPEN)
    number = open_ticket(page, 4)
    # this page hears nothing of what the others do
    page.route("**/api/live", lambda route: route.abort())
    watch.expected = (*watch.expected, "/api/live")
    page.reload()
    number_of(page)
    other = Api(stack, "chef")
    wanted = "waiting_internal" if other.ticket(number)["status"] != "waiting_internal" else "waiting_vendor"
    other.set_status(number, wanted)
    page.get_by_role("button", name="Lösen", exact=True).click()
    expect(page.get_by_text("Jemand anderes hat inzwischen geändert")).to_be_visible()
    expect(status(page)).to_contain_text({"waiting_internal": "intern", "waiting_vendor": "Hersteller"}[wanted])
    page.get_by_role("button", name="Lösen", exact=True).click()
    expect(status(page)).to_contain_text("Gelöst")


def test_a_reply_that_could_not_be_sent_is_not_lost(desk: Desk, watch: Watch) -> None:
    page = desk.log_in("technik", OPEN)
    open_ticket(page, 5)
    watch.expected = (*watch.expected, "/reply")
    page.route("**/reply", lambda route: route.abort())
    # a page that is already there may still send past a route that was just set
    page.reload()
    number_of(page)
    page.keyboard.press("r")
    page.keyboard.type("Wir melden uns morgen")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Der Server ist nicht erreichbar")
    page.reload()
    expect(page.get_by_label("Antwort schreiben …")).to_have_value("Wir melden uns morgen")
    page.unroute("**/reply")
    page.get_by_label("Antwort schreiben …").focus()
    page.keyboard.press("Control+Enter")
    expect(timeline(page).get_by_text("Wir melden uns morgen")).to_have_count(1)
    expect(page.get_by_label("Antwort schreiben …")).to_have_value("")


def test_a_timer_outlives_the_browser(desk: Desk) -> None:
    page = desk.log_in("technik", OPEN)
    number = open_ticket(page, 6)
    page.keyboard.press("t")
    expect(page.get_by_role("group", name="Laufende Stoppuhr")).to_contain_text(number)
    page.context.close()
    again = desk.log_in("technik")
    timer = again.get_by_role("group", name="Laufende Stoppuhr")
    expect(timer).to_contain_text(re.compile(r"0:0\d:\d\d"))
    timer.get_by_role("button", name="Stoppuhr beenden").click()
    again.get_by_role("button", name="Zeit eintragen").click()
    expect(again.get_by_text(f"1 min auf {number} eingetragen.")).to_be_visible()
    expect(timer).to_have_count(0)


def test_a_new_ticket_stands_in_everybodys_queue(desk: Desk) -> None:
    queue = desk.log_in("chef", "/tickets?sort=-opened_at")
    rows(queue).first.wait_for()
    subject = f"Beamer im Saal flackert {uuid4().hex}"
    page = desk.log_in("technik")
    rows(page).first.wait_for()
    page.keyboard.press("c")
    page.get_by_label(re.compile("^Kunde")).first.click()
    page.get_by_role("option").first.click()
    page.get_by_label(re.compile("^Betreff")).last.fill(subject)
    page.keyboard.press("Control+Enter")
    number = number_of(page)
    expect(rows(queue).first).to_contain_text(subject)
    expect(rows(queue).first).to_contain_text(number)


def test_customers_and_contacts_lead_to_their_tickets(desk: Desk) -> None:
    page = desk.log_in("technik", "/customers")
    first = page.locator("[role=row][aria-selected]").first
    first.wait_for()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/customers/[0-9a-f-]{36}"))
    page.get_by_role("link", name=re.compile("^Alle .* Tickets zeigen$")).last.click()
    page.wait_for_url(re.compile(r"/tickets\?.*customer_id="))
    rows(page).first.wait_for()


def test_two_tabs_renew_their_session_without_ending_it(desk: Desk, watch: Watch) -> None:
    watch.expected = ("/api/",)
    page = desk.log_in("technik")
    rows(page).first.wait_for()
    tab = desk.tab(page.context)
    tab.goto(page.url)
    rows(tab).first.wait_for()
    # the access token has run out in both at the same moment
    page.context.clear_cookies(name=re.compile("_access$"))
    for one in (page, tab):
        one.evaluate("() => window.dispatchEvent(new Event('visibilitychange'))")
    page.get_by_role("link", name="Meine Tickets").click()
    tab.get_by_role("link", name="Offene Tickets").click()
    rows(tab).first.wait_for()
    for one in (page, tab):
        expect(one.get_by_role("heading", name="Tickets", level=1)).to_be_visible()
    # whoever logs out does so for all tabs
    page.get_by_role("button", name=re.compile("^Menü von")).click()
    page.get_by_role("menuitem", name="Abmelden").click()
    expect(page.get_by_role("heading", name="Anmelden")).to_be_visible()
    expect(tab.get_by_role("heading", name="Anmelden")).to_be_visible()


def test_a_log_in_ended_elsewhere_lets_its_page_go_and_a_new_password_opens(
    desk: Desk, stack: Stack, watch: Watch
) -> None:
    watch.expected = ("/api/",)
    email, password = stack.psa.ok(
        "user", "add", f"{uuid4().hex}@{DOMAIN}", "--role", "technician", "--tenant", "nordlicht"
    ).split()
    lost = desk.log_in_as(email, password)
    rows(lost).first.wait_for()
    page = desk.log_in_as(email, password, "/account")
    sessions = page.get_by_role("region", name="Anmeldungen").get_by_role("listitem")
    expect(sessions).to_have_count(2)
    expect(sessions.first).to_contain_text("diese")
    page.get_by_role("button", name="Chrome, Linux beenden").click()
    expect(sessions).to_have_count(1)
    # nobody touches that page, and it lets go
    expect(lost.get_by_role("heading", name="Anmelden")).to_be_visible()
    new = "violette Traktoren pfeifen nie"
    for tried, said in ((email, "leicht zu erraten"), (new, None)):
        page.get_by_label("Jetziges Kennwort").fill(password)
        page.get_by_label("Neues Kennwort").fill(tried)
        page.get_by_role("button", name="Kennwort ändern").click()
        if said:
            expect(page.get_by_text(said)).to_be_visible()
    expect(page.get_by_text("Ihr Kennwort ist geändert.")).to_be_visible()
    rows(desk.log_in_as(email, new)).first.wait_for()


def test_language_and_colours_are_the_persons_own(desk: Desk, stack: Stack) -> None:
    for name in ("desk.language", "desk.contrast"):
        Api(stack, "vcio").client.put(f"/api/auth/preferences/{name}", json={"value": None})
    page = desk.log_in("vcio")
    page.get_by_role("button", name=re.compile("^Menü von")).click()
    page.get_by_role("menuitem", name="In English").click()
    expect(page.get_by_role("link", name="Open tickets")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "en"
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("high contrast")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-contrast", "high")
    other = desk.log_in("vcio", locale="de-DE")
    expect(other.get_by_role("link", name="Open tickets")).to_be_visible()
    expect(other.locator("html")).to_have_attribute("data-contrast", "high")
    other.get_by_role("button", name=re.compile("^Menu of")).click()
    other.get_by_role("menuitem", name="Auf Deutsch").click()
    expect(other.get_by_role("link", name="Offene Tickets")).to_be_visible()


def test_everything_is_found_by_typing(desk: Desk, stack: Stack) -> None:
    page = desk.log_in("technik")
    rows(page).first.wait_for()
    ticket = Api(stack, "technik").client.get("/api/tickets", params={"limit": 1, "offset": 50}).json()["items"][0]
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill(ticket["number"])
    page.get_by_role("option").filter(has_text=ticket["number"]).wait_for()
    page.keyboard.press("Enter")
    assert number_of(page) == ticket["number"]
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill(ticket["customer_name"][:6])
    page.get_by_role("option").filter(has=page.get_by_label("Kunde")).first.click()
    page.wait_for_url("**/customers/**")


def test_a_phone_shows_all_of_it(desk: Desk) -> None:
    page = desk.log_in("technik", OPEN, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.get_by_role("gridcell").first.wait_for()
    page.get_by_role("row").nth(1).tap()
    number_of(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Zurück zur Liste").tap()
    page.get_by_role("gridcell").first.wait_for()
    page.get_by_role("button", name="Menü", exact=True).tap()
    page.get_by_role("link", name="Kunden").tap()
    page.wait_for_url("**/customers**")


@pytest.mark.parametrize("look", ["light", "dark", "contrast"])
def test_axe_finds_nothing(desk: Desk, stack: Stack, axe: Callable[[Page], list[str]], look: str) -> None:
    chief = Api(stack, "chef").client
    chief.put("/api/auth/preferences/desk.contrast", json={"value": look == "contrast"})
    chief.put("/api/auth/preferences/desk.forecast", json={"value": True})
    scheme = "dark" if look == "dark" else "light"
    page = desk.window(color_scheme=scheme)
    page.goto(f"{stack.desk}/login")
    page.get_by_role("button", name="Anmelden").wait_for()
    found = axe(page)
    page = desk.log_in("chef", "/tickets", color_scheme=scheme)
    rows(page).first.wait_for()
    page.get_by_role("img", name="Neue Tickets pro Tag").wait_for()
    found += axe(page)
    open_ticket(page, 2)
    timeline(page).get_by_role("listitem").first.wait_for()
    page.wait_for_timeout(400)
    found += axe(page)
    for key in ("r", "w"):
        page.keyboard.press("Escape")
        page.keyboard.press(key)
        page.wait_for_timeout(200)
        found += axe(page)
    own = ("/tickets/new", "/customers", "/contacts", "/account", "/account/permissions")
    for path in (*own, *ADMINISTRATION, *(MORE if look == "light" else ()), "/nowhere"):
        page.goto(stack.desk + path)
        page.locator("main h1").first.wait_for()
        page.wait_for_timeout(400)
        found += axe(page)
        if path in ("/customers", "/contacts", "/staff", "/roles"):
            page.keyboard.press("j")
            page.keyboard.press("Enter")
            page.wait_for_url(re.compile(path + r"/[0-9a-f-]{36}"))
            page.wait_for_timeout(600)
            found += axe(page)
    page.goto(f"{stack.desk}/tickets")
    rows(page).first.wait_for()
    for key in ("Control+k", "Escape", "?"):
        page.keyboard.press(key)
        page.wait_for_timeout(300)
        found += axe(page)
    chief.put("/api/auth/preferences/desk.contrast", json={"value": None})
    assert not found, "\n".join(found)
