"""The card of a paper: its abstract with every mention marked, what it names, and its nearest papers and why."""

from collections.abc import Iterable
from html import escape

import pandas as pd

from graphx.cards.concept import found
from graphx.cards.html import chip, link
from graphx.query import CONCEPT, PaperAnswer
from graphx.tables import Role

_RELATIONS = {
    "builds_on": "this paper builds on it:",
    "is_built_on_by": "builds on this paper:",
    "cites": "this paper cites it:",
    "is_cited_by": "cites this paper:",
    "shares": "shares",
    "similar": "says alike things:",
}


def paper_card(answer: PaperAnswer) -> str:
    """Return the card of a paper as HTML."""
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
            chips = "".join(chip(c.concept_id, c.label, c.kind) for c in own.itertuples())
            parts.append(f"<h3>{role.capitalize()}</h3><p class='chips'>{chips}</p>")
    if len(answer.neighbours):
        items = "".join(
            f"<li>{link(n.paper_id, n.title)}<blockquote>{_reasons(n.relation, n.reasons)}</blockquote></li>"
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
        f"→ {link(CONCEPT + m.concept_id, m.label)}: {escape(m.reason)}</li>"
        for m in mentions.drop_duplicates(["text", "kind", "by"]).itertuples()
    )
    summary = "How each mention was found and joined"
    return f"<details><summary>{summary}</summary><ul class='papers found'>{items}</ul></details>"


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
