"""Two communities side by side: what sets them apart, what both name, and the papers between them."""

from html import escape
from typing import Any

import pandas as pd

from graphx.cards.community import because
from graphx.cards.html import bar, community_link, count, link, number, percent, why_link
from graphx.query import CONCEPT, Comparison


def comparison_card(found: Comparison) -> str:
    """Return the comparison of two communities as HTML: the first to the left, the second to the right."""
    heads = "".join(
        f"<div><h2>{community_link(row['community_id'], row['label'])}</h2>"
        f"<p class='facts'>{escape(row['community_id'])} · {number(count(n), 'papers that are compared')}</p></div>"
        for row, n in zip((found.one, found.other), found.n, strict=True)
    )
    parts = ["<article class='sides'>", f"<header class='beside'>{heads}</header>"]
    if found.note:
        parts.append(f"<p>{escape(found.note)}</p>")
    parts.append(
        "<p class='facts'>The bars are the share of a community's papers that name a concept: "
        "the first's grow to the left, the second's to the right.</p>"
    )
    for side, row in enumerate((found.one, found.other)):
        parts.append(_table(f"More in {row['label']}", found.apart[found.apart["side"] == side], found))
    parts.append(_table("In both", found.shared, found))
    parts.append(_ties(found.ties))
    return "".join([*parts, "</article>"])


def _table(title: str, concepts: pd.DataFrame, found: Comparison) -> str:
    """Return concepts with their share on either side, as a table whose cells are bars."""
    if concepts.empty:
        return f"<h3>{escape(title)}</h3><p class='facts'>Nothing.</p>"
    rows = "".join(
        f"<tr><td class='left'>{_share(c.share_one, c.n_one, found.n[0], c.kind)}</td>"
        f"<th scope='row'>{link(CONCEPT + c.concept_id, c.label, c.kind, c.kind)}</th>"
        f"<td>{_share(c.share_other, c.n_other, found.n[1], c.kind)}</td></tr>"
        for c in concepts.itertuples()
    )
    one, other = (escape(row["community_id"]) for row in (found.one, found.other))
    head = f"<tr><th scope='col'>{one}</th><th scope='col'>concept</th><th scope='col'>{other}</th></tr>"
    return f"<h3>{escape(title)}</h3><table class='versus'><thead>{head}</thead><tbody>{rows}</tbody></table>"


def _share(share: Any, n: Any, of: int, kind: str) -> str:
    hint = f"{n} of {of} papers name it"
    return f"<span class='share'>{number(percent(float(share)), hint)}{bar(float(share), kind)}</span>"


def _ties(ties: pd.DataFrame) -> str:
    """Return the pairs of papers that tie the two, with the reason."""
    if ties.empty:
        return "<h3>Papers that tie them</h3><p class='facts'>No paper of the one is linked to one of the other.</p>"
    items = "".join(
        f"<li><div class='beside'><div>{link(t.paper_id, t.title)}</div>"
        f"<div>{link(t.other_id, t.other_title)}</div></div><blockquote>{because(t.relation, t.because)} "
        f"{why_link(t.paper_id, t.other_id, t.other_title)}</blockquote></li>"
        for t in ties.itertuples()
    )
    return f"<h3>Papers that tie them</h3><ul class='papers'>{items}</ul>"
