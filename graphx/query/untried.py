"""What nobody has tried: methods and datasets or tasks that fit together, yet no paper names both.

A pair is plausible if what stands beside the one stands beside the other. How plausible is
measured on the papers' own past: `backtest` hides the newest papers and counts how many of the
pairs that would have been proposed came true in them.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from graphx.atlas import Atlas
from graphx.papers import text
from graphx.query.incidence import Incidence, Numbers, incidence, numbers
from graphx.query.nodes import row_of
from graphx.query.selections import homes
from graphx.tables import ROLE_ORDER, Kind

Numeric = NDArray[np.float64]
Scorer = Callable[[sparse.csr_matrix, "Sides"], Callable[[slice], Numeric]]
"""Is given papers × concepts and which columns to pair; gives what scores a slice of methods with all others."""

OWN_POWER = 1 / 3
"""How much a pair is damped for being named often; chosen by backtests on an earlier stretch of papers."""
KEPT = 2_000
"""Pairs that are ranked; nobody reads further."""
LOOKED_AT = 200_000
"""Best pairs among which those that are kept are looked for."""
MOST = 3
"""Times one concept may be in the ranking, so that a hub does not fill it."""
CELLS = 8_000_000
"""Pairs scored at a time: 64 MB."""
MIN_DATED = 100
"""Dated papers before the date and after it; fewer test nothing."""
N_FORMS = 5
"""Most frequent forms of a concept that are compared with those of another."""
N_TIES = 4
COLUMNS = [
    "method_id", "method", "other_id", "other", "kind", "score", "n_method", "n_other", "because", "papers",
    "sentences",
]  # fmt: skip
MEASURES = ["k", "hits", "hit_at_k", "recall", "popularity", "random"]

_WORD = re.compile(r"[^\W_]+")


class Sides(NamedTuple):
    """What enough papers name, as columns of the matrix: both kinds, and every concept that may tie them."""

    method: Numbers
    other: Numbers
    third: Numbers


class Ranking(NamedTuple):
    """Pairs as row numbers of `concepts`, the best first, and how many pairs there were to choose from."""

    method: Numbers
    other: Numbers
    score: Numeric
    candidates: int


BELIEVE = {
    str(Kind.DATASET): "on 74,688 arXiv papers 23 of the first 100 came true within three months (by popularity 6)",
    str(Kind.TASK): "on 74,688 arXiv papers 46 of the first 100 came true within three months (by popularity 31)",
}
"""What the last backtest in benchmarks/results.md found, by the kind of the other side."""


def gaps(
    atlas: Atlas, between: tuple[str, str] = (Kind.METHOD, Kind.DATASET), n: int = 20, within: str | None = None
) -> pd.DataFrame:
    """Return pairs of a method and a dataset or task that no paper names together, the most plausible first.

    Both concepts must be in `frequent(papers)` papers or more; labels of which one contains the
    other ("ImageNet", "ImageNet pretraining") are no pair; no concept is in more than three pairs.

    score(a, b) = Σ over third concepts c of sqrt(n(a, c) · n(c, b) / n(c)) / (n(a) · n(b))^(1/3), where
    n counts papers: resource allocation (T. Zhou, L. Lü and Y.-C. Zhang, "Predicting missing links
    via local information", European Physical Journal B 71, 2009) with square roots, so that no
    single c decides, and with the pair's own frequency damped. Metrics are no third concepts.

    Args:
        atlas: any atlas.
        between: the kinds of both sides: "method", and "dataset" or "task".
        n: how many, 2,000 at most.
        within: a community; only its methods: those that its papers name with most weight.

    Returns:
        method_id, method, other_id, other, kind (of the other), score, n_method and n_other (papers
        that name each), because (labels of concepts that stand with both, the strongest tie
        first), papers (two of the method and two of the other, those with most of these ties) and
        sentences (one of each of these papers that names the method or the other). `attrs["note"]`
        says from how many pairs they were chosen, or why there are none.

    Raises:
        ValueError: `between` is not a method and a dataset or task.
        NotFoundError: there is no such community.
    """
    ranking = ranked(atlas, between)
    kept = np.flatnonzero(at_home(atlas, within)[ranking.method])[:n]
    method, other = ranking.method[kept], ranking.other[kept]
    ids, labels = (atlas.concepts[column] for column in ("concept_id", "label"))
    counts = atlas.concepts["n_papers"].to_numpy(dtype=int)
    frame = pd.DataFrame(
        {
            "method_id": ids.take(method).array,
            "method": labels.take(method).array,
            "other_id": ids.take(other).array,
            "other": labels.take(other).array,
            "kind": str(between[1]),
            "score": ranking.score[kept],
            "n_method": counts[method],
            "n_other": counts[other],
            **_evidence(atlas, method, other),
        },
        columns=COLUMNS,
    )
    least = frequent(len(atlas.papers))
    frame.attrs["note"] = (
        f"No paper here names these together; chosen from {ranking.candidates:,} such pairs of concepts that {least} "
        f"papers or more name. How far to believe it: {BELIEVE[between[1]]}; `backtest` measures it on your papers."
        if len(frame)
        else f"No gaps: too few concepts of these kinds are named by {least} papers or more; add papers."
    )
    return frame


def ranked(atlas: Atlas, between: tuple[str, str]) -> Ranking:
    """Return all pairs that `gaps` gives, as numbers; made once.

    Raises:
        ValueError: `between` is not a method and a dataset or task.
    """
    name = f"gaps between {'/'.join(_checked(between))}"
    return atlas.once(name, lambda atlas: _rank(atlas, incidence(atlas).matrix, between))


def at_home(atlas: Atlas, within: str | None) -> NDArray[np.bool_]:
    """Tell which concepts a community's papers name with most weight; all of them, if no community is asked for.

    Raises:
        NotFoundError: there is no such community.
    """
    if within is None:
        return np.ones(len(atlas.concepts), dtype=bool)
    community = row_of(atlas, "communities", "community_id", within)
    number = numbers(pd.Series([within]), atlas.communities["community_id"])
    return np.isin(homes(atlas, int(community["level"])), number)


def backtest(
    atlas: Atlas,
    before: str | None = None,
    k: Sequence[int] = (20, 100, 500),
    between: tuple[str, str] = (Kind.METHOD, Kind.DATASET),
) -> pd.DataFrame:
    """Count how many of the proposed pairs came true: proposed from older papers, seen in newer ones.

    What came true is a pair of concepts that enough of the older papers name, none of them
    together, and a newer paper names both.

    Args:
        atlas: any atlas; papers without a date are left out.
        before: papers with an earlier date are the older ones; by default the date that leaves
            about a quarter of the dated papers.
        k: how many of the first pairs to look at.
        between: the kinds of both sides, as for `gaps`.

    Returns:
        k, hits, hit_at_k (hits / k, the precision; of all proposed pairs if there are fewer), recall
        (hits / all that came true), popularity (hit_at_k if the pairs of the most named concepts
        were proposed, under the same rules) and random (hit_at_k to expect of any candidates).
        `attrs["note"]` says what was tested on what, or why the frame is empty.

    Raises:
        ValueError: `between` is not a method and a dataset or task.
    """
    name = f"backtest {before} {list(k)} {'/'.join(_checked(between))}"
    return atlas.once(name, lambda atlas: _backtest(atlas, before, k, between)).copy()


def _backtest(atlas: Atlas, before: str | None, k: Sequence[int], between: tuple[str, str]) -> pd.DataFrame:
    """Measure what `backtest` tells."""
    dates = _dates(atlas.papers)
    known = np.sort(dates[dates != ""])
    before = before or (known[int(0.75 * len(known))] if len(known) else "")
    older, newer = (dates != "") & (dates < before), dates >= max(before, "0")
    if min(older.sum(), newer.sum()) < MIN_DATED:
        frame = pd.DataFrame(columns=MEASURES)
        frame.attrs["note"] = (
            f"No backtest: {len(known):,} of {len(dates):,} papers have a date with a year, {older.sum():,} of them "
            f"older and {newer.sum():,} newer; it takes {MIN_DATED} of both, so add a source that states dates."
        )
        return frame
    matrix = incidence(atlas).matrix
    seen, to_come = matrix[older], matrix[newer]
    method, other, _ = sides_of(atlas, seen, between)
    appeared = together(to_come, method, other)
    appeared -= appeared.multiply(together(seen, method, other) > 0)
    row, column = appeared.nonzero()
    true = set(zip(method[row].tolist(), other[column].tolist(), strict=True))
    ranking, popular = (_rank(atlas, seen, between, score) for score in (affinity, popularity))
    hits, popular_hits = (
        np.array([pair in true for pair in zip(r.method.tolist(), r.other.tolist(), strict=True)], dtype=bool)
        for r in (ranking, popular)
    )
    rows = [
        {
            "k": most,
            "hits": int(hits[:most].sum()),
            "hit_at_k": hits[:most].mean() if len(hits) else 0.0,
            "recall": hits[:most].sum() / max(len(true), 1),
            "popularity": popular_hits[:most].mean() if len(popular_hits) else 0.0,
            "random": len(true) / max(ranking.candidates, 1),
        }
        for most in k
    ]
    frame = pd.DataFrame(rows, columns=MEASURES)
    frame.attrs["note"] = (
        f"{older.sum():,} papers before {before} proposed, {newer.sum():,} later ones answered: {len(true):,} of "
        f"{ranking.candidates:,} pairs came true"
    )
    return frame


def frequent(n_papers: int) -> int:
    """Return how many papers must name a concept before it is paired: 2 of some hundred, 4 of ten thousand."""
    return max(2, int(np.log10(max(n_papers, 1))))


def _checked(between: tuple[str, str]) -> tuple[str, str]:
    if between[0] != Kind.METHOD or between[1] not in (Kind.DATASET, Kind.TASK):
        raise ValueError(f"gaps between {between[0]} and {between[1]}: only between method and dataset or task")
    return between


def _dates(papers: pd.DataFrame) -> NDArray[np.str_]:
    """Return dates as text that sorts by time, "" where the year is unknown."""
    year = papers["year"].astype(object).where(papers["year"].notna(), "").astype(str)
    date = papers["date"].astype(object).where(papers["date"].notna(), "").astype(str)
    sortable: NDArray[np.str_] = date.where(date.str.match(r"\d{4}"), year).to_numpy(dtype=str)
    return sortable


def sides_of(atlas: Atlas, matrix: sparse.csr_matrix, between: tuple[str, str]) -> Sides:
    """Return what enough of the papers name; a metric ties nothing, since it names no topic."""
    enough = matrix.getnnz(axis=0) >= frequent(matrix.shape[0])
    kind = atlas.concepts["kind"].to_numpy(dtype=object)
    method, other = (np.flatnonzero(enough & (kind == side)) for side in between)
    return Sides(method, other, np.flatnonzero(enough & (kind != Kind.METRIC)))


def together(matrix: sparse.csr_matrix, method: Numbers, other: Numbers) -> sparse.csr_matrix:
    """Return how many papers name both, methods × others."""
    return (matrix[:, method].T @ matrix[:, other]).tocsr()


def affinity(matrix: sparse.csr_matrix, sides: Sides) -> Callable[[slice], Numeric]:
    """Score pairs by the third concepts that stand beside both, as `gaps` says."""
    counts = np.maximum(matrix.getnnz(axis=0), 1).astype(float)
    own = counts**-OWN_POWER
    beside_method = sparse.diags(own[sides.method]) @ together(matrix, sides.method, sides.third).sqrt()
    beside_other = together(matrix, sides.third, sides.other).sqrt() @ sparse.diags(own[sides.other])
    beside_method, beside_other = (
        beside_method.tocsr(),
        (sparse.diags(counts[sides.third] ** -0.5) @ beside_other).tocsr(),
    )
    return lambda block: (beside_method[block] @ beside_other).toarray()


def popularity(matrix: sparse.csr_matrix, sides: Sides) -> Callable[[slice], Numeric]:
    """Score pairs by the product of how many papers name each: what `backtest` compares with."""
    counts = matrix.getnnz(axis=0).astype(float)
    return lambda block: np.outer(counts[sides.method[block]], counts[sides.other])


def _rank(atlas: Atlas, matrix: sparse.csr_matrix, between: tuple[str, str], scorer: Scorer = affinity) -> Ranking:
    """Rank the pairs of what enough of the papers name."""
    sides = sides_of(atlas, matrix, between)
    method, other, _ = sides
    tried = together(matrix, method, other)
    score, width = scorer(matrix, sides), max(len(other), 1)
    scores, cells = [np.zeros(0)], [np.zeros(0, dtype=np.int64)]
    for start in range(0, len(method) if len(other) else 0, step := max(CELLS // width, 1)):
        block = slice(start, start + step)
        values = np.where(tried[block].toarray() == 0, score(block), 0.0).ravel()
        best = np.argpartition(-values, LOOKED_AT)[:LOOKED_AT] if len(values) > LOOKED_AT else np.arange(len(values))
        best = best[values[best] > 0]
        scores.append(values[best])
        cells.append(best + start * width)
    value, cell = np.concatenate(scores).round(6), np.concatenate(cells)
    best = np.lexsort((cell, -value))[:LOOKED_AT]
    a, b = method[cell[best] // width], other[cell[best] % width]
    kept = _readable(atlas.concepts, a, b)
    return Ranking(a[kept], b[kept], value[best[kept]], len(method) * len(other) - tried.nnz)


def _readable(concepts: pd.DataFrame, method: Numbers, other: Numbers) -> Numbers:
    """Return where pairs stand whose names do not contain one another, each concept in `MOST` at most."""
    called = names(concepts, np.unique(np.concatenate([method, other])))
    used: Counter[int] = Counter()
    kept: list[int] = []
    for place, (a, b) in enumerate(zip(method.tolist(), other.tolist(), strict=True)):
        if used[a] < MOST and used[b] < MOST and not contain(called[a], called[b]):
            used.update((a, b))
            kept.append(place)
            if len(kept) == KEPT:
                break
    return np.array(kept, dtype=np.int64)


def names(concepts: pd.DataFrame, which: Numbers) -> dict[int, list[str]]:
    """Return the label and the most frequent forms of some concepts, as words between spaces."""
    rows = concepts[["label", "forms"]].take(which)
    return {
        concept: [_plain(form) for form in dict.fromkeys([label, *forms[:N_FORMS]])]
        for concept, label, forms in zip(which.tolist(), rows["label"], rows["forms"], strict=True)
    }


def contain(names: Sequence[str], others: Sequence[str]) -> bool:
    """Tell whether a name of one concept holds a name of another, so that they are no pair."""
    return any(x in y or y in x for x in names for y in others)


def _plain(form: str) -> str:
    """Return the words of a form between spaces, so that one form holds another only by whole words."""
    return f" {' '.join(_WORD.findall(form.casefold()))} "


def _evidence(atlas: Atlas, method: Numbers, other: Numbers) -> dict[str, list[list[str]]]:
    """Return what ties each pair, the papers that have most of these ties, and their sentences."""
    named = incidence(atlas)
    counts = np.maximum(named.by_concept.getnnz(axis=0), 1)
    telling = (atlas.concepts["kind"] != Kind.METRIC).to_numpy(dtype=bool) / counts
    beside_method, beside_other = ((named.by_concept[:, side].T @ named.matrix).tocsr() for side in (method, other))
    ties = beside_method.multiply(beside_other).multiply(telling[None]).tocsr()
    rows = zip(ties.indptr, ties.indptr[1:], strict=False)
    tying = [strongest(ties.indices[start:end], ties.data[start:end], N_TIES) for start, end in rows]
    labels, ids = atlas.concepts["label"], atlas.papers["paper_id"]
    asked = [
        [(int(paper), int(side), tied) for side in pair for paper in papers_with(named, side, tied)]
        for *pair, tied in zip(method, other, tying, strict=True)
    ]
    said = iter(_sentences(atlas, [paper for papers in asked for paper in papers]))
    return {
        "because": [labels.take(tied).tolist() for tied in tying],
        "papers": [ids.take([paper for paper, _, _ in papers]).tolist() for papers in asked],
        "sentences": [[next(said) for _ in papers] for papers in asked],
    }


def strongest(items: Numbers, values: Numeric, n: int) -> Numbers:
    """Return the n items with the highest values above 0."""
    order = np.lexsort((items, -values.round(9)))[:n]
    return items[order[values[order] > 0]].astype(np.int64)


def papers_with(named: Incidence, concept: int, ties: Numbers, n: int = 2) -> Numbers:
    """Return the n papers that name a concept and most of its ties."""
    papers = named.by_concept.indices[slice(*named.by_concept.indptr[concept : concept + 2])]
    return strongest(papers, np.asarray(named.matrix[papers][:, ties].sum(axis=1)).ravel(), n)


def _sentences(atlas: Atlas, asked: list[tuple[int, int, Numbers]]) -> list[str]:
    """Return for every paper, concept and its ties a sentence that names the concept, and a tie as well if one does."""
    keys, order = atlas.once("mentions by paper and concept", _placed)
    n_concepts = len(atlas.concepts)

    def rows(paper: int, concepts: Numbers) -> Numbers:
        wanted = paper * n_concepts + concepts
        ends = zip(np.searchsorted(keys, wanted), np.searchsorted(keys, wanted, side="right"), strict=True)
        return np.concatenate([order[start:end] for start, end in ends])

    own = [rows(paper, np.array([concept])) for paper, concept, _ in asked]
    beside = [rows(paper, ties) for paper, _, ties in asked]
    needed = np.unique(np.concatenate([*own, *beside, np.zeros(0, dtype=np.int64)]))
    found = atlas.mentions[["sentence_start", "sentence_end", "role"]].take(needed)
    start, end = (found[column].to_numpy(dtype=int) for column in ("sentence_start", "sentence_end"))
    rank = found["role"].map(ROLE_ORDER).to_numpy(dtype=int)
    papers = atlas.papers[["title", "abstract"]].take([paper for paper, _, _ in asked])
    sentences = []
    for its, others, title, abstract in zip(own, beside, papers["title"], papers["abstract"], strict=True):
        places, tied = np.searchsorted(needed, its), start[np.searchsorted(needed, others)]
        best = places[np.lexsort((start[places], rank[places], ~np.isin(start[places], tied)))[0]]
        sentences.append(text(title, abstract)[start[best] : end[best]].strip())
    return sentences


def _placed(atlas: Atlas) -> tuple[Numbers, Numbers]:
    """Return the mentions' papers and concepts as one sorted number each, and the rows in that order."""
    paper = numbers(atlas.mentions["paper_id"], atlas.papers["paper_id"])
    keys = paper * len(atlas.concepts) + numbers(atlas.mentions["concept_id"], atlas.concepts["concept_id"])
    order = np.argsort(keys, kind="stable")
    return keys[order], order
