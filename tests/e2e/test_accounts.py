"""How people come by their accounts, prove that it is them, and are let do more or less."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import uuid4

import httpx
import psycopg
import pyotp
import pytest
from playwright.sync_api import Locator, Page, expect

from infra.local.home import Home
from operational.auth.service.logins import create_login
from tests.e2e.conftest import DOMAIN, Desk, Stack, Watch
from tests.e2e.people import OPEN, Api, open_ticket, rows

NEW = "violette Traktoren pfeifen nie"


@dataclass
class Person:
    """Somebody of this test alone."""

    email: str
    password: str
    name: str


@pytest.fixture
def person(stack: Stack) -> Person:
    email, password, name = f"{uuid4().hex}@{DOMAIN}", uuid4().hex, f"anna_{uuid4().hex[:8]}"
    # what `psa user add` does, without its start
    with psycopg.connect(Home(stack.psa.home).url("owner", "psa")) as owner:
        found = owner.execute("select id from auth.tenant where slug = 'nordlicht'").fetchone()
        assert found is not None
        create_login(owner, found[0], email, password, name=name, roles=("technician",))
    return Person(email, password, name)


@pytest.fixture
def named(desk: Desk, stack: Stack, watch: Watch) -> Desk:
    """The desk under a name, without which there are no passkeys."""
    address = stack.desk.replace("127.0.0.1", "localhost")
    watch.allowed = (*watch.allowed, address)
    return replace(desk, stack=replace(stack, desk=address))


def section(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def first_step(page: Page, desk: str, person: Person, path: str = "/tickets") -> None:
    """The first step of a log-in, until the second is asked for."""
    page.goto(f"{desk}/login?next={path}")
    page.get_by_label("E-Mail-Adresse").fill(person.email)
    page.locator("input[type=password]").fill(person.password)
    page.get_by_role("button", name="Anmelden", exact=True).click()
    expect(page.get_by_role("heading", name="Zweiter Schritt")).to_be_visible()


def keep_codes(page: Page) -> list[str]:
    """Write down the recovery codes, which are shown this once."""
    dialog = page.get_by_role("dialog", name="Ihre Wiederherstellungscodes")
    dialog.get_by_role("listitem").first.wait_for()
    codes = dialog.get_by_role("listitem").all_inner_texts()
    expect(dialog.get_by_role("button", name="Fertig")).to_be_disabled()
    dialog.get_by_label("Ich habe sie gesichert").check()
    dialog.get_by_role("button", name="Fertig").click()
    expect(dialog).to_have_count(0)
    return codes


@dataclass
class App:
    """An authenticator app, when its first code was used, and the recovery codes made with it."""

    totp: pyotp.TOTP
    confirmed_at: float
    recovery: list[str]


def make_totp(page: Page, person: Person, look: Callable[[], None] = lambda: None) -> App:
    """Set up an authenticator app."""
    page.get_by_role("button", name="Authenticator-App einrichten").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Jetziges Kennwort").fill(person.password)
    dialog.get_by_role("button", name="Weiter").click()
    expect(dialog.get_by_role("img", name="QR-Code")).to_be_visible()
    page.wait_for_timeout(300)
    look()
    totp = pyotp.TOTP(dialog.get_by_label("Geheimer Schlüssel").input_value().replace(" ", ""))
    confirmed_at = time.time()
    dialog.get_by_label("Code der Authenticator-App").fill(totp.at(confirmed_at))
    dialog.get_by_role("button", name="Bestätigen").click()
    return App(totp, confirmed_at, keep_codes(page))


def authenticator(page: Page) -> None:
    """A device that makes passkeys, unlocked by whoever holds it."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def version_of(client: httpx.Client, user_id: str) -> int:
    return int(client.get(f"/api/auth/users/{user_id}").json()["version"])


def test_a_forgotten_password_is_set_anew_by_a_mailed_link(
    desk: Desk, stack: Stack, watch: Watch, person: Person
) -> None:
    watch.expected = ("/api/",)
    page = desk.window()
    page.goto(f"{stack.desk}/login")
    page.get_by_label("E-Mail-Adresse").fill(person.email)
    page.get_by_role("link", name="Kennwort vergessen?").click()
    expect(page.get_by_label("E-Mail-Adresse")).to_have_value(person.email)
    page.get_by_role("button", name="Link senden").click()
    expect(page.get_by_role("heading", name="Sehen Sie in Ihr Postfach")).to_be_visible()
    # mail lies in a folder here, so an administrator can read it
    mails = desk.log_in("chef", "/mail")
    mails.get_by_role("row", name=person.email).click()
    mail = mails.get_by_role("article")
    expect(mail).to_contain_text("gesendet")
    link = mail.get_by_role("link", name="/set-password#").inner_text()
    assert link.startswith(stack.desk)
    page.goto(link)
    expect(page.get_by_role("definition").last).to_have_text("Nordlicht Systemhaus GmbH")
    assert "#" not in page.url
    for tried, said in ((person.email, "leicht zu erraten"), (NEW, None)):
        page.get_by_label("Neues Kennwort").fill(tried)
        page.get_by_role("button", name="Kennwort festlegen").click()
        if said:
            expect(page.get_by_text(said)).to_be_visible()
    expect(page.get_by_text("Ihr neues Kennwort gilt.")).to_be_visible()
    page.locator("input[type=password]").fill(NEW)
    page.keyboard.press("Enter")
    rows(page).first.wait_for()
    # the link has done its work
    page.goto(link)
    expect(page.get_by_role("heading", name="Dieser Link gilt nicht mehr")).to_be_visible()


