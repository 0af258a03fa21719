"""Methods × datasets or tasks as a grid: which pairs were tried, how plausible the others are, and why one is.

The grid is a window onto what `gaps` ranks: the concepts of its best pairs, and beside them those
that most papers name, so that what is missing stands among what is there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from graphx.atlas import Atlas
from graphx.query.about import proof
from graphx.query.incidence import Numbers, incidence
from graphx.query.nodes import CONCEPT, row_of
from graphx.query.places import places
from graphx.query.untried import (
    Numeric,
    Ranking,
    Sides,
    affinity,
    at_home,
    contain,
    frequent,
    names,
    papers_with,
    ranked,
    sides_of,
    strongest,
    together,
)  # fmt: skip
from graphx.tables import Kind

SHOWN = 14
"""Rows and columns: as many as can be read at a glance."""
OF_GAPS = 2 / 3
"""The part of them that the best gaps give; the rest is named most."""
N_TIES = 8
N_PAPERS = 3
"""Papers shown of each side of a pair nobody tried."""
N_TRIED = 12
"""Papers shown that name both sides of a pair."""
CONCEPT_COLUMNS = ["concept_id", "label", "kind", "n_papers"]
CELLS = ["method_id", "other_id", "n_papers", "score", "fit", "rank", "same"]
TRIED = [
    "paper_id", "title", "year", "sentence", "start", "end", "other_sentence", "other_start", "other_end",
]  # fmt: skip
APART = ["side", "paper_id", "title", "year", "ties", "sentence", "start", "end"]


class Heat(NamedTuple):
    """A grid of pairs.

    Attributes:
        rows: the methods: concept_id, label, kind, n_papers. What fits the same columns stands side by side.
        columns: the datasets or tasks, likewise.
        cells: one row a pair: method_id, other_id, n_papers (that name both), score (as of `gaps`), fit (0 to 1: the
            score as part of that of the best gap), rank (its place in `gaps`, null if it is not there) and same
            (whether one name holds the other, so that they are no pair).
        note: what it was chosen from, or why it is empty.
    """

    rows: pd.DataFrame
    columns: pd.DataFrame
    cells: pd.DataFrame
    note: str


@dataclass(frozen=True)
class PairAnswer:
    """What speaks for a pair, or the papers that tried it.

    Attributes:
        method: its row of `concepts`.
        other: the row of the dataset or task.
        n_papers: papers that name both; 0 if nobody tried it.
        score: how plausible it is, as of `gaps`.
        rank: its place in `gaps`, None if it is not there.
        ties: what stands with both: concept_id, label, kind, n_method and n_other (papers that name it with the one
            and with the other), the strongest first.
        tried: papers that name both, the most closely tied first: paper_id, title, year, and for both sides the
            sentence that names it: sentence, start, end, other_sentence, other_start, other_end.
        apart: if there are none, papers of either side that name most of the ties: side (method or other), paper_id,
            title, year, ties (labels of those that it names), sentence, start, end.
    """

    method: Mapping[str, Any]
    other: Mapping[str, Any]
    n_papers: int
    score: float
    rank: int | None
    ties: pd.DataFrame
    tried: pd.DataFrame
    apart: pd.DataFrame


def heat(
    atlas: Atlas,
    between: tuple[str, str] = (Kind.METHOD, Kind.DATASET),
    rows: int = SHOWN,
    columns: int = SHOWN,
    within: str | None = None,
    pair: tuple[str, str] | None = None,
) -> Heat:
    """Return methods × datasets or tasks: how many papers name both, and how plausible it is where none does.

    Args:
        atlas: any atlas.
        between: the kinds of both sides: "method", and "dataset" or "task".
        rows: how many methods.
        columns: how many of the others.
        within: a community; only its methods, as for `gaps`.
        pair: the ids of a method and another that have a place in any case.

    Raises:
        ValueError: `between` is not a method and a dataset or task.
        NotFoundError: there is no such community.
    """
    ranking, home = ranked(atlas, between), at_home(atlas, within)
    matrix = incidence(atlas).matrix
    sides = sides_of(atlas, matrix, between)
    best = np.flatnonzero(home[ranking.method])
    counts = incidence(atlas).by_concept.getnnz(axis=0)
    methods = sides.method[home[sides.method]]
    method = _window(ranking.method[best], methods, [counts[methods]], rows)
    beside = np.asarray(together(matrix, method, sides.other).sum(axis=0)).ravel()
    other = _window(ranking.other[best], sides.other, [counts[sides.other], beside], columns)
    if pair is not None:
        wanted = [places(atlas).get(CONCEPT + concept_id, -1) for concept_id in pair]
        method, other = (
            np.append(side, number) if number in known and number not in side else side
            for side, known, number in zip((method, other), (sides.method, sides.other), wanted, strict=True)
        )
    if not len(method) or not len(other):
        method = other = np.zeros(0, dtype=np.int64)
    score = affinity(matrix, Sides(method, other, sides.third))(slice(None)).round(6)
    by_row, by_column = _side_by_side(score)
    method, other, score = method[by_row], other[by_column], score[by_row][:, by_column]
    listed = (ranking.method[best], ranking.other[best], ranking.score[best])
    concepts = atlas.concepts[CONCEPT_COLUMNS]
    return Heat(
        concepts.take(method).reset_index(drop=True),
        concepts.take(other).reset_index(drop=True),
        _cells(atlas, method, other, score, Ranking(*listed, ranking.candidates)),
        _note(atlas, between, len(method) > 0, within),
    )


def pair(atlas: Atlas, method_id: str, other_id: str) -> PairAnswer:
    """Say what speaks for a pair nobody tried, or who tried it.

    Args:
        atlas: any atlas.
        method_id: the concept_id of a method.
        other_id: that of a dataset or task.

    Raises:
        NotFoundError: there is no such concept.
        ValueError: they are no method and dataset or task.
    """
    rows = [row_of(atlas, "concepts", "concept_id", i) for i in (method_id, other_id)]
    between = (rows[0]["kind"], rows[1]["kind"])
    ranking, named = ranked(atlas, between), incidence(atlas)
    method, other = (places(atlas)[CONCEPT + concept_id] for concept_id in (method_id, other_id))
    of_method, of_other = (
        named.by_concept.indices[slice(*named.by_concept.indptr[i : i + 2])] for i in (method, other)
    )
    both = np.intersect1d(of_method, of_other)
    n_method, n_other = (np.asarray(named.matrix[papers].sum(axis=0)).ravel() for papers in (of_method, of_other))
    beside = np.setdiff1d(np.flatnonzero(n_method * n_other), [method, other])
    beside = beside[(atlas.concepts["kind"].take(beside) != Kind.METRIC).to_numpy(dtype=bool)]
    counts = named.by_concept.getnnz(axis=0)[beside]
    tied = strongest(beside, (n_method * n_other)[beside] / counts, N_TIES)
    ties = atlas.concepts[["concept_id", "label", "kind"]].take(tied).reset_index(drop=True)
    ties = ties.assign(n_method=n_method[tied].astype(int), n_other=n_other[tied].astype(int))
    sides = Sides(np.array([method]), np.array([other]), sides_of(atlas, named.matrix, between).third)
    place = np.flatnonzero((ranking.method == method) & (ranking.other == other))
    return PairAnswer(
        rows[0],
        rows[1],
        len(both),
        float(affinity(named.matrix, sides)(slice(None))[0, 0].round(6)),
        int(place[0]) + 1 if len(place) else None,
        ties,
        _tried(atlas, both, tied, (method_id, other_id)),
        pd.DataFrame([] if len(both) else _apart(atlas, (method, other), tied, (method_id, other_id)), columns=APART),
    )


def _window(best: Numbers, known: Numbers, counts: list[Numbers], size: int) -> Numbers:
    """Return concepts: first those of the best gaps, then those of which the last of the counts are highest."""
    of_gaps = pd.unique(best)[: max(1, round(size * OF_GAPS))]
    named_most = known[np.lexsort([known, *(-count for count in counts)])]
    chosen: Numbers = pd.unique(np.concatenate([of_gaps, named_most]))[:size].astype(np.int64)
    return chosen


def _side_by_side(score: Numeric) -> tuple[Numbers, Numbers]:
    """Return rows and columns in an order that puts those that fit the same beside each other.

    It is that of the first axis of a correspondence analysis (M. Hill, "Reciprocal averaging: an eigenvector method
    of ordination", Journal of Ecology 61, 1973).
    """
    n_rows, n_columns = score.shape
    if min(n_rows, n_columns) < 3:
        return np.arange(n_rows), np.arange(n_columns)
    table = score + 0.01 * max(score.mean(), 1e-9)  # a row of zeros has its place, too
    row, column = np.sqrt(table.sum(axis=1)), np.sqrt(table.sum(axis=0))
    left, _, right = np.linalg.svd(table / np.outer(row, column))
    rows, columns = left[:, 1] / row, right[1] / column
    sign = np.sign(rows[np.abs(rows).argmax()]) or 1.0
    by_row, by_column = (np.argsort((sign * axis).round(9), kind="stable") for axis in (rows, columns))
    return by_row, by_column


def _cells(atlas: Atlas, method: Numbers, other: Numbers, score: Numeric, ranking: Ranking) -> pd.DataFrame:
    """Return the cells of a grid, row by row."""
    ids = atlas.concepts["concept_id"].to_numpy(dtype=object)
    tried = together(incidence(atlas).matrix, method, other).toarray().astype(int)
    called = names(atlas.concepts, np.unique(np.concatenate([method, other])))
    same = [[contain(called[a], called[b]) for b in other.tolist()] for a in method.tolist()]
    place = {pair: n for n, pair in enumerate(zip(ranking.method.tolist(), ranking.other.tolist(), strict=True), 1)}
    rank = [place.get((a, b)) for a in method.tolist() for b in other.tolist()]
    best = ranking.score[0] if len(ranking.score) else max(score.max(initial=0.0), 1e-9)
    return pd.DataFrame(
        {
            "method_id": np.repeat(ids[method], len(other)),
            "other_id": np.tile(ids[other], len(method)),
            "n_papers": tried.ravel(),
            "score": score.ravel(),
            "fit": np.clip(score.ravel() / best, 0, 1).round(3),
            "rank": pd.array(rank, dtype="Int64"),
            "same": np.array(same, dtype=bool).ravel(),
        },
        columns=CELLS,
    )


def _note(atlas: Atlas, between: tuple[str, str], some: bool, within: str | None) -> str:
    """Say what a grid was chosen from, or why it is empty."""
    least, candidates = frequent(len(atlas.papers)), ranked(atlas, between).candidates
    if some:
        return f"Chosen from {candidates:,} pairs nobody tried, of concepts that {least} papers or more name."
    where = f" with methods of community {within}" if within else ""
    return f"No pairs{where}: too few methods and {between[1]}s are named by {least} papers or more."


def _tried(atlas: Atlas, both: Numbers, tied: Numbers, ids: tuple[str, str]) -> pd.DataFrame:
    """Return papers that name both sides, those first that name most of what else stands with both."""
    n_ties = np.asarray(incidence(atlas).matrix[both][:, tied].sum(axis=1)).ravel()
    papers = atlas.papers[["paper_id", "title", "year"]].take(both[np.lexsort([both, -n_ties])[:N_TRIED]])
    rows = []
    for paper_id, title, year in papers.itertuples(index=False):
        (sentence, start, end), (other_sentence, other_start, other_end) = (proof(atlas, paper_id, i) for i in ids)
        said = (sentence, start, end, other_sentence, other_start, other_end)
        rows.append(dict(zip(TRIED, (paper_id, title, year, *said), strict=True)))
    return pd.DataFrame(rows, columns=TRIED)


def _apart(atlas: Atlas, sides: tuple[int, int], tied: Numbers, ids: tuple[str, str]) -> list[dict[str, Any]]:
    """Return for both sides the papers that name most of the ties, with the sentence that names the side."""
    named, labels = incidence(atlas), atlas.concepts["label"]
    rows: list[dict[str, Any]] = []
    for name, side, concept_id in zip(("method", "other"), sides, ids, strict=True):
        for number in papers_with(named, side, tied, N_PAPERS):
            paper_id, title, year = atlas.papers[["paper_id", "title", "year"]].iloc[int(number)]
            with_it = labels.take(tied[np.isin(tied, named.matrix[number].indices)]).tolist()
            said = proof(atlas, paper_id, concept_id)
            rows.append(dict(zip(APART, (name, paper_id, title, year, with_it, *said), strict=True)))
    return rows
