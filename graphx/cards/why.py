"""The card of a link: why two papers are linked, with the sentences of both."""

from html import escape
from typing import Any

import pandas as pd

from graphx.cards.html import bar, facts, link, marked, number, percent
from graphx.query import CONCEPT
from graphx.similar import ALIKE
from graphx.tables import Kind, Relation

_SAID = {
    "builds_on": "The first builds on the second",
    "is_built_on_by": "The second builds on the first",
    "cites": "The first cites the second",
    "is_cited_by": "The second cites the first",
}


def why_card(papers: tuple[tuple[str, str], tuple[str, str]], found: pd.DataFrame) -> str:
    """Return the card of the link between two papers as HTML.

    Args:
        papers: id and title of the first and of the second.
        found: what `graphx.query.why` tells of them.
    """
    (one, title), (other, other_title) = papers
    parts = [
        "<header><p class='kind'>link</p><h2>Why these two are linked</h2></header>",
        f"<ol class='pair'><li>{link(one, title)}</li><li>{link(other, other_title)}</li></ol>",
    ]
    shared = found[found["relation"] == Relation.SHARES]
    alike = found[found["relation"] == Relation.SIMILAR]
    told = found[~found["relation"].isin([Relation.SHARES, Relation.SIMILAR])]
    if note := found.attrs.get("note"):
        parts.append(f"<p>{escape(str(note))}</p>")
    parts += [_said(row) for row in told.to_dict("records")]
    if len(shared):
        parts.append(_shared(shared))
    elif len(alike):
        parts.append("<p>They name nothing in common.</p>")
    parts += [_alike(row) for row in alike.to_dict("records")]
    return f"<article>{''.join(parts)}</article>"


def _said(row: dict[str, Any]) -> str:
    """Return what a sentence or a reference says."""
    what = _SAID.get(row["relation"], row["relation"])
    if isinstance(row["concept_id"], str):
        by = f"It names {link(CONCEPT + row['concept_id'], row['label'])}, which the other introduces."
    else:
        by = f"The reference was matched by {escape(str(row['label']))}."
    return f"<h3>{what}</h3><p>{by}</p>{_both(row)}"


def _shared(shared: pd.DataFrame) -> str:
    """Return the parts of what both name by kind, then every concept with the sentences of both."""
    by_kind = shared.groupby("kind")["weight"].sum()
    bars = "".join(
        f"<li><span class='kind {kind}'>{kind}s</span> {bar(by_kind[kind], kind)} {percent(by_kind[kind])}</li>"
        for kind in Kind
        if kind in by_kind.index
    )
    hint = "its part of what ties the two: rare concepts count more than common ones, and metrics less"
    items = "".join(
        f"<li>{link(CONCEPT + row['concept_id'], row['label'], row['kind'], row['kind'])} "
        f"<small>{number(percent(row['weight']), hint)} · the first {_verb(row['role'])}, "
        f"the second {_verb(row['other_role'])} it</small>{_both(row)}</li>"
        for row in shared.to_dict("records")
    )
    many = f"{len(shared)} concept{'s' * (len(shared) != 1)}"
    return (
        f"<h3>Both name <small>{many}</small></h3><ul class='bars' aria-label='Parts by kind'>{bars}</ul>"
        f"<ul class='papers'>{items}</ul>"
    )


def _verb(role: str) -> str:
    return {"compares": "compares with"}.get(role, role)


def _alike(row: dict[str, Any]) -> str:
    """Return the sentences that are most alike, and how alike the texts are."""
    cosine = float(row["weight"])
    means = "much alike" if cosine >= ALIKE else "of one field" if cosine >= ALIKE / 2 else "hardly alike"
    hint = "cosine of the meaning of title and abstract: 1 is the same, 0 has nothing in common"
    return (
        f"<h3>Their most alike sentences</h3>"
        f"{facts(number(f'cosine {cosine:.2f}', hint), f'as whole texts: {means}')}{_both(row)}"
    )


def _both(row: dict[str, Any]) -> str:
    """Return the sentences of both papers, the first above the second."""
    own = {key: row[key] for key in ("sentence", "start", "end")}
    other = {key: row[f"other_{key}"] for key in ("sentence", "start", "end")}
    quotes = [
        f"<blockquote class='{side}'><span class='side'>{n}</span>{marked(part)}</blockquote>"
        for n, side, part in ((1, "one", own), (2, "two", other))
        if isinstance(part["sentence"], str) and part["sentence"]
    ]
    return "".join(quotes)
