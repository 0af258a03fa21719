"""The frame around all pages: the window's title, the way between pages, the search, and the atlas they show."""

import os
from pathlib import Path
from threading import Thread

import streamlit as st

from graphx import query
from graphx.atlas import Atlas, load
from graphx.cards import card
from graphx.errors import GraphXError
from graphx.lens import reweighed
from graphx.query import COMMUNITY, CONCEPT
from graphx.ui import chosen, lens
from graphx.ui.serve import ATLAS_VARIABLE

DEFAULT_ATLAS = Path("data/atlas")
"""Shown where none is named: what `make run` builds, seen from the top of a checkout."""
PAGES = {
    "map": "Map",
    "concept": "Concept",
    "paper": "Paper",
    "communities": "Communities",
    "gaps": "Gaps",
    "timeline": "Timeline",
    "path": "Path",
    "imports": "Import",
    "aliases": "Aliases",
    "export": "Export",
}
"""Every page's file and address, and its title."""

_FOLDER = Path(__file__).parent / "pages"
# A page wants the room that Streamlit leaves around a text, and small print is to be read, too (WCAG 2.2, 1.4.3).
_STYLE = """
.stMainBlockContainer { padding: 3.6rem 1.6rem 2rem; }
[data-testid="stCaptionContainer"] { opacity: 0.9; }
[data-testid="stCaptionContainer"] code { color: inherit !important; }
[data-testid="stHeading"] h1 { font-size: 1.75rem; padding: 0.4rem 0; }
[data-testid="stHeading"] h2 { font-size: 1.35rem; padding: 0.4rem 0; }
"""


def run() -> None:
    """Show the page that the address asks for."""
    st.set_page_config(page_title="GraphX", page_icon="🕸️", layout="wide")
    pages = {
        name: st.Page(_FOLDER / f"{name}.py", title=title, url_path=name, default=name == "map")
        for name, title in PAGES.items()
    }
    st.html(f"<style>{_STYLE}</style>")
    page = st.navigation(list(pages.values()), position="top")
    if asked := chosen.going():
        name, address = asked
        st.switch_page(pages[name], query_params=_along() | address)
    _keep_address(page.url_path)
    _sidebar()
    page.run()


def _along() -> dict[str, str]:
    """Return the part of the address that goes along to another page."""
    return {key: st.query_params[key] for key in chosen.SHARED if key in st.query_params}


def _keep_address(page: str) -> None:
    """Bring back what a page showed when it was left for another, unless its address says something."""
    addresses = st.session_state.setdefault("addresses", {})
    before = st.session_state.get("page", page)
    if before != page and not st.query_params:
        left = addresses.get(before, {})
        own = {key: value for key, value in addresses.get(page, {}).items() if key not in chosen.SHARED}
        st.query_params.from_dict(own | {key: left[key] for key in chosen.SHARED if key in left})
    st.session_state["page"], st.session_state["arrived"] = page, before != page
    addresses[page] = {key: st.query_params.get_all(key) for key in st.query_params}


def atlases() -> dict[str, Path]:
    """Return the atlases that can be shown, by name: those that were named, then those that lie beside the first."""
    named = [Path(path) for path in os.environ.get(ATLAS_VARIABLE, str(DEFAULT_ATLAS)).split(os.pathsep)]
    beside = sorted(file.parent for file in named[0].absolute().parent.glob("*/atlas.json"))
    found: dict[str, Path] = {}
    for path in [*(path.absolute() for path in named), *beside]:
        if path not in found.values():
            found[path.name if path.name not in found else str(path)] = path
    return found


def atlas_path() -> Path:
    """Return the folder of the atlas that the address names, else of the first."""
    known = atlases()
    return known.get(st.query_params.get("atlas", ""), next(iter(known.values())))


def home() -> Path:
    """Return the folder in which new atlases are put, so that they are found: where the first lies."""
    return next(iter(atlases().values())).parent


def stored_atlas() -> Atlas:
    """Return the atlas to show as it is stored, whatever the weights that a visitor chose.

    Raises:
        AtlasError: there is none.
    """
    path = atlas_path()
    return _loaded(str(path), _changed(path))


def current_atlas() -> Atlas:
    """Return the atlas to show; where there is none, say what to do and stop the page."""
    path = atlas_path()
    try:
        changed, atlas = _changed(path), stored_atlas()
        return _seen(atlas, str(path), changed, lens.kinds(), lens.noise()) if lens.alters(atlas) else atlas
    except (GraphXError, OSError) as error:
        st.title("No atlas to show yet")
        st.error(str(error))
        st.button("Import papers", on_click=chosen.go, args=("imports",), type="primary")
        st.markdown("Or build an atlas of a folder of them on the command line:")
        st.code("graphx build FOLDER -o my-atlas\ngraphx app my-atlas", language="sh")
        st.stop()


def _changed(path: Path) -> int:
    """Return when an atlas was written, 0 if it is not there."""
    return (path / "atlas.json").stat().st_mtime_ns if (path / "atlas.json").exists() else 0


@st.cache_resource(max_entries=4, show_spinner="Loading the atlas")
def _loaded(path: str, changed: int) -> Atlas:
    """Load an atlas once for all visitors, and again when it was built anew."""
    atlas = load(path)
    Thread(target=_warm, args=(atlas,), daemon=True).start()
    return atlas


def _warm(atlas: Atlas) -> None:
    """Build the indexes that the first questions need while the visitor still looks at the map."""
    communities, concepts = COMMUNITY + atlas.coarsest["community_id"], CONCEPT + atlas.concepts["concept_id"]
    for nodes in (communities, concepts, atlas.papers["paper_id"]):
        for node in nodes.head(1):  # none, where an atlas has none
            card(atlas, node)
    query.search(atlas, "a")


@st.cache_resource(max_entries=8, show_spinner="Weighing the links anew")
def _seen(_atlas: Atlas, path: str, changed: int, kinds: dict[str, float], noise: float) -> Atlas:
    """Weigh an atlas anew once for all visitors that ask for the same."""
    return reweighed(_atlas, kinds, noise)


def _sidebar() -> None:
    """Lay out what all pages share: which atlas, and the search."""
    with st.sidebar:
        st.markdown("### GraphX")
        names = list(atlases())
        if len(names) > 1:
            shown = st.query_params.get("atlas", names[0])
            st.session_state["which"] = shown if shown in names else names[0]
            st.selectbox("Atlas", names, key="which", on_change=_switch)
        st.session_state.setdefault("q", st.query_params.get("q", ""))
        st.text_input(
            "Search", key="q", on_change=chosen.search, type="search",
            placeholder="a method, dataset, task, title …", live=True,
        )  # fmt: skip


def _switch() -> None:
    """Show the atlas that was chosen."""
    switch(st.session_state["which"])


def switch(name: str) -> None:
    """Show another atlas, of which nothing is chosen yet."""
    st.query_params.clear()
    st.session_state["addresses"] = {}
    if name != next(iter(atlases())):
        st.query_params["atlas"] = name
