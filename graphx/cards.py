"""A node to its card: the HTML that tells what an atlas knows of it, with the proving sentences.

Everything that comes from a paper is escaped here. Whatever leads to another node carries
its id in `data-node`; the page around it decides what a click does.
"""

from collections.abc import Iterable
from html import escape
from typing import Any
from urllib.parse import quote

import pandas as pd

from graphx.atlas import Atlas
from graphx.query import CONCEPT, ConceptAnswer, PaperAnswer, concept, paper
from graphx.tables import Role

ROLE_TITLES = {
    Role.INTRODUCES: "Introduced in",
    Role.USES: "Used in",
    Role.COMPARES: "Compared in",
    Role.MENTIONS: "Mentioned in",
}
_RELATIONS = {
    "builds_on": "this paper builds on it:",
    "is_built_on_by": "builds on this paper:",
    "cites": "this paper cites it:",
    "is_cited_by": "cites this paper:",
    "shares": "shares",
    "similar": "says alike things:",
}
MOST_SENTENCES = 40
"""Papers shown with their sentence on a concept's card; the rest are counted."""


def card(atlas: Atlas, node_id: str) -> str:
    """Return the card of a paper or concept as HTML.

    Raises:
        NotFoundError: there is no such node.
    """
    if node_id.startswith(CONCEPT):
        return _concept_card(concept(atlas, node_id.removeprefix(CONCEPT)))
    return _paper_card(paper(atlas, node_id))


def results(found: pd.DataFrame, words: str) -> str:
    """Return the hits of a search as HTML."""
    items = "".join(
        f"<li>{_link(hit.node_id, hit.label)} <small>{escape(hit.type)}{_after(hit.detail)}</small></li>"
        for hit in found.itertuples()
    )
    body = f"<ul class='papers'>{items}</ul>" if items else "<p>Nothing found. Try fewer or shorter words.</p>"
    return f"<article><header><h2>Search: {escape(words)}</h2></header>{body}</article>"


def welcome(atlas: Atlas) -> str:
    """Return what to show while nothing is chosen: how to go on, and where to start."""
    top = atlas.concepts.sort_values(["n_papers", "concept_id"], ascending=[False, True]).head(12)
    chips = "".join(_chip(c.concept_id, c.label, c.kind) for c in top.itertuples())
    communities = "".join(
        f"<li><b>{escape(c.label)}</b> <small>{_papers(c.n_papers)}</small></li>"
        for c in atlas.coarsest.head(8).itertuples()
    )
    return (
        "<article><header><h2>Start here</h2></header>"
        "<p>Dots are papers; the other shapes are what they name. <b>Click</b> one to see what it is, "
        "what it is tied to, and the sentence that says so. Scroll to zoom, drag to move.</p>"
        f"<h3>Named most</h3><p class='chips'>{chips}</p>"
        f"<h3>Largest communities</h3><ul>{communities}</ul></article>"
    )


def _concept_card(answer: ConceptAnswer) -> str:
    row = answer.concept
    facts = [_papers(row["n_papers"]), f"named {row['n_mentions']} times"]
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
            f"<li>{_link(p.paper_id, p.title)}{_after(years[p.paper_id])}"
            f"<blockquote>{_marked(first.loc[p.paper_id])}</blockquote>"
            f"<p class='facts'>{escape(_found(first.loc[p.paper_id]))}</p></li>"
            for p in papers.head(room).itertuples()
        )
        more = f"<p><small>and {len(papers) - room} more</small></p>" if len(papers) > room else ""
        parts.append(f"<h3>{title} <small>{_papers(len(papers))}</small></h3><ul class='papers'>{items}</ul>{more}")
        shown += len(papers)
    if len(answer.related):
        chips = "".join(_chip(r.concept_id, r.label, r.kind, r.n_papers) for r in answer.related.itertuples())
        parts.append(f"<h3>Often together with</h3><p class='chips'>{chips}</p>")
    return "".join([*parts, "</article>"])


