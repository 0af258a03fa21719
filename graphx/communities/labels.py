"""What sets a community apart: its characteristic concepts, and the label made of them."""

import re
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import numpy as np
import pandas as pd

from graphx.communities.graph import Floats, Ints
from graphx.tables import Kind

N_TERMS = 8
N_PARTS = 3
SEPARATOR = " · "
KIND_WEIGHTS = {Kind.TASK: 1.0, Kind.METHOD: 1.0, Kind.DATASET: 0.6, Kind.METRIC: 0.2}
"""What a concept of a kind counts: a metric names no topic, and a dataset seldom does."""
PLAIN_WORD = 0.5
"""What a single common word counts, such as "scaling" or "agent": most name no topic by themselves."""
COMMON = 0.05
"""Share of a community's papers that name what is part of its label."""
WEAK = 0.2
"""Share of the best part's score that every part of a label has."""
WEAKEST = 0.02
"""The same where a label would be that of another community."""
REPEATED = 0.5
"""What a term counts that the parent is called by."""


def terms(of: Ints, above: Ints, paper: Ints, concept: Ints, salience: Floats, concepts: pd.DataFrame) -> pd.DataFrame:
    """Return every community's characteristic concepts, the most telling first.

    A concept's score is its share of the community times the logarithm of how much larger
    that share is than within the parent: the part of the Kullback-Leibler divergence that the
    concept contributes. A paper counts more for what it names often. A concept counts less the
    larger its share of all papers is, since a hub tells little wherever it is, and the fewer
    papers of the community name it: chance gives any two papers something rare in common.

    Args:
        of: community number of every paper, -1 where it has none.
        above: number of the parent, the same for all at level 0.
        paper: row numbers; each paper as often as it names concepts.
        concept: row numbers of what they name.
        salience: how much they name it, 0 to 1.
        concepts: the table.

    Returns:
        Columns community, concept, label, n (papers), score, and fit: whether it may be part of a label.
    """
    rows = pd.DataFrame({"community": of[paper], "above": above[paper], "concept": concept, "salience": salience})
    base = rows.groupby(["above", "concept"])["salience"].sum()
    rows = rows[rows["community"] >= 0]
    by = rows.groupby(["community", "above", "concept"])["salience"]
    found = by.agg(inside="sum", n="size").reset_index()
    found["base"] = base.reindex(pd.MultiIndex.from_frame(found[["above", "concept"]])).to_numpy()
    sizes, around = np.bincount(of[of >= 0]), np.bincount(above[above >= 0])
    size = sizes[found["community"]]
    inside = found["inside"].to_numpy() / size
    lift = np.log(inside / (found["base"].to_numpy() / around[found["above"]]))
    labels = concepts["label"].to_numpy(dtype=object)
    worth = np.array([_worth(*pair) for pair in zip(labels, concepts["kind"], strict=True)])
    hub = np.square(1 - np.sqrt(np.bincount(concept, minlength=len(concepts)) / max(len(of), 1)))
    n = found["n"].to_numpy()
    found["score"] = np.round(inside * lift * (worth * hub)[found["concept"]] * (1 - 1 / n), 9)
    found["label"] = labels[found["concept"]]
    metric = (concepts["kind"] == Kind.METRIC).to_numpy(dtype=bool)[found["concept"]]
    found["fit"] = ~metric & (n >= COMMON * size)
    found = found[(lift > 1e-9) & (n > 1)]
    return found.sort_values(["community", "score", "label"], ascending=[True, False, True], ignore_index=True)


def _worth(label: str, kind: str) -> float:
    plain = re.fullmatch(r"[a-z]+", label) is not None
    return KIND_WEIGHTS[Kind(kind)] * (PLAIN_WORD if plain else 1.0)


class _Term(NamedTuple):
    """What may be part of a label, in the order of rank: minus its score."""

    rank: float
    label: str
    fit: bool
    home: bool
    repeats: bool


