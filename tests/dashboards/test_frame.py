"""What frames the figures: headings, folded filters, the language, and nothing read as markup that is none."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from dashboards.ui.fold import plain
from tests.dashboards.conftest import Browser, Sessions
from tests.dashboards.oracle import Oracle
from tests.dashboards.test_pages import LAST

Opener = Callable[[str], Browser]


@pytest.fixture
def manager(built: Any, sessions: Sessions, browser: Opener) -> Browser:
    sessions.add("anna", built.house.tenant, "reports.dashboard.read")
    return browser(built.house.serving)


@pytest.mark.parametrize("page", [None, "crm_customer", "desk_forecast"])
def test_headings_skip_no_level(built: Any, manager: Browser, page: str | None) -> None:
    customer = Oracle.of(built.house, LAST).tickets.get_column("customer_id").mode().sort()[0]
    app = manager.open("anna", page, **({"customer": customer} if page == "crm_customer" else {}))
    levels = [int(one.tag[1]) for one in app.main if one.type in ("title", "header", "subheader")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert len(levels) > 3
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels


def test_the_fold_says_what_is_chosen_and_stays_open(built: Any, manager: Browser) -> None:
    customer = Oracle.of(built.house, LAST).tickets.get_column("customer_id").mode().sort()[0]
    app = manager.open("anna", lang="en", period="last_month", customer=customer)
    name = app.selectbox(key="choice_customer").options[app.selectbox(key="choice_customer").index]
    assert app.expander[0].label == f"Filters: Last month · {plain(name)}"
    app.session_state["fold"] = True
    app.selectbox(key="choice_period").select("last_year").run()
    assert app.expander[0].label.startswith("Filters: Last year")
    assert app.session_state["fold"] is True
    assert (
        manager.open("anna", "desk_forecast", lang="en").expander[0].label.startswith("Filters: All tickets · per day")
    )


def test_the_document_is_told_the_language_of_the_page(manager: Browser) -> None:
    for language in ("de", "en"):
        app = manager.open("anna", lang=language)
        assert f'documentElement.lang = "{language}"' in "".join(one.proto.body for one in app.get("html"))


def test_an_address_is_no_markup(built: Any, manager: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PSA_PUBLIC_URL", 'http://desk.test/"><b>&')
    app = manager.open(None)
    said = "".join(one.proto.body for one in app.get("html"))
    assert 'href="http://desk.test/&quot;&gt;&lt;b&gt;&amp;/login?next=dashboards"' in said
    # nor is a value somebody put into a link
    monkeypatch.setenv("PSA_PUBLIC_URL", "http://desk.test")
    app = manager.open("anna", queue="[click](http://evil.test) ![x](http://evil.test/x.png)")
    assert r"\[click\](http\://evil.test) \!\[x\]" in app.warning[0].value
