"""The communities as a tree: nested lists, of which only those branches are written out that are asked for."""

from collections.abc import Collection
from html import escape
from typing import Any
from urllib.parse import quote

import pandas as pd

from graphx.cards.html import bar, count, percent
from graphx.query import COMMUNITY

MOST_ROWS = 400
"""Communities written out at most; the table lists them all."""


def tree(communities: pd.DataFrame, levels: int, chosen: str | None = None) -> str:
    """Return the communities as nested lists, each with its number of papers.

    Args:
        communities: what `graphx.query.list_communities` gives.
        levels: how many levels are written out everywhere.
        chosen: the community that is marked; what holds it and what it divides into is written out, too.
    """
    opened = _path(communities, chosen)
    shown = communities[(communities["level"] < levels) | communities["parent"].isin(opened)]
    left_out = len(shown) - MOST_ROWS
    if left_out > 0:
        shown = shown[(shown.reset_index().index < MOST_ROWS) | shown["parent"].isin(opened)]
    children: dict[str, list[str]] = {}
    rows = {str(c.community_id): c for c in shown.itertuples()}
    most = int(communities["n_papers"].max()) if len(communities) else 1
    for c in rows.values():
        children.setdefault(str(c.parent) if isinstance(c.parent, str) else "", []).append(str(c.community_id))

    def written(parent: str) -> str:
        items = "".join(
            f"<li>{_row(rows[i], most, i == chosen, i in children)}{written(i)}</li>" for i in children.get(parent, [])
        )
        css = "" if parent else " class='tree'"
        return f"<ul{css}>{items}</ul>" if items else ""

    more = f"<p><small>and {left_out} more; choose one to see what it divides into</small></p>" if left_out > 0 else ""
    return f"<article>{written('')}{more}</article>"


def _path(communities: pd.DataFrame, chosen: str | None) -> Collection[str]:
    """Return a community and all that hold it."""
    parents = dict(zip(communities["community_id"], communities["parent"], strict=True))
    path: list[str] = []
    while isinstance(chosen, str) and chosen in parents and chosen not in path:
        path.append(chosen)
        chosen = parents[chosen]
    return path


def _row(c: Any, most: int, chosen: bool, opened: bool) -> str:
    """Return one community: a link that says whether what it divides into is written out."""
    node, state = escape(COMMUNITY + c.community_id), f" aria-expanded='{str(opened).lower()}'" if c.n_below else ""
    sign = ("▾" if opened else "▸") if c.n_below else "·"
    current = " aria-current='true'" if chosen else ""
    hint = f"{c.community_id}, {percent(c.certainty)} sure" + (f", divides into {c.n_below}" if c.n_below else "")
    return (
        f"<a href='?node={quote(COMMUNITY + c.community_id)}' data-node='{node}' title='{escape(hint)}'{state}"
        f"{current}><i aria-hidden='true'>{sign}</i> {escape(c.label)}</a> "
        f"<span class='nowrap'>{bar(c.n_papers / most)} <small>{count(c.n_papers)}</small></span>"
    )
