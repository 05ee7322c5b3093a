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
from dashboards.figures.written import LANGUAGES, Language, day, instant
from dashboards.session import ApiAway, LoginRequired, NotAllowed, Viewer, viewer
from dashboards.settings import Settings
from dashboards.texts import Texts
from dashboards.theme import Mode, colors
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
        return Look(self.texts.language, mode())


def mode() -> Mode:
    """The theme the reader sees."""
    return "dark" if st.context.theme.type == "dark" else "light"


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


def show(page: Callable[[Desk], None], name: str) -> None:
    """Run a page behind the gate; what goes wrong is said in a sentence and logged.

    The name is that of its title, for when there is nothing to show.
    """
    settings, who = look()
    st.session_state["locale"] = who.locale
    texts = Texts(language(who.locale))
    scope = Scope(settings.serving_url, who.tenant_id, who.roles)
    try:
        scope, found = _known(scope, texts, settings, texts(f"titles.{name}"))
        if found is None:
            _head(texts, settings, texts(f"titles.{name}"), who.tenant_name)
            halt(texts("gate.empty_title"), texts("gate.empty"))
        page(Desk(settings, who, texts, scope, found))
    except NoWarehouse as error:
        _LOG.warning("the warehouse does not answer: %s", error)
        halt(texts("gate.warehouse_title"), texts("gate.warehouse"))
    except Exception:
        _LOG.exception("a page failed")
        halt(texts("gate.failed_title"), texts("gate.failed"))


def _known(scope: Scope, texts: Texts, settings: Settings, title: str) -> tuple[Scope, About | None]:
    """What there is for a tenant; where the warehouse is away, the page keeps its head and says so."""
    try:
        scope = of_now(scope)
        return scope, about(scope) if scope.batch is not None else None
    except NoWarehouse:
        _head(texts, settings, title, None)
        raise


def halt(title: str, sentence: str, link: tuple[str, str] | None = None) -> NoReturn:
    """A plain page that says what is the matter; ends the run."""
    st.header(title, anchor=False)
    st.write(sentence)
    if link:
        # in the same window: the log-in leads back here
        accent = colors(mode())["accent"]
        st.html(f'<a href="{escape(link[1])}" target="_self" style="color: {accent}">{escape(link[0])}</a>')
    st.stop()
    raise AssertionError("a stopped run goes on")


def head(desk: Desk, title: str) -> None:
    """Title, and where the figures come from."""
    texts, found = desk.texts, desk.about
    source = texts(
        "source", provider=found.provider, first=day(found.choices.covered.start, texts.language),
        last=day(found.choices.covered.last, texts.language), batch=found.batch,
        at=instant(found.read_at, found.zone, texts.language),
    )  # fmt: skip
    _head(texts, desk.settings, title, source)


def _head(texts: Texts, settings: Settings, title: str, source: str | None) -> None:
    """The title with the ways out of the page: to the desk, and into the other language."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="top", key="head"):
        with st.container(width="content", gap=None):
            st.title(title, anchor=False)
            if source:
                st.caption(source)
        with st.container(horizontal=True, width="content", vertical_alignment="center"):
            st.link_button(
                texts("nav.desk"), settings.public_url, type="tertiary", icon=":material/confirmation_number:"
            )
            with st.container(width=110):
                choose(
                    texts("language"), "lang", LANGUAGES, texts.language, lambda one: texts(f"languages.{one}"),
                    bare=True,
                )  # fmt: skip
