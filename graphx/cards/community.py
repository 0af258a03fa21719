"""The card of a community: what it is about and which sentences say so, what it divides into, and where it leads."""

from html import escape

import pandas as pd

from graphx.cards.html import (
    after,
    chip,
    community_link,
    count,
    facts,
    link,
    marked_spans,
    number,
    percent,
    why_link,
)
from graphx.query import CommunityAnswer

MOST_CENTRAL = 8
"""Papers that are listed; all of them are on the community's part of the map."""


def community_card(answer: CommunityAnswer) -> str:
    """Return the card of a community as HTML."""
    row = answer.community
    sure = "how often runs with other random numbers put the same papers together: 100 % is always"
    parts = [
        "<article><header><p class='kind'>community</p>",
        f"<h2>{escape(row['label'])}</h2>",
        facts(
            escape(row["community_id"]),
            number(count(row["n_papers"]), "papers in it"),
            number(f"level {row['level']}", "0 is the coarsest; each level divides the one before"),
            number(f"{percent(row['certainty'])} sure", sure),
        ),
    ]
    if len(answer.above):
        path = " › ".join(community_link(c.community_id, c.label) for c in answer.above.itertuples())
        parts.append(f"<p class='facts'>Part of {path}</p>")
    parts.append("</header>")
    if len(answer.sentences):
        items = "".join(
            f"<li><blockquote>{marked_spans(s.sentence, s.spans)}</blockquote><small>in</small> "
            f"{link(s.paper_id, s.title)}</li>"
            for s in answer.sentences.itertuples()
        )
        parts.append(f"<h3>Why it is called so</h3><ul class='papers'>{items}</ul>")
    if len(answer.terms):
        chips = "".join(
            chip(t.concept_id, t.label, t.kind, t.n_papers, f"papers of it that name this: {percent(t.share)}")
            for t in answer.terms.itertuples()
        )
        parts.append(f"<h3>Characteristic of it</h3><p class='chips'>{chips}</p>")
    if len(answer.below):
        items = "".join(
            f"<li>{community_link(c.community_id, c.label)} <small>{count(c.n_papers)}</small></li>"
            for c in answer.below.itertuples()
        )
        parts.append(f"<h3>Divides into</h3><ul>{items}</ul>")
    parts += [_central(answer), _bridges(answer.bridges)]
    return "".join([*parts, "</article>"])


def _central(answer: CommunityAnswer) -> str:
    """Return the papers at the centre of a community."""
    papers = answer.papers.head(MOST_CENTRAL)
    if papers.empty:
        return ""
    items = "".join(f"<li>{link(p.paper_id, p.title)}{after(p.year)}</li>" for p in papers.itertuples())
    rest = len(answer.papers) - len(papers)
    more = f"<p><small>and {rest} more</small></p>" if rest else ""
    hint = "most strongly tied within it"
    return f"<h3 title='{hint}'>At its centre</h3><ul class='papers'>{items}</ul>{more}"


def _bridges(bridges: pd.DataFrame) -> str:
    """Return the papers that lead to other communities, with what ties them there."""
    if bridges.empty:
        return ""
    items = ""
    for paper_id, rows in bridges.groupby("paper_id", sort=False):
        ties = "".join(
            f"<li>to {community_link(t.community_id, t.label)}: {because(t.relation, t.because)} "
            f"{why_link(str(paper_id), t.other_id, t.other_title)}</li>"
            for t in rows.itertuples()
        )
        items += f"<li>{link(str(paper_id), rows['title'].iloc[0])}<ul>{ties}</ul></li>"
    hint = "papers most evenly tied to several communities"
    return f"<h3 title='{hint}'>Papers that lead to other communities</h3><ul class='papers'>{items}</ul>"


def because(relation: str, reason: str) -> str:
    """Return in HTML what ties two papers: labels of what both name, or a sentence."""
    return f"both name {escape(reason)}" if relation == "shares" else f"“{escape(reason)}”"