def test_an_authenticator_app_and_what_lets_in_without_it(
    desk: Desk, stack: Stack, watch: Watch, person: Person, axe: Callable[[Page], list[str]]
) -> None:
    watch.expected = ("/api/",)
    page = desk.log_in_as(person.email, person.password, "/account")
    expect(section(page, "Zweiter Faktor")).to_contain_text("Noch keiner eingerichtet.")
    found: list[str] = []
    app = make_totp(page, person, lambda: found.extend(axe(page)))
    assert len(app.recovery) == 10
    expect(section(page, "Zweiter Faktor")).to_contain_text("noch 10 Codes")
    again = desk.window()
    first_step(again, stack.desk, person)
    found += axe(again)
    assert found == []
    code = again.get_by_label("Code der Authenticator-App")
    expect(code).to_be_focused()
    # the code that confirmed the app counts no more, a fresh one does
    for said in ("Jeder Code gilt nur einmal", None):
        # the next one may be a step ahead of the clock, where the first was used within this step
        tried = app.totp.at(app.confirmed_at if said else max(time.time(), app.confirmed_at + 30))
        code.fill(f"{tried[:3]} {tried[3:]}")
        again.keyboard.press("Enter")
        if said:
            expect(again.get_by_text(said)).to_be_visible()
    rows(again).first.wait_for()
    lost = desk.window()
    first_step(lost, stack.desk, person, "/account")
    lost.get_by_role("button", name="Ich habe mein Gerät nicht dabei").click()
    lost.get_by_label("Wiederherstellungscode").fill(app.recovery[0].upper())
    lost.keyboard.press("Enter")
    expect(section(lost, "Zweiter Faktor")).to_contain_text("noch 9 Codes")
    # an administrator takes what is lost away
    chief = desk.log_in("chef", f"/staff?text={person.name}")
    chief.get_by_role("row", name=person.email).click()
    chief.get_by_role("button", name="Zweite Faktoren entfernen").click()
    chief.get_by_role("dialog").get_by_role("button", name="Zweite Faktoren entfernen").click()
    expect(chief.get_by_text(f"Die zweiten Faktoren von {person.name} sind entfernt.")).to_be_visible()


def test_a_passkey_is_the_second_step_or_the_whole_log_in(named: Desk, watch: Watch, person: Person) -> None:
    watch.expected = ("/api/",)
    address = named.stack.desk
    page = named.log_in_as(person.email, person.password, "/account")
    authenticator(page)
    page.get_by_role("button", name="Passkey hinzufügen").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Jetziges Kennwort").fill(person.password)
    dialog.get_by_label("Name des Passkeys").fill("Messrechner")
    dialog.get_by_role("button", name="Weiter").click()
    keep_codes(page)
    expect(section(page, "Zweiter Faktor")).to_contain_text("Passkey: Messrechner")
    page.get_by_role("button", name=re.compile("^Menü von")).click()
    page.get_by_role("menuitem", name="Abmelden").click()
    expect(page.get_by_role("heading", name="Anmelden")).to_be_visible()
    first_step(page, address, person)
    page.get_by_role("button", name="Passkey benutzen").click()
    rows(page).first.wait_for()
    page.context.clear_cookies()
    page.goto(f"{address}/login?next=/account")
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    expect(section(page, "Zweiter Faktor")).to_contain_text("zuletzt benutzt")
    page.get_by_role("button", name="Passkey Messrechner entfernen").click()
    page.get_by_role("dialog").get_by_label("Jetziges Kennwort").fill(person.password)
    page.get_by_role("dialog").get_by_role("button", name="Entfernen").click()
    expect(section(page, "Zweiter Faktor")).to_contain_text("Noch keiner eingerichtet.")


