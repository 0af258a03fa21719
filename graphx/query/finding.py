"""Find a paper or concept by its name, or by words in its text."""

import difflib
import re
from collections.abc import Iterable, Sequence
from itertools import combinations
from math import comb, log1p
from typing import Any

import pandas as pd

from graphx.atlas import Atlas
from graphx.errors import NotFoundError
from graphx.forms import normalise
from graphx.papers import normalised_title
from graphx.query.nodes import CONCEPT
from graphx.query.places import places
from graphx.query.words import Index, Word, asked, every, folded, mended, tokenised

COLUMNS = ["node_id", "type", "label", "detail", "score", "excerpt"]
POPULAR = 200
"""Of the concepts that match so many that most papers name are ranked."""
EXCERPT = 180
"""Characters of the piece of a text that a hit shows."""


def find(atlas: Atlas, name: str) -> str:
    """Return the node that a name means: an id, a title, a label or a form, whatever its case.

    Of several concepts with one name it is the one that most papers name. A part of a name is enough
    where it fits only one paper or concept.

    Raises:
        NotFoundError: nothing is called that; the message names what comes closest.
    """
    for node in (name, CONCEPT + name.removeprefix(CONCEPT)):
        if node in places(atlas):
            return node
    titles, names = atlas.once("names", _names)
    if called := titles.get(normalised_title(name)) or names.get(name.strip().casefold()):
        return called
    if name.strip() and (called := atlas.once("normalised names", _normalised).get(normalise(name))):
        return called
    found = search(atlas, name, limit=3)
    held = [all(word in label.casefold() for word in name.casefold().split()) for label in found["label"]]
    if len(found) == 1 and held[0]:
        return str(found["node_id"].iloc[0])
    raise NotFoundError.nothing_called(name, list(found["label"]))


def find_concept(atlas: Atlas, name: str) -> str:
    """Return the `concept_id` that a name means.

    Raises:
        NotFoundError: no concept is called that.
    """
    node = find(atlas, CONCEPT + name if CONCEPT + name in places(atlas) else name)
    if not node.startswith(CONCEPT):
        raise NotFoundError.another(name, "a paper", "concept")
    return node.removeprefix(CONCEPT)


def find_paper(atlas: Atlas, name: str) -> str:
    """Return the `paper_id` that a name means: an id, a title, or what a title begins with before its colon.

    Raises:
        NotFoundError: no paper is called that.
    """
    if name in places(atlas) and not name.startswith(CONCEPT):
        return name
    named = atlas.once("names of papers", _short_titles).get(normalised_title(name))
    if named:
        return named
    try:
        node = find(atlas, name)
    except NotFoundError:
        found = search(atlas, name)
        key = normalised_title(name)
        papers = [
            hit.node_id for hit in found.itertuples() if hit.type == "paper" and key in normalised_title(hit.label)
        ]
        if len(papers) != 1:
            raise
        node = papers[0]
    if node.startswith(CONCEPT):
        raise NotFoundError.another(name, "a concept", "paper")
    return node


def find_community(atlas: Atlas, name: str) -> str:
    """Return the `community_id` that a name means: an id, or words that its label holds; the coarsest first.

    Raises:
        NotFoundError: no community is called that.
    """
    communities = atlas.communities
    if (communities["community_id"] == name).any():
        return name
    words = name.casefold().split()
    held = [bool(words) and all(word in label.casefold() for word in words) for label in communities["label"]]
    if any(held):
        return str(communities.loc[held, "community_id"].iloc[0])
    parts = {part.casefold(): label for label in communities["label"] for part in label.split(" · ")}
    near = [parts[part] for part in difflib.get_close_matches(name.casefold(), parts, n=3)]
    raise NotFoundError.nothing_called(name, near)


