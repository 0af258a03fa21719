"""The card of a paper: its abstract with every mention marked, what it names, and its nearest papers and why."""

from collections.abc import Iterable
from html import escape
from typing import Any

import pandas as pd

from graphx.cards.concept import found
from graphx.cards.html import chip, community_link, facts, link, number, percent, source_link, why_link
from graphx.query import CONCEPT, PaperAnswer
from graphx.tables import Kind, Role

_RELATIONS = {
    "builds_on": "this paper builds on it:",
    "is_built_on_by": "builds on this paper:",
    "cites": "this paper cites it:",
    "is_cited_by": "cites this paper:",
    "shares": "shares",
    "similar": "says alike things:",
}
_ROLES = {
    Role.INTRODUCES: "presented as its own",
    Role.USES: "the text says that it is used",
    Role.COMPARES: "what it is compared with",
    Role.MENTIONS: "named without more",
}

_PLACES = {
    "doi": ("DOI", "https://doi.org/"),
    "arxiv_id": ("arXiv", "https://arxiv.org/abs/"),
    "openalex_id": ("OpenAlex", "https://openalex.org/"),
}
"""Where the ids of a paper lead."""
MOST_NEAR = 12
"""Nearest papers that are shown at once."""


def paper_card(answer: PaperAnswer) -> str:
    """Return the card of a paper as HTML."""
    parts = [_head(answer), _abstract(answer), _named(answer), _nearest(answer), _how_found(answer), _sources(answer)]
    return f"<article>{''.join(parts)}</article>"


def paper_page(answer: PaperAnswer) -> tuple[str, str]:
    """Return what a page of its own tells of a paper: the text and what it names, and what it is tied to."""
    kinds = " ".join(f"<span class='kind {kind}'>{kind}</span>" for kind in Kind)
    legend = f"<p class='facts legend'>Marked: {kinds}</p>" if len(answer.mentions) else ""
    left = [
        _head(answer),
        legend,
        _abstract(answer),
        _named(answer),
        _about(answer),
        _how_found(answer),
        _sources(answer),
    ]
    return f"<article>{''.join(left)}</article>", f"<article>{_nearest(answer)}{_references(answer)}</article>"


def to_read(papers: pd.DataFrame, about: str) -> str:
    """Return a reading list as HTML: what `graphx.query.reading_list` gives, and what it is about."""
    items = "".join(f"<li>{link(p.paper_id, p.title)} <small>{escape(p.why)}</small></li>" for p in papers.itertuples())
    return f"<article><h3>Read next <small>{escape(about)}</small></h3><ul class='papers'>{items}</ul></article>"


def _head(answer: PaperAnswer) -> str:
    row = answer.paper
    said = []
    if pd.notna(row["date"]):
        said.append(escape(row["date"].replace("--", "", 1) if row["date"].startswith("--") else row["date"]))
    elif pd.notna(row["year"]):
        said.append(escape(str(row["year"])))
    if row["authors"] is not None and len(row["authors"]):
        said.append(escape(", ".join(row["authors"][:6]) + (" …" if len(row["authors"]) > 6 else "")))
    elif pd.notna(row["n_authors"]):
        said.append(f"{row['n_authors']} author{'s' * (row['n_authors'] != 1)}")
    said += [escape(str(row[key])) for key in ("organisation", "venue") if pd.notna(row[key])]
    if pd.notna(row["citations"]):
        said.append(number(f"cited {row['citations']} times", "as its source counts"))
    if pd.notna(row["upvotes"]):
        said.append(number(f"{row['upvotes']} upvotes", "on the listing page it was read from"))
    title_mentions = answer.mentions[answer.mentions["end"] <= len(row["title"])]
    parts = [
        "<header><p class='kind paper'>paper</p>",
        f"<h2>{_highlighted(answer.text, title_mentions, 0, len(row['title']))}</h2>",
        facts(*said) if said else "",
    ]
    if len(answer.communities):
        path = " › ".join(community_link(c.community_id, c.label) for c in answer.communities.itertuples())
        hint = "how often runs with other random numbers put it with these papers"
        sure = number(f"{percent(float(answer.community['certainty']))} sure", hint) if answer.community else ""
        parts.append(f"<p class='facts'>Community: {path} {sure}</p>")
    if where := source_link(row["url"], "Read the paper") or source_link(_doi(row["doi"]), "Read the paper"):
        parts.append(f"<p>{where}</p>")
    return "".join([*parts, "</header>"])


def _doi(doi: Any) -> str | None:
    return f"https://doi.org/{doi}" if isinstance(doi, str) and doi else None


def _abstract(answer: PaperAnswer) -> str:
    row = answer.paper
    if not row["abstract"]:
        return "<p class='facts'>No source gives an abstract.</p>"
    mentions = answer.mentions[answer.mentions["start"] > len(row["title"])]
    return f"<p class='abstract'>{_highlighted(answer.text, mentions, len(row['title']) + 1, len(answer.text))}</p>"


