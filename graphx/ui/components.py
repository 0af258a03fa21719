"""The two parts that Streamlit has no element for: the map, and HTML that Python wrote, whose links lead on.

Both are packaged components (`frontend/`, listed in pyproject.toml). They draw what Python
tells them and report clicks; what is chosen is decided in `chosen.py` alone.
"""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from graphx.ui import chosen
from graphx.ui.routes import VIS_URL, Map, publish

_NETWORK = st.components.v2.component(
    "graphx.network",
    html=Path(__file__).with_name("frontend").joinpath("network.html").read_text(encoding="utf-8"),
    css="map.css",
    js="network.js",
)
_CARD = st.components.v2.component(
    "graphx.card",
    html="<div class='gx-card' data-testid='gx-card'></div>",
    css="card.css",
    js="card.js",
)

Clicked = Callable[[Mapping[str, Any]], None]


def network(
    model: Map,
    selected: str | None,
    on_click: Clicked,
    scope: str = "",
    hidden: Collection[str] = (),
    tour: bool = False,
) -> None:
    """Mount a map.

    Args:
        model: what it draws, packed.
        selected: what is chosen.
        on_click: is given `node` (what was chosen, None for the background), `open` (a community or node to look
            into), or `hide` (groups that the legend has switched off).
        scope: says which part of the atlas this is; when it changes, all of the new part comes into view.
        hidden: ids of the groups that are not drawn.
        tour: whether a first visitor is told how to use it.
    """
    data = {
        "url": publish(model),
        "revision": model.revision,
        "vis": VIS_URL,
        "selected": selected,
        "scope": scope,
        "hidden": sorted(hidden),
        "tour": tour,
    }
    _NETWORK(key="map", data=data, on_clicked_change=_reporter("map", on_click))


def html(content: str, key: str = "card", on_click: Clicked = chosen.follow, scroll: bool = True) -> None:
    """Show HTML in which every text is escaped already; clicks on what has `data-…` values call `on_click` with them.

    Args:
        content: the HTML; what it may look like is in `frontend/card.css`.
        key: tells the parts of one page apart.
        on_click: is given the values; by default what they name is chosen.
        scroll: whether it has a height of its own and scrolls; if not, it is as high as what it holds.
    """
    _CARD(key=key, data={"html": content, "scroll": scroll}, on_clicked_change=_reporter(key, on_click))


def _reporter(key: str, on_click: Clicked) -> Callable[[], None]:
    """Make the callback that hands a component's click on."""

    def report() -> None:
        click = st.session_state[key].get("clicked")
        if click is not None:
            on_click(click)

    return report
