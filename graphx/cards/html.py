"""The words that all cards are written with: links, chips, counts and sentences with their mention marked.

Everything that comes from a paper is escaped here. Whatever leads to something that can be
chosen carries its id in `data-node`; the page around it decides what a click does.
"""

from html import escape
from typing import Any
from urllib.parse import quote

import pandas as pd

from graphx.query import CONCEPT


def link(node_id: str, label: str, css: str = "", hint: str = "") -> str:
    """Return a link to something that can be chosen: it works as an address, too, in a tab of its own."""
    extra = (f" class='{escape(css)}'" if css else "") + (f" title='{escape(hint)}'" if hint else "")
    return f"<a href='?node={quote(node_id)}' data-node='{escape(node_id)}'{extra}>{escape(label)}</a>"


def chip(concept_id: str, label: str, kind: str, n: int | None = None) -> str:
    """Return a small link to a concept, coloured by its kind, with a number behind it."""
    count = f" <small>{n}</small>" if n is not None else ""
    return f"<span class='chip'>{link(CONCEPT + concept_id, label, kind, kind)}{count}</span> "


def count(n: int) -> str:
    """Return "1 paper" or "2 papers"."""
    return f"{n} paper{'s' * (n != 1)}"


def after(value: Any) -> str:
    """Return a value in small print, or nothing if it is unknown."""
    return f" <small>{escape(str(value))}</small>" if value is not None and pd.notna(value) and value != "" else ""


def marked(sentence: "pd.Series[Any]") -> str:
    """Return a sentence with the mention in it marked."""
    words, start, end = sentence["sentence"], int(sentence["start"]), int(sentence["end"])
    return f"{escape(words[:start])}<mark>{escape(words[start:end])}</mark>{escape(words[end:])}"
