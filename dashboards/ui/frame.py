"""The gate before every page, and what a page knows once it is through."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import NoReturn

import streamlit as st

from dashboards.charts.style import Look
from dashboards.data.service import About, about, of_now
from dashboards.data.warehouse import NoWarehouse, Scope
from dashboards.figures.written import LANGUAGES, Language, day
from dashboards.session import ApiAway, LoginRequired, NotAllowed, Viewer, viewer
from dashboards.settings import Settings
from dashboards.texts import Texts
from dashboards.theme import colors
from dashboards.ui.address import choose

_LOG = logging.getLogger("dashboards")
# filters that go along from page to page
CARRIED = ("lang", "period", "from", "to", "grain", "queue", "category", "customer", "basis")


@dataclass(frozen=True)
class Desk:
    """What a page knows: who looks, in which language, at which tenant's warehouse."""

    settings: Settings
    viewer: Viewer
    texts: Texts
    scope: Scope
    about: About

    @property
    def look(self) -> Look:
        """For whom charts are drawn."""
        return Look(self.texts.language, "dark" if st.context.theme.type == "dark" else "light")


def language(locale: str | None = None) -> Language:
    """The language of `?lang=`, of the page before, of the person, or of the browser."""
    wishes = (st.query_params.get("lang"), st.session_state.get("lang"), locale, st.context.locale, "en")
    for wish in wishes:
        for one in LANGUAGES:
            if wish and wish.lower().startswith(one):
                return one
    return "en"


def carry(page: str) -> None:
    """Take the filters of the page before along, where the address names none of its own."""
    kept: dict[str, str] = st.session_state.get("carried", {})
    if st.session_state.get("page_before", page) != page:
        for name, value in kept.items():
            if name not in st.query_params:
                st.query_params[name] = value
    st.session_state["page_before"] = page
    st.session_state["carried"] = {name: st.query_params[name] for name in CARRIED if name in st.query_params}
    if "lang" in st.query_params:
        st.session_state["lang"] = st.query_params["lang"]


def look() -> tuple[Settings, Viewer]:
    """Who looks; where nobody may, says so and ends the run."""
    texts = Texts(language())
    try:
        settings = Settings.from_env()
    except ValueError as error:
        _LOG.error("%s", error)
        halt(texts("gate.settings_title"), str(error))
    try:
        return settings, viewer(settings)
    except LoginRequired:
        halt(texts("gate.login_title"), texts("gate.login"), (texts("gate.login_link"), settings.login_url))
    except NotAllowed:
        halt(texts("gate.right_title"), texts("gate.right"))
    except ApiAway as error:
        _LOG.warning("the API does not answer: %s", error)
        halt(texts("gate.api_title"), texts("gate.api"))


def show(page: Callable[[Desk], None]) -> None:
    """Run a page behind the gate; what goes wrong is said in a sentence and logged."""
    settings, who = look()
    st.session_state["locale"] = who.locale
    texts = Texts(language(who.locale))
    scope = Scope(settings.serving_url, who.tenant_id, who.roles)
    try:
        scope = of_now(scope)
        found = about(scope) if scope.batch is not None else None
        if found is None:
            halt(texts("gate.empty_title"), texts("gate.empty"))
        page(Desk(settings, who, texts, scope, found))
    except NoWarehouse as error:
        _LOG.warning("the warehouse does not answer: %s", error)
        halt(texts("gate.warehouse_title"), texts("gate.warehouse"))
    except Exception:
        _LOG.exception("a page failed")
        halt(texts("gate.failed_title"), texts("gate.failed"))


def halt(title: str, sentence: str, link: tuple[str, str] | None = None) -> NoReturn:
    """A plain page that says what is the matter; ends the run."""
    st.header(title, anchor=False)
    st.write(sentence)
    if link:
        # in the same window: the log-in leads back here
        accent = colors("dark" if st.context.theme.type == "dark" else "light")["accent"]
        st.html(f'<a href="{escape(link[1])}" target="_self" style="color: {accent}">{escape(link[0])}</a>')
    st.stop()
    raise AssertionError("a stopped run goes on")


def head(desk: Desk, title: str) -> None:
    """Title, and where the figures come from."""
    texts, found = desk.texts, desk.about
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="top", key="head"):
        with st.container(width="content", gap=None):
            st.title(title, anchor=False)
            st.caption(
                texts(
                    "source", provider=found.provider, first=day(found.choices.covered.start, texts.language),
                    last=day(found.choices.covered.last, texts.language), batch=found.batch,
                )
            )  # fmt: skip
        with st.container(horizontal=True, width="content", vertical_alignment="center"):
            st.link_button(
                texts("nav.desk"), desk.settings.public_url, type="tertiary", icon=":material/confirmation_number:"
            )
            with st.container(width=110):
                choose(
                    texts("language"), "lang", LANGUAGES, texts.language, lambda one: texts(f"languages.{one}"),
                    bare=True,
                )  # fmt: skip
