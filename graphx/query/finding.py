"""Find a paper or concept by its name, or by words in its text."""

import difflib
import re
from typing import Any

import numpy as np
import pandas as pd

from graphx.atlas import Atlas
from graphx.errors import NotFoundError
from graphx.forms import normalise
from graphx.query.nodes import CONCEPT


def find(atlas: Atlas, name: str) -> str:
    """Return the node that a name means: an id, a title, a label or a form, whatever its case.

    Raises:
        NotFoundError: nothing is called that; the message names what comes closest.
    """
    if name in set(atlas.papers["paper_id"]):
        return name
    plain = name.removeprefix(CONCEPT)
    if plain in set(atlas.concepts["concept_id"]):
        return CONCEPT + plain
    titles = atlas.papers[atlas.papers["title"].str.casefold() == name.casefold()]
    if len(titles):
        return str(titles["paper_id"].iloc[0])
    key = normalise(name)
    for row in atlas.concepts.sort_values(["n_papers", "concept_id"], ascending=[False, True]).itertuples():
        if key == normalise(row.label) or any(key == normalise(form) for form in row.forms):
            return f"{CONCEPT}{row.concept_id}"
    found = search(atlas, name, limit=3)
    if len(found) and (len(found) == 1 or found["score"].iloc[0] > 1.5 * found["score"].iloc[1]):
        return str(found["node_id"].iloc[0])
    near = list(found["label"])
    if not near:
        labels = {label.casefold(): label for label in [*atlas.concepts["label"], *atlas.papers["title"]]}
        near = [labels[m] for m in difflib.get_close_matches(name.casefold(), labels, n=3, cutoff=0.6)]
    raise NotFoundError.nothing_called(name, near)


def search(atlas: Atlas, words: str, limit: int = 20) -> pd.DataFrame:
    """Search labels, forms, titles and abstracts; every word must occur, the start of one is enough.

    Returns:
        node_id, type, label, detail, score (higher is better), the best first.
    """
    wanted = [re.compile(rf"(?<!\w){re.escape(w)}", re.I) for w in words.split()]
    rows: list[dict[str, Any]] = []
    if not wanted:
        return pd.DataFrame(rows, columns=["node_id", "type", "label", "detail", "score"])
    whole = normalise(words)
    for c in atlas.concepts.itertuples():
        forms = [c.label, *c.forms]
        if all(any(w.search(form) for form in forms) for w in wanted):
            exact = any(normalise(form) == whole for form in forms)
            score = (6 if exact else 3) + np.log1p(c.n_papers)
            detail = f"{c.kind} · {c.n_papers} paper{'s' * (c.n_papers != 1)}"
            rows.append(_hit(CONCEPT + c.concept_id, "concept", c.label, detail, score))
    for p in atlas.papers.itertuples():
        in_title = sum(bool(w.search(p.title)) for w in wanted)
        if in_title == len(wanted) or all(w.search(p.title) or w.search(p.abstract) for w in wanted):
            detail = str(p.year) if pd.notna(p.year) else ""
            rows.append(_hit(p.paper_id, "paper", p.title, detail, 0.5 + 3.5 * in_title / len(wanted)))
    found = pd.DataFrame(rows, columns=["node_id", "type", "label", "detail", "score"])
    return found.sort_values(["score", "node_id"], ascending=[False, True], ignore_index=True).head(limit)


def _hit(node_id: str, kind: str, label: str, detail: str, score: float) -> dict[str, Any]:
    return {"node_id": node_id, "type": kind, "label": label, "detail": detail, "score": float(score)}