def search(atlas: Atlas, words: str, limit: int = 20) -> pd.DataFrame:
    """Search labels, forms, titles and abstracts; every word must occur, the start of one is enough.

    Case and accents don't matter, "quoted words" must stand next to each other as they are, and a
    word that no text has is read as the nearest one there is. If nothing has every word, what has
    most of them is shown. Concepts and papers are ranked each for themselves and taken in turn, by
    their reciprocal rank (G. Cormack, C. Clarke and S. Büttcher, "Reciprocal rank fusion outperforms
    Condorcet and individual rank learning methods", 2009); what is called exactly so comes before all.

    Returns:
        node_id, type, label, detail, score (higher is better), excerpt (for papers, the piece of text that
        matched), the best first; `attrs["note"]` says how the words were read, if otherwise than typed.
    """
    index = atlas.once("words", Index.of)
    typed = asked(words)
    meant = [mended(index, word) for word in typed]
    notes = [
        f"no '{word.typed}': showing '{new.spellings[0]}'"
        if word.typed not in new.spellings
        else f"'{word.typed}' is rare: showing '{new.spellings[0]}', too"
        for word, new in zip(typed, meant, strict=True)
        if word != new
    ]
    concepts, papers = _matches(index, every(meant), limit)
    if not concepts and not papers and len(meant) > 1:
        concepts, papers = _most(index, meant, limit)
        if concepts or papers:
            notes.append("nothing has every word: showing what has most of them")
    rows = [*_concepts(atlas, words, meant, concepts)[:limit], *_papers(atlas, meant, papers)]
    found = pd.DataFrame(rows, columns=COLUMNS).astype({"score": float})
    found = found.sort_values(["score", "type", "node_id"], ascending=[False, True, True], ignore_index=True)
    found = found.head(limit)
    found.attrs["note"] = "; ".join(notes) if len(found) else ""
    return found


def _matches(index: Index, expression: str, limit: int) -> tuple[list[int], list[int]]:
    if not expression:
        return [], []
    return index.concepts(expression, max(POPULAR, limit)), index.papers(expression, limit)


def _most(index: Index, words: Sequence[Word], limit: int) -> tuple[list[int], list[int]]:
    """Return what has as many of the words as anything does; of many words, and common ones, only the rarest count."""
    known = [word for word in words if any(index.frequency(s.split()[-1]) for s in word.spellings)]
    known = [word for word in known if not index.common(word)] or known
    for some in range(min(len(known), len(words) - 1), 0, -1):
        if comb(len(known), some) > 2 * len(words):
            known = sorted(known, key=lambda word: max(map(index.frequency, word.spellings)))[: some + 1]
        either = " OR ".join(f"({every(part)})" for part in combinations(known, some))
        concepts, papers = _matches(index, either, limit)
        if concepts or papers:
            return concepts, papers
    return [], []


def _concepts(atlas: Atlas, words: str, meant: Sequence[Word], found: list[int]) -> list[dict[str, Any]]:
    """Return the concepts as hits: what is called exactly so, then by how much of the label was asked for.

    The share of the label's words is weighed by ln(1 + papers that name it).
    """
    _, names = atlas.once("names", _names)
    read = {" ".join(word.spellings[0] for word in meant), words.strip().casefold()}
    exact = {names[name] for name in read if name in names}
    keys = {normalise(name) for name in read if name}
    rows = atlas.concepts[["concept_id", "label", "kind", "n_papers"]].take(found)
    place = places(atlas)
    rows = pd.concat([rows, *(atlas.concepts[rows.columns].take([place[node]]) for node in sorted(exact))])
    hits = []
    for concept_id, label, kind, n_papers in rows.drop_duplicates("concept_id").itertuples(index=False):
        tokens = tokenised(label)
        share = min(len(meant) / max(len(tokens), 1), 1.0)
        first = CONCEPT + concept_id in exact or normalise(label) in keys
        detail = f"{kind} · {n_papers} paper{'s' * (n_papers != 1)}"
        hits.append((first, share * log1p(n_papers), CONCEPT + concept_id, label, detail))
    hits.sort(key=lambda hit: (-hit[0], -hit[1], hit[2]))
    return [
        _hit(node_id, "concept", label, detail, first + _reciprocal(rank))
        for rank, (first, _, node_id, label, detail) in enumerate(hits)
    ]


