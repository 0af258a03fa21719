"""What rises, what fades and what had its time: concepts as streams over the time of the papers that name them."""

import pandas as pd
import streamlit as st

from graphx import query
from graphx.atlas import Atlas
from graphx.cards.streams import TRENDS, dated_papers, span, streams
from graphx.query import CONCEPT
from graphx.tables import Kind
from graphx.ui import chosen, components
from graphx.ui.dashboard import current_atlas
from graphx.ui.panel import panel, stays

EACH = 8
"""Streams of each trend if all are shown."""
ALONE = 24
"""Streams if only one trend is shown."""
_OTHERWISE = (
    "<article><header><h2>How to read it</h2></header><p>A stream's height is the share of a period's papers that name "
    "the concept, so nothing rises only because there are more papers. Each has a scale of its own; the two numbers "
    "are its share at first and at last.</p><p>The <b>bracket</b> is a burst: periods in which it was named about "
    "twice as often as else (J. Kleinberg, 2003). Rising and fading are tested (P. Armitage, 1955).</p><p><b>Choose a "
    "stream</b> to see the concept and its sentences.</p></article>"
)
_TOO_FEW = (
    "<article><header><h2>What a timeline needs</h2></header><p>Enough papers whose source states the year: better "
    "some hundreds than the 30 it takes at least. Saved listing pages often say “Dec 29” and no year, and a year is "
    "never guessed.</p><p>Add sources that state dates: an arXiv or OpenAlex search, a BibTeX, RIS or CSV export from "
    "Zotero or Scopus. A paper that is in both is merged and gets its date. "
    "<a href='/imports' data-page='imports'>Import papers</a></p><p><b>Choose a dot</b> to see its paper.</p></article>"
)


def show() -> None:
    """Lay out the page."""
    atlas = current_atlas()
    st.title("Timeline", help="Which concepts are named by ever more papers, by ever fewer, or were for a while.")
    stays()
    with st.spinner("Counting who names what when"):
        enough = len(query.trends(atlas, n=1)) > 0
    if enough:
        _streams(atlas)
    else:
        _dated(atlas)


def _streams(atlas: Atlas) -> None:
    """Show the streams that the filters leave."""
    kind, trend = _filters()
    found = query.trends(atlas, n=EACH if trend is None else ALONE, kind=kind)
    told = found.attrs
    if trend is not None:
        found = found[found["trend"] == trend].reset_index(drop=True)
        found.attrs = told
    st.caption(told["note"])
    left, right = st.columns([5, 3], gap="medium")
    with left:
        if len(found):
            components.html(streams(found, chosen.node()), key="streams", scroll=False)
        else:
            st.info("Nothing here has such a trend, more clearly than by chance. Choose another trend or kind.")
    with right:
        panel(atlas, _OTHERWISE)
    if len(found):
        _table(found, kind, trend)


def _filters() -> tuple[str | None, str | None]:
    """Return the kind and the trend that are shown, None for all."""
    address = st.query_params
    kinds, trends = [str(kind) for kind in Kind], list(TRENDS)
    st.session_state["of kind"] = address["kind"] if address.get("kind") in kinds else None
    st.session_state["of trend"] = address["trend"] if address.get("trend") in trends else None
    one, two = st.columns(2)
    kind = one.pills(
        "Kind", kinds, format_func=lambda kind: f"{kind}s", key="of kind", on_change=_filter, args=("kind", "of kind"),
        help="Only concepts of one kind; choose it again for all.",
    )  # fmt: skip
    trend = two.pills(
        "Trend", trends, format_func=lambda trend: TRENDS[trend][0], key="of trend", on_change=_filter,
        args=("trend", "of trend"), help="Only one of the three, but more of it; choose it again for all.",
    )  # fmt: skip
    return kind, trend


def _filter(name: str, key: str) -> None:
    """Keep a filter in the address."""
    if st.session_state[key] is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = st.session_state[key]


