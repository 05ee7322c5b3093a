"""Who may see what, what is kept for whom, and what a page says when something is not there."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from dashboards.data import service as service_data
from dashboards.data.warehouse import NoWarehouse, Scope, snapshot
from dashboards.settings import Settings
from tests.dashboards.conftest import DESK, Browser, Sessions, table, words

Opener = Callable[[str], Browser]
PAGES = [None, "crm_customer", "desk_forecast"]


@pytest.mark.parametrize("page", PAGES)
def test_nobody_sees_anything_without_a_session(
    built: Any, sessions: Sessions, browser: Opener, page: str | None
) -> None:
    for token in (None, "expired"):
        app = browser(built.house.serving).open(token, page, lang="de")
        assert app.header[0].value == "Bitte melden Sie sich an"
        assert f'href="{DESK}/login?next=dashboards"' in "".join(one.proto.body for one in app.get("html"))
        assert not app.metric
        assert not app.selectbox


def test_a_missing_right_says_whom_to_ask(built: Any, sessions: Sessions, browser: Opener) -> None:
    sessions.add("tom", built.house.tenant, "tickets.ticket.read", locale="en", role="technician")
    app = browser(built.house.serving).open("tom", lang="en")
    assert app.header[0].value == "You do not have the right to see this"
    assert "administrator" in words(app)
    assert not app.metric


def test_the_api_is_asked_at_every_run_and_a_session_that_ended_shows_nothing(
    built: Any, sessions: Sessions, browser: Opener
) -> None:
    sessions.add("anna", built.house.tenant, "reports.dashboard.read")
    app = browser(built.house.serving).open("anna", lang="de")
    assert set(sessions.asked) == {"/api/auth/dashboard-session anna"}
    asked = len(sessions.asked)
    app.run()
    assert len(sessions.asked) == asked + 1
    sessions.known.clear()
    app.run()
    assert not app.metric
    assert app.header[0].value == "Bitte melden Sie sich an"


def test_what_is_away_is_said_in_a_sentence(
    built: Any, sessions: Sessions, browser: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions.add("anna", built.house.tenant, "reports.dashboard.read")
    nowhere = browser("postgresql://wh_serving:x@127.0.0.1:1/warehouse")
    app = nowhere.open("anna")
    assert app.header[0].value == "Die Auswertungsdaten sind nicht erreichbar"
    assert app.title[0].value == "Service-Überblick"
    assert [one.url for one in app.link_button] == [DESK]
    there = browser(built.house.serving)
    monkeypatch.setenv("PSA_API_URL", "http://127.0.0.1:1")
    app = there.open("carla", lang="en")
    assert app.header[0].value == "Your log-in cannot be checked at the moment"
    monkeypatch.delenv("PSA_API_URL")
    app = there.open("anna", lang="en")
    assert "PSA_API_URL" in words(app)


def test_an_empty_warehouse_says_so(built: Any, house: Any, sessions: Sessions, browser: Opener) -> None:
    sessions.add("eva", built.house.other_tenant, "reports.dashboard.read")
    for page in PAGES:
        app = browser(built.house.serving).open("eva", page)
        assert app.header[0].value == "Noch nichts zu zeigen"
        assert "Zahlen erscheinen nach der ersten" in words(app)
        # no dead end: what page it is, the way to the desk, the other language
        assert app.title[0].value in ("Service-Überblick", "Kunde", "Ticketprognose")
        assert [one.url for one in app.link_button] == [DESK]
        app.selectbox(key="choice_lang").select("en").run()
        assert app.header[0].value == "Nothing to show yet"
    sessions.add("eva", house.tenant, "reports.dashboard.read")
    sessions.add("eve", house.tenant, "reports.dashboard.read")
    assert browser(house.serving).open("eve").header[0].value == "Die Auswertungsdaten sind nicht erreichbar"


def test_a_failure_is_logged_and_no_traceback_shown(
    built: Any, sessions: Sessions, browser: Opener, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    sessions.add("anna", built.house.tenant, "reports.dashboard.read")
    monkeypatch.setattr("dashboards.ui.frame.about", broken)
    app = browser(built.house.serving).open("anna")
    assert app.header[0].value == "Diese Seite ist fehlgeschlagen"
    assert "secret" not in words(app)
    assert "secret detail" in caplog.text


@pytest.fixture
def two_tenants(built_copy: Any) -> Any:
    """The demo desk, and one ticket of the other tenant."""
    with psycopg.connect(built_copy.warehouse) as owner:
        for mart, extra in (("fct_coverage", {}), ("fct_ticket", {"ticket_id": str(uuid4()), "number": "X-1"}),
                             ("dim_customer", {"customer_id": str(uuid4()), "name": "Andere AG"})):  # fmt: skip
            names = [row[0] for row in owner.execute(
                "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped",
                (f"marts.{mart}",))]  # fmt: skip
            values = {"tenant_id": str(built_copy.other_tenant), **extra}
            chosen = ", ".join(f"'{values[name]}'" if name in values else name for name in names)
            owner.execute(
                f"insert into marts.{mart} select {chosen} from marts.{mart} where tenant_id = %s "
                f"{'and opened_on = %s' if mart == 'fct_ticket' else ''} limit 1",
                (built_copy.tenant, "2026-06-10")[: 2 if mart == "fct_ticket" else 1],
            )
    return built_copy


def test_two_tenants_never_see_each_others_figures(two_tenants: Any, sessions: Sessions, browser: Opener) -> None:
    """The same address in one process, by turns: what is kept for one is not shown to the other."""
    sessions.add("ours", two_tenants.tenant, "reports.dashboard.read")
    sessions.add("theirs", two_tenants.other_tenant, "reports.dashboard.read")
    there = browser(two_tenants.serving)
    seen = []
    for token in ("ours", "theirs", "ours", "theirs"):
        app = there.open(token, behind="opened")
        opened = next(one for one in app.metric if one.label in ("Neue Tickets", "New tickets"))
        seen.append((opened.value, app.selectbox(key="choice_customer").options[1:]))
        numbers = table(app, "number", "ticket_id")["number"].tolist()
        assert all(one.endswith("#X-1") for one in numbers) == (token == "theirs")
    assert seen[0] == seen[2]
    assert seen[1] == seen[3] == ("1", ["Andere AG"])
    assert "Andere AG" not in seen[0][1]
    assert len(seen[0][1]) > 3


def test_what_is_kept_is_kept_by_tenant_role_and_batch(
    two_tenants: Any, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Scope] = []

    def counting(scope: Scope) -> Any:
        asked.append(scope)
        return snapshot(scope)

    monkeypatch.setattr(service_data, "snapshot", counting)
    scopes = [
        Scope(two_tenants.serving, tenant, roles, batch)
        for tenant in (two_tenants.tenant, two_tenants.other_tenant)
        for roles in (("manager",), ("analyst",))
        for batch in (1, 2)
    ]
    for _ in range(2):
        for scope in scopes:
            service_data.about(scope)
    assert asked == scopes


def test_the_connection_reads_serving_only_and_only_one_tenant(two_tenants: Any) -> None:
    ours = Scope(two_tenants.serving, two_tenants.tenant, ())
    with snapshot(ours) as serving:
        connection = serving._connection
        assert connection.execute("show transaction_read_only").fetchone() == ("on",)
        assert connection.execute("show transaction_isolation").fetchone() == ("repeatable read",)
        assert connection.execute("show search_path").fetchone() == ("serving",)
        assert connection.execute("select distinct tenant_id from desk_tickets").fetchall() == [(two_tenants.tenant,)]
    with pytest.raises(NoWarehouse), snapshot(ours) as serving:
        serving._connection.execute("select * from raw.tickets__ticket")


def test_settings_name_what_is_missing() -> None:
    with pytest.raises(ValueError, match="PSA_API_URL, PSA_PUBLIC_URL"):
        Settings.from_env({"PSA_SERVING_URL": "x"})
    found = Settings.from_env({"PSA_SERVING_URL": "x", "PSA_API_URL": "a/", "PSA_PUBLIC_URL": "p/"})
    assert (found.cookie, found.api_url, found.login_url) == ("psa_dashboards", "a", "p/login?next=dashboards")