def test_passkeys_are_not_offered_under_an_address(desk: Desk, stack: Stack) -> None:
    page = desk.window()
    page.goto(f"{stack.desk}/login")
    expect(page.get_by_role("button", name="Anmelden", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Mit Passkey anmelden")).to_have_count(0)
    page = desk.log_in("technik", "/account")
    named = stack.desk.replace("127.0.0.1", "localhost")
    expect(section(page, "Zweiter Faktor").get_by_role("link")).to_have_text(named)


def test_a_changed_role_is_felt_in_a_page_that_is_open(desk: Desk, stack: Stack, watch: Watch, person: Person) -> None:
    watch.expected = ("/api/",)
    role = f"helfer_{uuid4().hex[:8]}"
    chief = Api(stack, "chef").client
    gives = dict.fromkeys(("auth.account.use", "auth.user.read", "crm.customer.read", "tickets.ticket.read"), "all")
    made = chief.post("/api/auth/roles", json={"name": role, "permissions": {**gives, "tickets.ticket.reply": "all"}})
    assert made.status_code == 201, made.text
    (helper,) = chief.get("/api/auth/users", params={"text": person.name}).json()["items"]
    path, seen = f"/api/auth/users/{helper['id']}", {"If-Match": f'"{version_of(chief, helper["id"])}"'}
    assert chief.put(f"{path}/roles", json={"roles": [role]}, headers=seen).status_code == 200
    page = desk.log_in_as(person.email, person.password, OPEN)
    open_ticket(page)
    reply = page.get_by_label("Antwort schreiben …")
    expect(reply).to_be_visible()
    admin = desk.log_in("chef", f"/roles/{made.json()['id']}")
    admin.get_by_label("Auf Tickets antworten").select_option(label="nein")
    expect(admin.get_by_role("region", name="Nicht gespeicherte Änderungen")).to_contain_text("1 Person")
    admin.get_by_role("button", name="Speichern").click()
    expect(reply).to_have_count(0)
    # the role asks for a second factor: nothing else works until there is one, and then it goes on
    admin.get_by_label("Verlangt einen zweiten Faktor").check(force=True)
    admin.get_by_role("button", name="Speichern").click()
    expect(admin.get_by_role("region", name="Nicht gespeicherte Änderungen")).to_have_count(0)
    page.wait_for_url("**/account")
    expect(page.get_by_text("Sie brauchen einen zweiten Faktor.")).to_be_visible()
    page.reload()
    make_totp(page, person)
    page.wait_for_url(re.compile("/tickets/"))
    expect(reply).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("Sie brauchen einen zweiten Faktor.")).to_have_count(0)


def test_a_service_account_works_by_its_key_until_that_is_ended(desk: Desk, stack: Stack) -> None:
    name = f"Monitoring {uuid4().hex[:8]}"
    page = desk.log_in("chef", "/service-accounts/new")
    page.get_by_role("article").get_by_label("Name").fill(name)
    page.get_by_label("Technik").check()
    page.get_by_role("button", name="Dienstkonto anlegen").click()
    page.get_by_role("article", name=name).get_by_role("button", name="Neuer Schlüssel").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Alarme")
    dialog.get_by_label("Nur einiges davon").check()
    dialog.get_by_label("Tickets mit ihrem Verlauf lesen").check()
    dialog.get_by_role("button", name="Schlüssel machen").click()
    key = dialog.get_by_label("Schlüssel", exact=True).input_value()
    dialog.get_by_role("button", name="Ich habe ihn gesichert").click()
    expect(page.get_by_role("article", name=name)).to_contain_text("Darf nur: Tickets mit ihrem Verlauf lesen")

    def status(path: str) -> int:
        return httpx.get(f"{stack.desk}{path}", headers={"Authorization": f"Bearer {key}"}).status_code

    assert (status("/api/tickets?limit=1"), status("/api/crm/customers")) == (200, 403)
    page.get_by_role("button", name="Alarme beenden").click()
    page.get_by_role("dialog").get_by_role("button", name="Schlüssel beenden").click()
    expect(page.get_by_role("article", name=name)).to_contain_text("Noch keine.")
    assert status("/api/tickets?limit=1") == 401


def make_log_in_service(page: Page, stack: Stack, name: str) -> Locator:
    """Fill in the page of a new log-in service, wrongly at first; returns the page of the one that is made."""
    page.get_by_role("radio", name="Keycloak").click()
    addresses = [page.get_by_role("textbox", name=label).input_value() for label in ("Redirect URI", "Back-Channel")]
    assert addresses == [f"{stack.desk}/api/auth/sso/{end}" for end in ("callback", "backchannel-logout")]
    page.get_by_role("combobox", name="Domains der Adressen").fill("nordlicht.example")
    page.get_by_role("article").get_by_role("textbox", name="Name").fill(name)
    for field, text in (
        ("Client-ID", name),
        ("Geheimnis", "niemand sieht es"),
        ("Adresse des Realms", "http://x.test"),
    ):
        page.get_by_role("textbox", name=field).fill(text)
    page.get_by_role("button", name="Anmeldedienst anlegen").click()
    expect(page.get_by_text("Es braucht die ganze https-Adresse")).to_be_visible()
    page.get_by_role("textbox", name="Adresse des Realms").fill("https://127.0.0.1:1/realms/x")
    page.get_by_role("button", name="Anmeldedienst anlegen").click()
    return page.get_by_role("article", name=name)


def test_a_log_in_service_is_set_up_checked_linked_and_deleted(
    desk: Desk, stack: Stack, watch: Watch, person: Person, axe: Callable[[Page], list[str]]
) -> None:
    watch.expected = ("/api/auth/",)
    name = f"Konto {uuid4().hex[:8]}"
    page = desk.log_in("chef", "/identity-providers/new")
    article = make_log_in_service(page, stack, name)
    expect(article).to_contain_text("hinterlegt")
    article.get_by_role("button", name="Verbindung prüfen").click()
    expect(section(page, "Verbindung")).to_contain_text(".well-known/openid-configuration")
    article.get_by_role("button", name="Regeln für Gruppen ändern").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Gruppe 1").fill("Technik-Team")
    dialog.get_by_role("button", name="Speichern").click()
    expect(dialog).to_contain_text("Welche Rolle?")
    dialog.get_by_label("Rolle 1").click()
    page.get_by_role("option", name="Technik", exact=True).click()
    dialog.get_by_role("button", name="Speichern").click()
    expect(article.get_by_role("row", name="Technik-Team Technik")).to_be_visible()
    assert axe(page) == []
    colleague = desk.log_in("chef", f"/staff?text={person.name}")
    colleague.get_by_role("row", name=person.email).click()
    identities = section(colleague, "Anmeldedienste")
    identities.get_by_role("button", name="Mit einem Anmeldedienst verknüpfen").click()
    colleague.get_by_role("combobox", name="Anmeldedienst").click()
    colleague.get_by_role("option", name=name).click()
    colleague.get_by_label("Kennung (Subject)").fill("f:anna")
    colleague.get_by_role("dialog").get_by_role("button", name="Speichern").click()
    expect(identities).to_contain_text("von Hand verknüpft")
    page.reload()
    article.get_by_role("button", name="Löschen").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 Person ist damit verknüpft.")
    dialog.get_by_role("button", name="Löschen").click()
    expect(page.get_by_text(f"{name} ist gelöscht.")).to_be_visible()
    # a page that is open hears of it
    expect(identities).not_to_contain_text("von Hand verknüpft")


def test_a_contact_is_let_into_the_portal_and_let_go(
    desk: Desk, stack: Stack, watch: Watch, axe: Callable[[Page], list[str]]
) -> None:
    watch.expected = ("/api/",)
    chief = Api(stack, "chef").client
    customer = chief.get("/api/crm/customers", params={"limit": 1}).json()["items"][0]
    email = f"{uuid4().hex}@kunde.example"
    body = {"name": f"Eva {uuid4().hex[:8]}", "email": email, "customer_id": customer["id"]}
    contact = chief.post("/api/crm/contacts", json=body, headers={"Idempotency-Key": uuid4().hex}).json()
    page = desk.log_in("chef", f"/contacts/{contact['id']}")
    page.get_by_role("button", name="Ins Portal einladen").click()
    expect(page.get_by_role("textbox", name="E-Mail")).to_have_value(email)
    expect(page.get_by_label(customer["name"])).to_be_checked()
    page.get_by_role("button", name="Ins Portal einladen").click()
    article = page.get_by_role("article", name=body["name"])
    expect(article).to_contain_text("eingeladen")
    assert axe(page) == []
    mails = desk.log_in("chef", "/mail")
    mails.get_by_role("row", name=email).click()
    link = mails.get_by_role("article").get_by_role("link", name="/set-password#").inner_text()
    theirs = desk.window()
    theirs.goto(link)
    theirs.get_by_label("Neues Kennwort").fill(NEW)
    theirs.get_by_role("button", name="Kennwort festlegen").click()
    expect(theirs.get_by_text("Ihr neues Kennwort gilt.")).to_be_visible()
    theirs.locator("input[type=password]").fill(NEW)
    theirs.keyboard.press("Enter")
    theirs.wait_for_url(re.compile("/tickets"))
    page.goto(f"{stack.desk}/portal-users?access=active&text={email}")
    page.get_by_role("row", name=body["name"]).click()
    article.get_by_role("button", name="Zugang nehmen").click()
    page.get_by_role("dialog").get_by_role("button", name="Zugang nehmen").click()
    expect(article).to_contain_text("ohne Zugang")
    theirs.goto(f"{stack.desk}/tickets")
    theirs.wait_for_url(re.compile("/login"))