def _named(answer: PaperAnswer) -> str:
    """Return what a paper names, by role."""
    parts = []
    for role in Role:
        own = answer.concepts[answer.concepts["role"] == role]
        if len(own):
            chips = "".join(chip(c.concept_id, c.label, c.kind) for c in own.itertuples())
            parts.append(f"<h3 title='{_ROLES[role]}'>{role.capitalize()}</h3><p class='chips'>{chips}</p>")
    return "".join(parts)


def _nearest(answer: PaperAnswer) -> str:
    """Return the nearest papers, each once, with all that ties it; those that come late are folded away."""
    if answer.neighbours.empty:
        return ""
    items = [
        f"<li>{link(paper_id, rows['title'].iloc[0])} "
        f"{why_link(answer.paper['paper_id'], paper_id, rows['title'].iloc[0])}"
        + "".join(f"<blockquote>{_reasons(r.relation, r.reasons)}</blockquote>" for r in rows.itertuples())
        + "</li>"
        for paper_id, rows in answer.neighbours.groupby("paper_id", sort=False)
    ]
    first, rest = items[:MOST_NEAR], items[MOST_NEAR:]
    more = f"<details><summary>{len(rest)} more</summary><ul class='papers'>{''.join(rest)}</ul></details>"
    return f"<h3>Nearest papers, and why</h3><ul class='papers'>{''.join(first)}</ul>{more if rest else ''}"


def _about(answer: PaperAnswer) -> str:
    """Return what its sources say of a paper, with links to where it can be found."""
    row = answer.paper
    known = [(key, row[key]) for key in ("doi", "arxiv_id", "openalex_id") if isinstance(row[key], str) and row[key]]
    items = [
        f"<dt>{_PLACES[key][0]}</dt><dd>{source_link(_PLACES[key][1] + value, value)}</dd>" for key, value in known
    ]
    if row["keywords"] is not None and len(row["keywords"]):
        items.append(f"<dt>Keywords</dt><dd>{escape(', '.join(row['keywords']))}</dd>")
    return f"<h3>Where to find it</h3><dl>{''.join(items)}</dl>" if items else ""


def _references(answer: PaperAnswer) -> str:
    """Return the papers of the atlas that a paper cites, and those that cite it."""
    parts = []
    for relation, title in (("cites", "Cites, of this atlas"), ("is_cited_by", "Cited in this atlas by")):
        rows = answer.references[answer.references["relation"] == relation]
        if len(rows):
            items = "".join(
                f"<li>{link(r.paper_id, r.title)} <small title='{escape(str(r.reference))}'>matched by "
                f"{escape(str(r.by))}</small></li>"
                for r in rows.head(40).itertuples()
            )
            more = f"<p><small>and {len(rows) - 40} more</small></p>" if len(rows) > 40 else ""
            parts.append(f"<h3>{title} <small>{len(rows)}</small></h3><ul class='papers'>{items}</ul>{more}")
    given = answer.paper["references"]
    if not parts:
        n = len(given) if given is not None else 0
        none = f"none of its {n} references is in this atlas" if n else "no source gives its references"
        parts.append(f"<h3>References</h3><p class='facts'>{none.capitalize()}, and nothing here cites it.</p>")
    return "".join(parts)


def _how_found(answer: PaperAnswer) -> str:
    """Return a list, folded away, of every form: kind, score, what found it, why it was joined to its concept."""
    if answer.mentions.empty:
        return ""
    items = "".join(
        f"<li><b>{escape(m.text)}</b> {escape(m.kind)}; found by {escape(m.by)}, score {m.score:.2f}<br>"
        f"→ {link(CONCEPT + m.concept_id, m.label)}: {escape(m.reason)}</li>"
        for m in answer.mentions.drop_duplicates(["text", "kind", "by"]).itertuples()
    )
    summary = "How each mention was found and joined"
    return f"<details><summary>{summary}</summary><ul class='papers found'>{items}</ul></details>"


def _sources(answer: PaperAnswer) -> str:
    sources = "<br>".join(escape(", ".join(source.rsplit("#", 1))) for source in answer.paper["sources"])
    return f"<p class='facts sources'>Read from {sources}</p>"


def _reasons(relation: str, reasons: Iterable[str]) -> str:
    what = _RELATIONS.get(relation, relation)
    said = ", ".join(list(reasons)[:6]) if relation == "shares" else "“" + " … ".join(reasons) + "”"
    return f"<b>{escape(what)}</b> {escape(said)}"


def _highlighted(text: str, mentions: pd.DataFrame, start: int, end: int) -> str:
    """Return a stretch of text in which every mention leads to its concept."""
    parts, at = [], start
    for m in mentions.itertuples():
        parts.append(escape(text[at : m.start]))
        hint = f"{m.label} ({m.kind}, {m.role}; {found(m)})"
        parts.append(link(CONCEPT + m.concept_id, text[m.start : m.end], f"mark {m.kind}", hint))
        at = m.end
    return "".join([*parts, escape(text[at:end])])
