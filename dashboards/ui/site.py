"""The site: its pages, their navigation, the way to the desk, and the language."""

import json
from pathlib import Path

import streamlit as st

from dashboards.texts import Texts
from dashboards.theme import mark
from dashboards.ui.frame import carry, language, mode

# the address of a page: its file, its icon; in a folder called "pages" Streamlit looks for pages by itself, and the
# first visitor after a start would be told that the address of one does not exist
PAGES = {
    "overview": ("views/desk_overview.py", ":material/monitoring:"),
    "customer": ("views/crm_customer.py", ":material/domain:"),
    "forecast": ("views/desk_forecast.py", ":material/timeline:"),
}
# a named icon would be fetched from elsewhere
ICON = Path(__file__).parents[1] / "theme" / "icon.svg"


def run() -> None:
    """One run of the site: whichever page the address names."""
    texts = Texts(language(st.session_state.get("locale")))
    st.set_page_config(page_icon=ICON, layout="wide")
    with st.container(key="language"):
        script = f"<script>document.documentElement.lang = {json.dumps(texts.language)}</script>"
        st.html(script, unsafe_allow_javascript=True)
    pages = [
        st.Page(file, title=texts(f"nav.{name}"), icon=icon, url_path=name, default=name == "overview")
        for name, (file, icon) in PAGES.items()
    ]
    st.logo(mark(mode()))
    page = st.navigation(pages, position="top")
    carry(page.url_path)
    page.run()
