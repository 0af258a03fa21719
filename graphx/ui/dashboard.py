"""The frame around all pages: the window's title, the way between pages, and the atlas they show."""

import os
from pathlib import Path

import streamlit as st

from graphx.atlas import Atlas, load
from graphx.errors import GraphXError
from graphx.ui.serve import ATLAS_VARIABLE

DEFAULT_ATLAS = Path("data/atlas")
"""Shown where none is named: what `make run` builds, seen from the top of a checkout."""

_PAGES = Path(__file__).parent / "pages"
# A map wants the room that Streamlit leaves around a text.
_STYLE = ".stMainBlockContainer { padding: 3.6rem 1.6rem 2rem; }"


def run() -> None:
    """Show the page that the address asks for."""
    st.set_page_config(page_title="GraphX", page_icon="🕸️", layout="wide")
    pages = [
        st.Page(_PAGES / "map.py", title="Map", default=True),
        st.Page(_PAGES / "sources.py", title="Sources", url_path="sources"),
    ]
    st.html(f"<style>{_STYLE}</style>")
    page = st.navigation(pages, position="top")
    _keep_address(page.url_path)
    page.run()


def _keep_address(page: str) -> None:
    """Bring back what a page showed when it was left for another, unless its address says something."""
    addresses = st.session_state.setdefault("addresses", {})
    if st.session_state.get("page", page) != page and not st.query_params:
        st.query_params.from_dict(addresses.get(page, {}))
    st.session_state["page"] = page
    addresses[page] = {key: st.query_params.get_all(key) for key in st.query_params}


def current_atlas() -> Atlas:
    """Return the atlas to show; where there is none, say what to do and stop the page."""
    path = Path(os.environ.get(ATLAS_VARIABLE, DEFAULT_ATLAS))
    try:
        changed = (path / "atlas.json").stat().st_mtime_ns if (path / "atlas.json").exists() else 0
        return _loaded(str(path.absolute()), changed)
    except (GraphXError, OSError) as error:
        st.title("No atlas to show yet")
        st.error(str(error))
        st.markdown("Save some Hugging Face listing pages as text into a folder, then build an atlas of them:")
        st.code("graphx build FOLDER -o my-atlas\ngraphx app my-atlas", language="sh")
        st.stop()


@st.cache_resource(max_entries=4, show_spinner="Loading the atlas")
def _loaded(path: str, changed: int) -> Atlas:
    """Load an atlas once for all visitors, and again when it was built anew."""
    return load(path)
