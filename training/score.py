"""How well a paper's found forms match its annotations: by paper and form, lenient on the form's edges."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from graphx.nlp.pipeline import load
from graphx.nlp.terms import SPANS
from training.annotations import FIELDS, text_of


class Found(NamedTuple):
    """A form that was found in a paper."""

    kind: str
    form: str
    role: str


def reduced(form: str) -> str:
    """Return a form in small letters, without punctuation and plural s."""
    words = re.findall(r"[a-z0-9+]+", form.lower())
    return " ".join(w[:-1] if len(w) > 3 and w[-1] == "s" and w[-2] != "s" else w for w in words)


def same(a: str, b: str) -> bool:
    """Tell whether two reduced forms match: equal, or one's words are at least half of the other's."""
    if a == b:
        return True
    x, y = set(a.split()), set(b.split())
    return bool(x and y) and (x <= y or y <= x) and 2 * len(x & y) >= len(x | y)


def measure(gold: Sequence[dict[str, Any]], model: Path) -> dict[str, tuple[float, float, float]]:
    """Run the whole pipeline with a model over annotated abstracts; return precision, recall and F1."""
    docs = load(model=model).pipe(map(text_of, gold))
    found = {
        paper["id"]: [Found(span.label_, span.text, span._.role) for span in doc.spans[SPANS]]
        for paper, doc in zip(gold, docs, strict=True)
    }
    return score(gold, found)


def score(gold: Iterable[dict[str, Any]], found: dict[str, list[Found]]) -> dict[str, tuple[float, float, float]]:
    """Return precision, recall and F1 for every kind and for `introduces`.

    Precision counts a paper's distinct forms that match an entity of any tier; recall counts
    the core entities that a form matches.

    Args:
        gold: annotated abstracts.
        found: what was found, by the paper's id.
    """
    tally: Counter[tuple[str, str]] = Counter()
    for paper in gold:
        mine = found.get(paper["id"], [])
        for key in (*FIELDS, "introduces"):
            entities = [e for field in FIELDS for e in paper[field] if key in (field, e.get("role"))]
            forms = [({reduced(f) for f in (e["name"], *e["aliases"])} - {""}, e["tier"] == "core") for e in entities]
            predicted = {reduced(f.form) for f in mine if key == f.role or FIELDS.get(key) == f.kind} - {""}
            for form in predicted:
                tally[key, "found"] += 1
                tally[key, "right"] += any(same(form, f) for fs, _ in forms for f in fs)
            for fs, core in forms:
                if core:
                    tally[key, "core"] += 1
                    tally[key, "hit"] += any(same(p, f) for f in fs for p in predicted)
    scores = {}
    for key in (*FIELDS, "introduces"):
        p = tally[key, "right"] / max(1, tally[key, "found"])
        r = tally[key, "hit"] / max(1, tally[key, "core"])
        scores[key] = (p, r, 2 * p * r / max(1e-9, p + r))
    return scores
