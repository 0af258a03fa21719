"""What nobody has tried: methods against datasets or tasks, why a pair fits, and how far to believe it."""

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from graphx import query
from graphx.atlas import Atlas
from graphx.cards.heat import LISTED, belief, heat_table, legend, pair_card
from graphx.errors import NotFoundError
from graphx.query.untried import BELIEVE
from graphx.tables import Kind
from graphx.ui import chosen, components
from graphx.ui.dashboard import current_atlas
from graphx.ui.panel import panel

OTHERS = {str(Kind.DATASET): "methods × datasets", str(Kind.TASK): "methods × tasks"}
CELL = "cell"
_OTHERWISE = (
    "<article><header><h2>What nobody tried</h2></header><p>A number is how many papers name both. A diamond is a pair "
    "that no paper here names together: the larger it is, the more of what stands beside the one stands beside the "
    "other, too.</p><p><b>Choose a cell</b> to see what speaks for it, or who tried it. That no paper here did says "
    "something about these papers, not about the world.</p></article>"
)


def show() -> None:
    """Lay out the page."""
    atlas = current_atlas()
    st.title("Gaps", help="Pairs that fit together although no paper here names both.")
    other, within = _filters(atlas)
    between = (str(Kind.METHOD), other)
    cell = _cell()
    left, right = st.columns([5, 3], gap="medium")
    with st.spinner("Looking for what nobody tried"):
        found = query.heat(atlas, between, within=within, pair=cell)
        measured = query.backtest(atlas, between=between)
    with left:
        title = OTHERS[other].capitalize() + (f" · methods of {within}" if within else "")
        told = belief(measured, BELIEVE[other], other)
        signs = "" if found.cells.empty else legend() + f"<p class='facts'>{found.note}</p>"
        html = f"<div class='gaps'><div>{heat_table(found, cell, title)}{signs}</div>{told}</div>"
        components.html(html, key="heat", on_click=_follow, scroll=False)
    with right:
        slot = st.container()  # holds its place, so that the panel stays as it is
        if cell and chosen.node():
            slot.button("← Back to the pair", on_click=chosen.choose, args=(None,), type="tertiary")
        panel(atlas, _pair(atlas, cell) if cell else _OTHERWISE)
    _table(atlas, between, within, cell)


def _filters(atlas: Atlas) -> tuple[str, str | None]:
    """Return the kind of the other side, and the community whose methods are shown."""
    labels = dict(zip(atlas.coarsest["community_id"], atlas.coarsest["label"], strict=True))
    address = st.query_params
    st.session_state["kind of other"] = address["between"] if address.get("between") in OTHERS else str(Kind.DATASET)
    st.session_state["methods of"] = address["within"] if address.get("within") in labels else None
    one, two = st.columns([2, 3])
    other = one.segmented_control(
        "Between", list(OTHERS), format_func=OTHERS.__getitem__, key="kind of other", required=True,
        on_change=_filter, args=("between", "kind of other"),
    )  # fmt: skip
    within = two.selectbox(
        "Methods of", list(labels), index=None, format_func=lambda i: f"{i} {labels[i]}", key="methods of",
        placeholder="all communities", on_change=_filter, args=("within", "methods of"),
        help="Only the methods that this community's papers name with most weight.",
    )  # fmt: skip
    return other or str(Kind.DATASET), within


def _filter(name: str, key: str) -> None:
    """Keep a filter in the address; the pair that was open need not fit it."""
    st.query_params.pop(CELL, None)
    if st.session_state[key] is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = st.session_state[key]


def _cell() -> tuple[str, str] | None:
    """Return the pair that the address names."""
    method, divides, other = st.query_params.get(CELL, "").partition("|")
    return (method, other) if divides else None


def _follow(click: Mapping[str, Any]) -> None:
    """Open the pair of a cell, or what a head of the table names."""
    if click.get("do") == CELL:
        _open(click["method"], click["other"])
    else:
        chosen.follow(click)


def _open(method_id: str, other_id: str) -> None:
    st.query_params[CELL] = f"{method_id}|{other_id}"
    chosen.choose(None)


def _pair(atlas: Atlas, cell: tuple[str, str]) -> str:
    try:
        with st.spinner("Reading what they say"):
            return pair_card(query.pair(atlas, *cell))
    except NotFoundError as error:
        said = str(error)
    except ValueError:
        said = "Choose a method and a dataset or task."
    return f"<article><header><h2>No such pair</h2></header><p>{escape(said)}</p></article>"


def _table(atlas: Atlas, between: tuple[str, str], within: str | None, cell: tuple[str, str] | None) -> None:
    """List the gaps, the most plausible first; a row opens its pair."""
    rows = query.gaps(atlas, between, n=LISTED, within=within)
    st.markdown("##### The most plausible gaps", help="Choose a row to see what speaks for it; sort by any column.")
    if rows.empty:
        st.info(rows.attrs["note"])
        return
    pairs = list(zip(rows["method_id"], rows["other_id"], strict=True))
    table = pd.DataFrame(
        {
            "place": range(1, len(rows) + 1),
            "method": rows["method"],
            between[1]: rows["other"],
            "score": rows["score"],
            "because both stand with": [", ".join(because) for because in rows["because"]],
            "papers": [f"{a} | {b}" for a, b in zip(rows["n_method"], rows["n_other"], strict=True)],
        }
    )
    key = f"gaps {between[1]} {within} {cell if cell in pairs else ''}"
    marked: Any = {"selection": {"rows": [pairs.index(cell)] if cell in pairs else [], "columns": [], "cells": []}}

    def choose() -> None:
        if picked := st.session_state[key]["selection"]["rows"]:
            _open(*pairs[picked[0]])

    st.dataframe(
        table, hide_index=True, height=min(420, 38 + 35 * len(table)), on_select=choose, selection_mode="single-row",
        key=key, selection_default=marked if cell in pairs else None, placeholder="", alt="Gaps",
        column_config={
            "place": st.column_config.NumberColumn(width="small", help="the number beside the diamond"),
            "score": st.column_config.ProgressColumn(
                min_value=0.0, max_value=float(rows["score"].max()), format="%.2f",
                help="how much of what stands beside the one stands beside the other",
            ),
            "because both stand with": st.column_config.TextColumn(width="large"),
            "papers": st.column_config.TextColumn(help="papers that name the one | that name the other"),
        },
    )  # fmt: skip
    download = rows.assign(because=table["because both stand with"]).drop(columns=["papers", "sentences"])
    st.download_button(
        "Download as CSV", lambda: download.to_csv(index=False).encode("utf-8-sig"), "gaps.csv", "text/csv",
        on_click="ignore",
    )  # fmt: skip


show()