def label(found: pd.DataFrame, parents: list[str]) -> list[str]:
    """Name the communities 0, 1, … of a level, no two alike.

    A label has up to `N_PARTS` terms, the most telling first: none within another, and none
    that is more telling of another community of the level, unless nothing else is left. What
    the parent is called by is repeated only where it tells one child from the others. It is
    empty if the papers name nothing in common.

    Args:
        found: of `terms`.
        parents: the label of each one's parent, "" at level 0.
    """
    home = found.sort_values(["score", "community"], ascending=[False, True]).drop_duplicates("concept")
    its_home = found["concept"].map(home.set_index("concept")["community"]) == found["community"]
    top = found.assign(home=its_home).groupby("community").head(4 * N_TERMS)
    columns = (top[name].tolist() for name in ("community", "label", "score", "fit", "home"))
    by_community = {c: list(rows) for c, rows in groupby(zip(*columns, strict=True), key=itemgetter(0))}
    used = set(parents)
    names = []
    for community, parent in enumerate(parents):
        above = [_words(part) for part in parent.split(SEPARATOR)]
        best: list[_Term] = []
        for _, term, score, fit, home in by_community.get(community, []):
            repeats = any(_words(term) <= words for words in above)
            best.append(_Term(-score * (REPEATED if repeats else 1), term, fit, home, repeats))
        best.sort()
        fit = [term for term in best if term.fit]
        fresh = [term for term in fit if not term.repeats]
        at_home = [term for term in fit if term.home]
        choices = [_parts(at_home), _parts(fit), _parts(fit, WEAKEST), _parts(fresh, WEAKEST), _parts(best)]
        texts = [SEPARATOR.join(choice) for choice in choices if choice]
        if not texts:
            names.append("")
            continue
        names.append(next((text for text in texts if text not in used), None) or unlike(texts[0], used))
        used.add(names[-1])
    return names


def parts(found: pd.DataFrame, names: list[str], concepts: pd.DataFrame) -> pd.DataFrame:
    """Return the concepts that labels are made of: columns community, concept_id and rank in the label."""
    rank = {(c, part): r for c, text in enumerate(names) for r, part in enumerate(text.split(SEPARATOR))}
    ranks = [rank.get(pair, -1) for pair in zip(found["community"], found["label"], strict=True)]
    rows = found.assign(rank=ranks, concept_id=concepts["concept_id"].to_numpy(dtype=object)[found["concept"]])
    return rows.loc[rows["rank"] >= 0, ["community", "concept_id", "rank"]]


def _parts(terms: list[_Term], weak: float = WEAK) -> list[str]:
    """Return the best terms, none of which says the same as another."""
    chosen: list[str] = []
    for term in terms:
        if len(chosen) == N_PARTS or term.rank > weak * terms[0].rank:
            break
        if not any(_same(term.label, other) for other in chosen):
            chosen.append(term.label)
    return chosen


def _same(one: str, other: str) -> bool:
    """Tell whether one term has all the words of the other, or is its acronym."""
    if _words(one) <= _words(other) or _words(other) <= _words(one):
        return True
    return any(_acronym(a) and _initials(b).startswith(a.upper()) for a, b in ((one, other), (other, one)))


def _acronym(term: str) -> bool:
    return re.fullmatch(r"\w*(?:\d|[A-Z])[A-Z]\w*", term) is not None


def _initials(term: str) -> str:
    """Return the acronym of a term: 3DGS of "3D Gaussian splatting"."""
    words = re.findall(r"\w+", term)
    return "".join(word if _acronym(word) else word[0] for word in words).upper()


def _words(term: str) -> set[str]:
    return set(re.findall(r"\w+", term.lower()))


def unlike(text: str, used: set[str]) -> str:
    """Return a text that is not used yet, numbered if need be."""
    n = 2
    fresh = text
    while fresh in used:
        fresh, n = f"{text} ({n})", n + 1
    return fresh