def _paper_card(answer: PaperAnswer) -> str:
    row = answer.paper
    facts = []
    if pd.notna(row["date"]):
        facts.append(row["date"].replace("--", "", 1) if row["date"].startswith("--") else row["date"])
    if row["authors"] is not None and len(row["authors"]):
        facts.append(", ".join(row["authors"][:6]) + (" …" if len(row["authors"]) > 6 else ""))
    elif pd.notna(row["n_authors"]):
        facts.append(f"{row['n_authors']} author{'s' * (row['n_authors'] != 1)}")
    facts += [str(row[key]) for key in ("organisation", "venue") if pd.notna(row[key])]
    if pd.notna(row["upvotes"]):
        facts.append(f"{row['upvotes']} upvotes")
    title_mentions = answer.mentions[answer.mentions["end"] <= len(row["title"])]
    abstract_mentions = answer.mentions[answer.mentions["start"] > len(row["title"])]
    parts = [
        "<article><header><p class='kind paper'>paper</p>",
        f"<h2>{_highlighted(answer.text, title_mentions, 0, len(row['title']))}</h2>",
        f"<p class='facts'>{escape(' · '.join(facts))}</p>",
    ]
    if answer.community:
        parts.append(f"<p class='facts'>Community: {escape(answer.community['label'])}</p>")
    if pd.notna(row["url"]) and row["url"].startswith(("https://", "http://")):
        parts.append(
            f"<p><a href='{escape(row['url'])}' target='_blank' rel='noopener noreferrer'>Read the paper</a></p>"
        )
    parts.append("</header>")
    if row["abstract"]:
        body = _highlighted(answer.text, abstract_mentions, len(row["title"]) + 1, len(answer.text))
        parts.append(f"<p class='abstract'>{body}</p>")
    else:
        parts.append("<p class='facts'>No source gives an abstract.</p>")
    for role in Role:
        own = answer.concepts[answer.concepts["role"] == role]
        if len(own):
            chips = "".join(_chip(c.concept_id, c.label, c.kind) for c in own.itertuples())
            parts.append(f"<h3>{role.capitalize()}</h3><p class='chips'>{chips}</p>")
    if len(answer.neighbours):
        items = "".join(
            f"<li>{_link(n.paper_id, n.title)}<blockquote>{_reasons(n.relation, n.reasons)}</blockquote></li>"
            for n in answer.neighbours.itertuples()
        )
        parts.append(f"<h3>Nearest papers, and why</h3><ul class='papers'>{items}</ul>")
    if len(answer.mentions):
        parts.append(_how_found(answer.mentions))
    sources = "<br>".join(escape(", ".join(source.rsplit("#", 1))) for source in row["sources"])
    parts.append(f"<p class='facts sources'>Read from {sources}</p>")
    return "".join([*parts, "</article>"])


def _how_found(mentions: pd.DataFrame) -> str:
    """Return a list, folded away, of every form: kind, score, what found it, why it was joined to its concept."""
    items = "".join(
        f"<li><b>{escape(m.text)}</b> {escape(m.kind)}; found by {escape(m.by)}, score {m.score:.2f}<br>"
        f"→ {_link(CONCEPT + m.concept_id, m.label)}: {escape(m.reason)}</li>"
        for m in mentions.drop_duplicates(["text", "kind", "by"]).itertuples()
    )
    summary = "How each mention was found and joined"
    return f"<details><summary>{summary}</summary><ul class='papers found'>{items}</ul></details>"


def _found(mention: Any) -> str:
    """Say in words what found a mention, how sure it is, and why it was joined to its concept."""
    return f"found by {mention.by}, score {mention.score:.2f}; {mention.reason}"


def _reasons(relation: str, reasons: Iterable[str]) -> str:
    what = _RELATIONS.get(relation, relation)
    said = ", ".join(list(reasons)[:6]) if relation == "shares" else "“" + " … ".join(reasons) + "”"
    return f"<b>{escape(what)}</b> {escape(said)}"


def _marked(sentence: "pd.Series[Any]") -> str:
    """Return a sentence with the mention in it marked."""
    words, start, end = sentence["sentence"], int(sentence["start"]), int(sentence["end"])
    return f"{escape(words[:start])}<mark>{escape(words[start:end])}</mark>{escape(words[end:])}"


def _highlighted(text: str, mentions: pd.DataFrame, start: int, end: int) -> str:
    """Return a stretch of text in which every mention leads to its concept."""
    parts, at = [], start
    for m in mentions.itertuples():
        parts.append(escape(text[at : m.start]))
        hint = f"{m.label} ({m.kind}, {m.role}; {_found(m)})"
        parts.append(_link(CONCEPT + m.concept_id, text[m.start : m.end], f"mark {m.kind}", hint))
        at = m.end
    return "".join([*parts, escape(text[at:end])])


def _link(node_id: str, label: str, css: str = "", hint: str = "") -> str:
    extra = (f" class='{escape(css)}'" if css else "") + (f" title='{escape(hint)}'" if hint else "")
    return f"<a href='?node={quote(node_id)}' data-node='{escape(node_id)}'{extra}>{escape(label)}</a>"


def _chip(concept_id: str, label: str, kind: str, n: int | None = None) -> str:
    count = f" <small>{n}</small>" if n is not None else ""
    return f"<span class='chip'>{_link(CONCEPT + concept_id, label, kind, kind)}{count}</span> "


def _papers(n: int) -> str:
    return f"{n} paper{'s' * (n != 1)}"


def _after(value: Any) -> str:
    return f" <small>{escape(str(value))}</small>" if value is not None and pd.notna(value) and value != "" else ""
