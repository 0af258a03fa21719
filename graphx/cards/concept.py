"""The card of a concept: its forms, who introduced it and who used it, each with the sentence that says so."""

from html import escape
from typing import Any

import pandas as pd

from graphx.cards.html import after, chip, count, link, marked
from graphx.query import ConceptAnswer
from graphx.tables import Role

ROLE_TITLES = {
    Role.INTRODUCES: "Introduced in",
    Role.USES: "Used in",
    Role.COMPARES: "Compared in",
    Role.MENTIONS: "Mentioned in",
}
MOST_SENTENCES = 40
"""Papers shown with their sentence on a concept's card; the rest are counted."""


def concept_card(answer: ConceptAnswer) -> str:
    """Return the card of a concept as HTML."""
    row = answer.concept
    facts = [count(row["n_papers"]), f"named {row['n_mentions']} times"]
    if pd.notna(row["first_year"]):
        facts.append(f"first dated paper {row['first_year']}")
    parts = [
        f"<article><header><p class='kind {escape(row['kind'])}'>{escape(row['kind'])}</p>",
        f"<h2>{escape(row['label'])}</h2><p class='facts'>{escape(' · '.join(facts))}</p></header>",
    ]
    if len(row["forms"]) > 1:
        forms = ", ".join(escape(form) for form in row["forms"])
        parts.append(f"<p class='forms'><b>Written as</b> {forms}</p>")
    first = answer.sentences.drop_duplicates("paper_id").set_index("paper_id")
    years = answer.papers.set_index("paper_id")["year"]
    shown = 0
    for role, title in ROLE_TITLES.items():
        papers = answer.papers[answer.papers["role"] == role]
        if papers.empty:
            continue
        room = max(MOST_SENTENCES - shown, 0)
        items = "".join(
            f"<li>{link(p.paper_id, p.title)}{after(years[p.paper_id])}"
            f"<blockquote>{marked(first.loc[p.paper_id])}</blockquote>"
            f"<p class='facts'>{escape(found(first.loc[p.paper_id]))}</p></li>"
            for p in papers.head(room).itertuples()
        )
        more = f"<p><small>and {len(papers) - room} more</small></p>" if len(papers) > room else ""
        parts.append(f"<h3>{title} <small>{count(len(papers))}</small></h3><ul class='papers'>{items}</ul>{more}")
        shown += len(papers)
    if len(answer.related):
        chips = "".join(chip(r.concept_id, r.label, r.kind, r.n_papers) for r in answer.related.itertuples())
        parts.append(f"<h3>Often together with</h3><p class='chips'>{chips}</p>")
    return "".join([*parts, "</article>"])


def found(mention: Any) -> str:
    """Say in words what found a mention, how sure it is, and why it was joined to its concept."""
    return f"found by {mention.by}, score {mention.score:.2f}; {mention.reason}"