def _table(found: pd.DataFrame, kind: str | None, trend: str | None) -> None:
    """Show the streams as a table; a row chooses its concept."""
    st.markdown("##### The same as a table", help="Choose a row to see its card; sort by any column.")
    nodes = [CONCEPT + str(concept_id) for concept_id in found["concept_id"]]
    node = chosen.node()
    totals = found.attrs["totals"]
    table = pd.DataFrame(
        {
            "concept": found["label"],
            "kind": found["kind"],
            "trend": found["trend"],
            "share over time": [
                [100 * n / max(of, 1) for n, of in zip(counts, totals, strict=True)] for counts in found["counts"]
            ],
            "how clear": found["score"],
            "papers": found["n_papers"],
            "first": found["first"],
            "last": found["last"],
            "burst": [
                span(start, end) if pd.notna(start) else ""
                for start, end in zip(found["burst_start"], found["burst_end"], strict=True)
            ],
            "burst weight": found["burst_weight"],
        }
    )
    at = [nodes.index(node)] if node in nodes else []
    key = f"trends {kind} {trend} {node if at else ''}"

    def choose() -> None:
        if picked := st.session_state[key]["selection"]["rows"]:
            chosen.choose(nodes[picked[0]])

    st.dataframe(
        table, hide_index=True, height=360, on_select=choose, selection_mode="single-row", key=key, placeholder="",
        selection_default={"selection": {"rows": at, "columns": [], "cells": []}} if at else None, alt="Trends",
        column_config={
            "share over time": st.column_config.AreaChartColumn(
                help="percent of each period's papers that name it", color="auto", y_min=0
            ),
            "how clear": st.column_config.NumberColumn(
                format="%.1f", help="Armitage's z: standard errors from no trend; 2 and more is clear"
            ),
            "papers": st.column_config.NumberColumn(help="dated papers that name it"),
            "first": st.column_config.TextColumn(help="first period that names it"),
            "last": st.column_config.TextColumn(help="last period that names it"),
            "burst weight": st.column_config.NumberColumn(
                format="%.1f", help="how much better a burst explains its counts than an even share does"
            ),
        },
    )  # fmt: skip
    wide = found.drop(columns=["periods", "counts"]).assign(
        **dict(zip(found["periods"].iloc[0], zip(*found["counts"], strict=True), strict=True))
    )
    st.download_button(
        "Download as CSV", lambda: wide.to_csv(index=False).encode("utf-8-sig"), "trends.csv", "text/csv",
        on_click="ignore",
    )  # fmt: skip


def _dated(atlas: Atlas) -> None:
    """Show the papers that have a date, where there are too few of them for trends."""
    papers = query.dated(atlas)
    left, right = st.columns([5, 3], gap="medium")
    with left:
        head = f"<h3>Papers with a date</h3><p class='facts'>{papers.attrs['note']}</p>"
        components.html(head + dated_papers(papers, chosen.node()), key="dated", scroll=False)
    with right:
        panel(atlas, _TOO_FEW)
    if len(papers):
        _dated_table(papers)


def _dated_table(papers: pd.DataFrame) -> None:
    """Show these papers as a table; a row chooses its paper."""
    st.markdown("##### The same as a table", help="Choose a row to see its card; sort by any column.")

    def choose() -> None:
        if picked := st.session_state["dated papers"]["selection"]["rows"]:
            chosen.choose(str(papers["paper_id"].iloc[picked[0]]))

    st.dataframe(
        papers[["title", "year", "date"]], hide_index=True, on_select=choose, selection_mode="single-row",
        key="dated papers", placeholder="", alt="Papers with a date", height=360,
        column_config={
            "title": st.column_config.TextColumn(width="large"),
            "year": st.column_config.NumberColumn(format="%d", help="as the source states it"),
            "date": st.column_config.TextColumn(help="--12-29 where the source names no year"),
        },
    )  # fmt: skip


show()
