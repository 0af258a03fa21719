"""Take the graph, or a part of it, to another program, and a reading list to a reference manager."""

from functools import partial
from typing import Any, Literal, NamedTuple
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from graphx import query
from graphx.atlas import Atlas
from graphx.errors import NotFoundError
from graphx.query import COMMUNITY, LINK, Selection
from graphx.query.lists import Extent
from graphx.tables import Kind
from graphx.ui import chosen
from graphx.ui.dashboard import current_atlas
from graphx.ui.lens import NOISE_LEVELS
from graphx.ui.panel import as_addressed, at_home, searched
from graphx.writers import READING_LISTS, WRITERS, Writer, to_bytes


class About(NamedTuple):
    """What to know of a format before it is taken."""

    name: str
    holds: str
    loses: str
    opens: str
    size: Extent
    """Bytes for each paper, concept, link and pair of paper and concept, as measured on the five listing pages."""


_SAME = "It has the coarsest community of every node, and not the finer ones."
ABOUT = {
    ".gexf": About(
        "Gephi: GEXF keeps colours, sizes and positions", "Looks like the map, with every attribute and sentence.",
        _SAME, "Gephi: File › Open", Extent(2041, 651, 658, 584),
    ),
    ".graphml": About(
        "Cytoscape, yEd, igraph, networkx: GraphML", "Every attribute and sentence; x and y as attributes.",
        f"Colours and sizes. {_SAME}", "Cytoscape: File › Import › Network from File", Extent(1912, 512, 555, 515),
    ),
    ".json": About(
        "Your own scripts: node-link JSON", "Every attribute and sentence, by name.",
        f"Colours and sizes. {_SAME}", "Python: networkx.node_link_graph(json.load(file), edges='links')",
        Extent(1715, 340, 371, 420),
    ),
    ".html": About(
        "Anyone with a browser: the map in one file", "The map and a card with its sentences for every paper and "
        "concept; works without a network.", "The tables, the search and the sliders.", "Any browser: double-click it",
        Extent(19866, 5611, 168, 0),
    ),
}  # fmt: skip
HTML_BASE = 520_000
"""Bytes of the page that holds nothing: mostly the script that draws."""
MOST_ON_A_PAGE = 3_000
"""Nodes of the map in one file; a browser draws no more with ease, and each has a card that must be written."""
LISTS = {".md": "Markdown, to read", ".bib": "BibTeX, for LaTeX", ".ris": "RIS, for Zotero, EndNote, Mendeley"}


def show() -> None:
    """Lay out the page."""
    atlas = current_atlas()
    if searched(atlas, at_home):
        return
    st.title("Export")
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.markdown("##### What to take")
        selection = _selection(atlas)
        try:
            extent = query.extent(atlas, selection)
        except NotFoundError as error:
            st.error(f"{error} Choose another community.")
            return
        _counted(extent)
        _permalink()
    with right:
        st.markdown("##### The graph", help="Nodes are papers and concepts, edges the links between papers, and from "
                    "each paper to what it names.")  # fmt: skip
        for writer in WRITERS:
            _format(atlas, writer, selection, extent)
        _reading_list(atlas, selection)


def _selection(atlas: Atlas) -> Selection:
    """Let a part of the atlas be chosen; the address says which."""
    communities = query.list_communities(atlas)
    labels = dict(zip(communities["community_id"], communities["label"], strict=True))
    levels = dict(zip(communities["community_id"], communities["level"], strict=True))
    within = st.query_params.get("within")
    st.session_state["part"] = within if within in labels else None
    if within and within not in labels:
        st.caption(f"There is no community {within!r} in this atlas; all of it is taken.")
    st.selectbox(
        "Papers", [None, *labels], key="part", on_change=_set, args=("within", "part"),
        format_func=lambda i: f"{'· ' * levels[i]}{i} {labels[i]}" if i else "all of the atlas",
        help="All papers, or those of a community of any level with the concepts that are at home there.",
    )  # fmt: skip
    as_addressed("of", "kinds", "min_papers")
    asked = st.segmented_control(
        "Nodes", ["both", "papers"], default="both", key="of", bind="query-params",
        format_func={"both": "Papers and concepts", "papers": "Papers"}.__getitem__,
    )  # fmt: skip
    of: Literal["papers", "both"] = "papers" if asked == "papers" else "both"
    kinds = st.pills(
        "Kinds of concepts", list(Kind), selection_mode="multi", default=list(Kind), key="kinds", bind="query-params",
        format_func=lambda kind: f"{kind}s", disabled=of == "papers",
    )  # fmt: skip
    least = st.slider(
        "Concepts named by at least … papers", 1, 50, 1, key="min_papers", bind="query-params",
        help="1 takes all; what only one paper names ties nothing.", disabled=of == "papers",
    )  # fmt: skip
    noise = st.query_params.get("links", "all")
    levels_by_name = {name: level for level, name in NOISE_LEVELS.items()}
    st.session_state["links taken"] = noise if noise in levels_by_name else "all"
    st.select_slider(
        "Links between papers", list(levels_by_name), key="links taken", on_change=_set, args=("links", "links taken"),
        help="Which links stand out from chance (disparity filter): to the left fewer and surer ones.",
    )  # fmt: skip
    focus = st.query_params.get_all("focus")
    if focus:
        st.button("Only what is around the node in focus on the map: take all instead", on_click=_unfocus)
    return Selection(
        kinds=frozenset(kinds or ()),
        min_papers=least,
        noise=levels_by_name[st.session_state["links taken"]],
        of=of,
        within=st.session_state["part"],
        focus=focus[-1] if focus else None,
    )


