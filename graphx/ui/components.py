"""The two parts that Streamlit has no element for: the map, and a card whose links lead on.

Both are packaged components (`frontend/`, listed in pyproject.toml). They draw what Python
tells them and report clicks; what is chosen is decided in `chosen.py` alone.
"""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from graphx.ui.routes import VIS_URL, publish

_NETWORK = st.components.v2.component(
    "graphx.network",
    html=Path(__file__).with_name("frontend").joinpath("network.html").read_text(encoding="utf-8"),
    css="map.css",
    js="network.js",
)
_CARD = st.components.v2.component(
    "graphx.card",
    html="<div class='gx-card' data-testid='gx-card' aria-live='polite'></div>",
    css="card.css",
    js="card.js",
)

Clicked = Callable[[str | None], None]


def network(model: str, selected: str | None, on_click: Clicked) -> None:
    """Mount the map of a model's JSON; clicks on a node or the background call `on_click`."""
    revision, url = publish(model)
    data = {"url": url, "revision": revision, "vis": VIS_URL, "selected": selected}
    _NETWORK(key="map", data=data, on_clicked_change=_reporter("map", on_click))


def card(html: str, on_click: Clicked) -> None:
    """Mount a card; clicks on what leads to a node call `on_click`."""
    _CARD(key="card", data={"html": html}, on_clicked_change=_reporter("card", on_click))


def _reporter(key: str, on_click: Clicked) -> Callable[[], None]:
    """Make the callback that hands a component's click on."""

    def report() -> None:
        click = st.session_state[key].get("clicked")
        if click is not None:
            on_click(click.get("node"))

    return report
