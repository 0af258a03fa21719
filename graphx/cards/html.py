"""The words that all cards are written with: links, chips, counts and sentences with their mention marked.

Everything that comes from a paper is escaped here. Whatever leads to something that can be
chosen carries its id in `data-node`; the page around it decides what a click does.
"""

from collections.abc import Iterable
from html import escape
from typing import Any
from urllib.parse import quote

import pandas as pd

from graphx.query import COMMUNITY, CONCEPT, LINK


def link(node_id: str, label: str, css: str = "", hint: str = "") -> str:
    """Return a link to something that can be chosen: it works as an address, too, in a tab of its own."""
    extra = (f" class='{escape(css)}'" if css else "") + (f" title='{escape(hint)}'" if hint else "")
    return f"<a href='?node={quote(node_id)}' data-node='{escape(node_id)}'{extra}>{escape(label)}</a>"


def chip(concept_id: str, label: str, kind: str, n: int | None = None, hint: str = "") -> str:
    """Return a small link to a concept, coloured by its kind, with a number behind it and what it means."""
    count = "" if n is None else f" <small{_title(hint)}>{n:,}</small>"
    return f"<span class='chip'>{link(CONCEPT + concept_id, label, kind, kind)}{count}</span> "


def community_link(community_id: str, label: str) -> str:
    """Return a link to a community."""
    return link(COMMUNITY + community_id, label, hint=f"community {community_id}")


def why_link(paper_id: str, other_id: str, other: str) -> str:
    """Return a small link to what ties two papers."""
    node = f"{LINK}{paper_id} {other_id}"
    label = escape(f"why? What ties it to: {other}")
    return f"<a href='?node={quote(node)}' data-node='{escape(node)}' class='why' aria-label='{label}'>why?</a>"


def source_link(url: Any, label: str = "Read it") -> str:
    """Return a link out to where a paper can be read, or nothing if that is not known or no address of the web."""
    if not isinstance(url, str) or not url.startswith(("https://", "http://")):
        return ""
    return f"<a href='{escape(url)}' class='out' target='_blank' rel='noopener noreferrer'>{escape(label)} ↗</a>"


def count(n: int) -> str:
    """Return "1 paper" or "2 papers"."""
    return f"{n:,} paper{'s' * (n != 1)}"


def number(words: str, hint: str) -> str:
    """Return a number in words that says what it is when pointed at."""
    return f"<span class='number' title='{escape(hint)}'>{escape(words)}</span>"


def facts(*parts: str) -> str:
    """Return small pieces of HTML in one line, those that are empty left out."""
    return f"<p class='facts'>{' · '.join(part for part in parts if part)}</p>"


def after(value: Any) -> str:
    """Return a value in small print, or nothing if it is unknown."""
    return f" <small>{escape(str(value))}</small>" if value is not None and pd.notna(value) and value != "" else ""


def percent(share: float) -> str:
    """Return a share in percent, never 0 for what is there."""
    return "<1 %" if 0 < share < 0.005 else f"{share:.0%}".replace("%", " %")


def bar(share: float, css: str = "") -> str:
    """Return a bar as long as a share of its room; it says nothing that is not written beside it, too."""
    width = f"{100 * min(max(share, 0.0), 1.0):.1f}%"
    return f"<span class='bar {escape(css)}' aria-hidden='true'><span style='width:{width}'></span></span>"


def marked(sentence: Any) -> str:
    """Return a sentence with the mention in it marked; without one if it has no place.

    Args:
        sentence: has `sentence`, `start` and `end`.
    """
    words, start, end = sentence["sentence"], sentence["start"], sentence["end"]
    return marked_spans(words, [] if pd.isna(start) else [(int(start), int(end))])


def marked_spans(words: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return a sentence with several mentions marked; where two overlap, the first."""
    parts, at = [], 0
    for start, end in spans:
        if start >= at:
            parts.append(f"{escape(words[at:start])}<mark>{escape(words[start:end])}</mark>")
            at = end
    return "".join([*parts, escape(words[at:])])


def _title(hint: str) -> str:
    return f" title='{escape(hint)}'" if hint else ""