def _set(name: str, key: str) -> None:
    """Keep what was chosen in the address, unless it is the usual."""
    value = st.session_state[key]
    if value in (None, "all"):
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = str(value)


def _unfocus() -> None:
    st.query_params.pop("focus", None)


def _counted(extent: Extent) -> None:
    st.markdown(
        f"**{extent.papers:,}** papers and **{extent.concepts:,}** concepts · **{extent.links:,}** links between "
        f"papers and **{extent.named:,}** from papers to concepts"
    )
    if not extent.papers and not extent.concepts:
        st.info("Nothing is left. Choose more kinds, or all of the atlas.")


def _permalink() -> None:
    """Show the address that brings this selection back."""
    address = [(key, value) for key in st.query_params for value in st.query_params.get_all(key) if key != "q"]
    where = (st.context.url or "export").partition("?")[0]
    st.markdown("##### Its address", help="Opens this page with the same selection, wherever this dashboard runs.")
    st.code(f"{where}?{urlencode(address)}" if address else where, language=None, wrap_lines=True)


def _format(atlas: Atlas, writer: Writer, selection: Selection, extent: Extent) -> None:
    """Show one format: what for, what is in it, what gets lost, how to open it, and the button."""
    about = ABOUT.get(writer.suffix)
    too_many = writer.suffix == ".html" and extent.papers + extent.concepts > MOST_ON_A_PAGE
    with st.container(border=True):
        told, button = st.columns([3, 1], vertical_alignment="center")
        with told:
            st.markdown(f"**{about.name if about else writer.for_whom}**{_size(about, extent, writer.suffix)}")
            if about:
                st.caption(f"{about.holds} Left out: {about.loses[0].lower()}{about.loses[1:]}  \n`{about.opens}`")
            if too_many:
                st.caption(
                    f"Too much for one page: it takes {MOST_ON_A_PAGE:,} papers and concepts. Choose a community, or "
                    "fewer concepts."
                )
        button.download_button(
            writer.suffix[1:].upper(),
            data=partial(_written, atlas, writer.suffix, selection),
            file_name=f"graphx{f'-{selection.within}' if selection.within else ''}{writer.suffix}",
            mime=writer.media_type, on_click="ignore", key=f"download{writer.suffix}", width="stretch",
            disabled=too_many or not extent.papers + extent.concepts,
            help="The file is made when you click; its size is an estimate.",
        )  # fmt: skip


def _written(atlas: Atlas, suffix: str, selection: Selection) -> bytes:
    with st.spinner("Writing the file"):
        return to_bytes(atlas, suffix, selection)


def _size(about: About | None, extent: Extent, suffix: str) -> str:
    """Return about how large a file gets, in words."""
    if about is None:
        return ""
    size = sum(n * each for n, each in zip(extent, about.size, strict=True)) + (suffix == ".html") * HTML_BASE
    return f" · about {size / 1e6:.1f} MB" if size >= 1e6 else f" · about {max(size / 1e3, 1):.0f} KB"


def _reading_list(atlas: Atlas, selection: Selection) -> None:
    """Offer a reading list of the community, or of the paper or concept that is chosen."""
    st.markdown("##### A reading list", help="Who introduces what, then what ties its parts, then the newest.")
    node = chosen.node()
    single = node if node and not node.startswith((COMMUNITY, LINK)) else None
    if selection.within is None and single is None:
        st.caption("Choose a community here, or a paper or concept anywhere, for what to read of it.")
        return
    n = st.slider("Papers", 5, 100, 20, 5, key="reading", help="How many at most.")
    try:
        papers = query.reading_list(atlas, [single] if selection.within is None and single else (), selection.within, n)
    except NotFoundError as error:
        st.caption(str(error))
        return
    name = selection.within or "reading-list"
    for column, (suffix, form) in zip(st.columns(len(READING_LISTS)), READING_LISTS.items(), strict=True):
        column.download_button(
            suffix[1:].upper(), data=partial(_listed, form, papers), file_name=f"graphx-{name}{suffix}",
            mime="text/plain", on_click="ignore", key=f"list{suffix}", width="stretch", help=LISTS.get(suffix),
        )  # fmt: skip
    st.dataframe(
        papers[["rank", "title", "year", "why"]], hide_index=True, height=250, placeholder="", alt="Reading list",
        column_config={"title": st.column_config.TextColumn(width="large")},
    )  # fmt: skip


def _listed(form: Any, papers: pd.DataFrame) -> bytes:
    text: str = form(papers)
    return text.encode("utf-8")


show()
