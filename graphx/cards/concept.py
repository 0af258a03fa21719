"""The card of a concept: its forms, who introduced it and who used it, each with the sentence that says so."""

from html import escape
from typing import Any

import pandas as pd

from graphx.cards.html import (
    after,
    bar,
    chip,
    community_link,
    count,
    facts,
    link,
    marked,
    number,
    percent,
    source_link,
)
from graphx.query import ConceptAnswer
from graphx.tables import Role

ROLE_TITLES = {
    Role.INTRODUCES: "Introduced in",
    Role.USES: "Used in",
    Role.COMPARES: "Compared in",
    Role.MENTIONS: "Mentioned in",
}
_MEANS = {
    Role.INTRODUCES: "their text presents it as their own",
    Role.USES: "their text says that they use it",
    Role.COMPARES: "they compare themselves with it",
    Role.MENTIONS: "they name it",
}
MOST_SENTENCES = 40
"""Papers shown with their sentence on a concept's card; the rest are counted."""


def concept_card(answer: ConceptAnswer) -> str:
    """Return the card of a concept as HTML."""
    return f"<article>{_head(answer)}{_told(answer)}{_together(answer)}{_homes(answer, 5)}</article>"


def concept_page(answer: ConceptAnswer) -> tuple[str, str]:
    """Return what a page of its own tells of a concept: the sentences, and what it stands with."""
    left = f"<article>{_head(answer)}{_told(answer)}</article>"
    return left, f"<article>{_together(answer)}{_homes(answer, 12)}</article>"


def found(mention: Any) -> str:
    """Say in words what found a mention, how sure it is, and why it was joined to its concept."""
    return f"found by {mention.by}, score {mention.score:.2f}; {mention.reason}"


def _head(answer: ConceptAnswer) -> str:
    """Return its name, its numbers, and at a glance who introduced it and what became of it."""
    row = answer.concept
    said = [
        number(count(row["n_papers"]), "papers of this atlas whose title or abstract names it"),
        number(f"named {row['n_mentions']} times", "times that titles and abstracts name it, in any form"),
    ]
    if pd.notna(row["first_year"]):
        hint = "earliest year of a paper that names it, of those whose year is known"
        said.append(number(f"first dated paper {row['first_year']}", hint))
    parts = [
        f"<header><p class='kind {escape(row['kind'])}'>{escape(row['kind'])}</p>",
        f"<h2>{escape(row['label'])}</h2>{facts(*said)}</header>",
        _glance(answer),
    ]
    if len(row["forms"]) > 1:
        forms = ", ".join(escape(form) for form in row["forms"][:12])
        more = f" and {len(row['forms']) - 12} more" if len(row["forms"]) > 12 else ""
        parts.append(f"<p class='forms'><b>Written as</b> {forms}{more}</p>")
    return "".join(parts)


def _glance(answer: ConceptAnswer) -> str:
    """Return in one sentence who introduced a concept, and how many papers stand to it in which role since."""
    roles = answer.papers["role"].value_counts()
    introduced = answer.papers[answer.papers["role"] == Role.INTRODUCES]
    verbs = {Role.USES: "use it", Role.COMPARES: "compare with it", Role.MENTIONS: "only mention it"}
    since = [
        number(f"{roles[role]} {verb if roles[role] != 1 else _singular(verb)}", _MEANS[role])
        for role, verb in verbs.items()
        if role in roles
    ]
    others = f"{', '.join(since)}." if since else ""
    if introduced.empty:
        return f"<p class='glance'>No paper here introduces it. {others}</p>"
    first = introduced.iloc[0]
    more = f" and {len(introduced) - 1} more" if len(introduced) > 1 else ""
    by = f"Introduced in {link(first['paper_id'], first['title'])}{after(first['year'])}{more}."
    return f"<p class='glance'>{by}{f' Since then {others}' if others else ''}</p>"


def _singular(verb: str) -> str:
    return {"use it": "uses it", "compare with it": "compares with it"}.get(verb, "only mentions it")


def _told(answer: ConceptAnswer) -> str:
    """Return the papers by role, each with the sentence that says so."""
    first = answer.sentences.drop_duplicates("paper_id").set_index("paper_id")
    parts, shown = [], 0
    for role, title in ROLE_TITLES.items():
        papers = answer.papers[answer.papers["role"] == role]
        if papers.empty:
            continue
        room = max(MOST_SENTENCES - shown, 0)
        items = "".join(_item(p, first.loc[p.paper_id]) for p in papers.head(room).itertuples())
        rest = len(papers) - min(room, len(papers))
        more = f"<p><small>and {rest} more; the concept's page lists them all</small></p>" if rest else ""
        small = f"<small title='{escape(_MEANS[role])}'>{count(len(papers))}</small>"
        parts.append(f"<h3>{title} {small}</h3><ul class='papers'>{items}</ul>{more}")
        shown += len(papers)
    return "".join(parts)


def _item(paper: Any, sentence: Any) -> str:
    """Return a paper with its sentence, and with what found the mention when that is pointed at."""
    quote = f"<blockquote title='{escape(found(sentence))}'>{marked(sentence)}</blockquote>"
    return f"<li>{link(paper.paper_id, paper.title)}{after(paper.year)} {source_link(paper.url)}{quote}</li>"


def _together(answer: ConceptAnswer) -> str:
    """Return what a concept stands with, with how many papers name both, and how much that exceeds chance."""
    if answer.related.empty:
        return ""
    chips = "".join(
        chip(
            r.concept_id, r.label, r.kind, r.n_papers,
            f"{count(r.n_papers)} name both: {r.lift:.1f} times as many as by chance (lift)",
        )
        for r in answer.related.itertuples()
    )  # fmt: skip
    return f"<h3>Often together with</h3><p class='chips'>{chips}</p>"


def _homes(answer: ConceptAnswer, most: int) -> str:
    """Return the communities whose papers name a concept, with a bar for each."""
    homes = answer.communities
    if homes.empty:
        return ""
    top = int(homes["n_papers"].iloc[0])
    items = "".join(
        f"<li>{community_link(c.community_id, c.label)} "
        f"<span class='nowrap'>{bar(c.n_papers / top)} "
        f"{number(count(c.n_papers), f'papers of this community that name it: {percent(c.share)} of them')}</span></li>"
        for c in homes.head(most).itertuples()
    )
    more = f"<p><small>and {len(homes) - most} more communities</small></p>" if len(homes) > most else ""
    return f"<h3>Communities that name it</h3><ul class='bars'>{items}</ul>{more}"