def _papers(atlas: Atlas, meant: Sequence[Word], found: list[int]) -> list[dict[str, Any]]:
    rows = atlas.papers[["paper_id", "title", "abstract", "year"]].take(found)
    return [
        _hit(p.paper_id, "paper", p.title, str(p.year) if pd.notna(p.year) else "", _reciprocal(rank))
        | {"excerpt": _excerpt(p.abstract, meant)}
        for rank, p in enumerate(rows.itertuples(index=False))
    ]


def _hit(node_id: str, kind: str, label: str, detail: str, score: float) -> dict[str, Any]:
    return {"node_id": node_id, "type": kind, "label": label, "detail": detail, "score": float(score), "excerpt": ""}


def _reciprocal(rank: int) -> float:
    """Return 60 / (60 + rank), with the constant of the paper on fusion; the first of a list has 1."""
    return 60 / (60 + rank)


def _excerpt(abstract: str, words: Sequence[Word]) -> str:
    """Return the piece of an abstract with the most of the words, or its beginning if it has none."""
    plain = folded(abstract)
    patterns = [(number, r"[\W_]+".join(s.split())) for number, word in enumerate(words) for s in word.spellings]
    places = sorted(
        (match.start(), match.end(), number)
        for number, pattern in patterns
        for match in re.finditer(rf"(?<![^\W_]){pattern}", plain)
    )
    start, most = 0, 0
    for first, _, _ in places:
        inside = {number for begin, end, number in places if first <= begin and end <= first + EXCERPT * 2 // 3}
        if len(inside) > most:
            start, most = first, len(inside)
    start = max(0, start - EXCERPT // 4)
    if start:
        start = plain.find(" ", start) + 1
    end = len(abstract) if len(abstract) <= start + EXCERPT else max(abstract.rfind(" ", start, start + EXCERPT), start)
    end = end if end > start else min(start + EXCERPT, len(abstract))
    return f"{'…' * (start > 0)}{abstract[start:end]}{'…' * (end < len(abstract))}"


def _spoken(atlas: Atlas) -> Iterable[tuple[str, str]]:
    """Yield every label and form with its node; of those with one name, the least named concept first."""
    concepts = atlas.concepts.sort_values(["n_papers", "concept_id"], ascending=[True, False])
    for concept_id, label, forms in zip(concepts["concept_id"], concepts["label"], concepts["forms"], strict=True):
        yield from ((form, CONCEPT + concept_id) for form in dict.fromkeys((*forms, label)))


def _short_titles(atlas: Atlas) -> dict[str, str]:
    """Return the papers by their title, else by what it begins with before a colon; of several the first has it."""
    found: dict[str, str] = {}
    pairs = list(zip(atlas.papers["paper_id"], atlas.papers["title"], strict=True))
    for paper_id, title in pairs:
        found.setdefault(normalised_title(title), paper_id)
    for paper_id, title in pairs:
        found.setdefault(normalised_title(title.partition(":")[0]), paper_id)
    return found


def _names(atlas: Atlas) -> tuple[dict[str, str], dict[str, str]]:
    """Return the papers by title, and the concepts by every label and form."""
    titles = zip(atlas.papers["title"], atlas.papers["paper_id"], strict=True)
    return (
        {normalised_title(title): paper_id for title, paper_id in reversed(list(titles))},
        {form.casefold(): node for form, node in _spoken(atlas)},
    )


def _normalised(atlas: Atlas) -> dict[str, str]:
    """Return the concepts by every label and form, reduced to what tells forms apart."""
    return {normalise(form): node for form, node in _spoken(atlas)}
