"""What to read of a selection, in which order, and why."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array

from graphx.atlas import Atlas
from graphx.errors import NotFoundError
from graphx.query.incidence import incidence
from graphx.query.nodes import CONCEPT
from graphx.query.places import places
from graphx.query.selections import homes
from graphx.tables import Kind

COLUMNS = ["rank", "paper_id", "title", "authors", "year", "date", "venue", "doi", "url", "why", "keywords"]
KEYWORDS = 8
"""So many concepts at most stand with a paper; those that other papers name, too, come first."""


class Part(NamedTuple):
    """The papers that were selected, and their rows of `paper_concepts`.

    Attributes:
        papers: the places of these papers, sorted.
        row: for each row of `paper_concepts` where its paper is in `papers`.
        concept: the place of its concept.
        weight: its weight.
        chosen: the places of the concepts that were selected, sorted.
    """

    papers: NDArray[np.int64]
    row: NDArray[np.int64]
    concept: NDArray[np.int64]
    weight: NDArray[np.float64]
    chosen: NDArray[np.int64]

    def sorted_by(self, *keys: NDArray[np.generic]) -> list[NDArray[np.int64]]:
        """Return for each paper its rows, sorted by keys, the first of which counts most."""
        order = np.lexsort((self.concept, *reversed(keys), self.row))
        return np.split(order, np.searchsorted(self.row[order], np.arange(1, len(self.papers))))


def reading_list(atlas: Atlas, nodes: Sequence[str] = (), community: str | None = None, n: int = 20) -> pd.DataFrame:
    """Return what to read of a selection: who introduces its concepts, what ties its parts, and the newest.

    Up to a half are papers that introduce what others of the selection name, then up to a quarter bridges,
    whose concepts are spread most evenly over the selected concepts or, if no paper names two of
    those, over the communities where they are at home: the participation coefficient 1 - Σ (w_c / w)² of R. Guimerà and
    L. Amaral, "Functional cartography of complex metabolic networks", 2005. The rest are the newest.
    Introducers and bridges stand in order of time, and what has no date last in its part.

    Args:
        atlas: the atlas.
        nodes: papers and concepts, for instance those of a path; a concept stands for the papers that name it.
        community: a community of any level; its papers are added.
        n: how many papers at most.

    Returns:
        rank (from 1), paper_id, title, authors, year, date, venue, doi, url, why (a phrase), keywords (labels).

    Raises:
        NotFoundError: a node or the community is not in the atlas.
    """
    part = _selected(atlas, nodes, community)
    why = _in_time(atlas, _introducers(atlas, part)[: -(-n // 2)])
    why |= _in_time(atlas, _bridges(atlas, part, why, -(-n // 4)))
    why |= dict(_newest(atlas, part, why, n))
    order = list(why)[:n]
    frame = atlas.papers.take(order).reset_index(drop=True)
    frame = frame.assign(
        rank=range(1, len(order) + 1), why=[why[place] for place in order], keywords=_keywords(atlas, part, order)
    )
    return frame[COLUMNS]


def _selected(atlas: Atlas, nodes: Sequence[str], community: str | None) -> Part:
    where, paper, concept = places(atlas), incidence(atlas).paper, incidence(atlas).concept
    missing = [node for node in nodes if node not in where]
    if community is not None and community not in set(atlas.communities["community_id"]):
        missing.append(community)
    if missing:
        raise NotFoundError.nothing_called(missing[0])
    chosen = np.array(sorted({where[node] for node in nodes if node.startswith(CONCEPT)}), dtype=np.int64)
    inside = np.zeros(len(atlas.papers), dtype=bool)
    inside[[where[node] for node in nodes if not node.startswith(CONCEPT)]] = True
    inside[paper[np.isin(concept, chosen)]] = True
    if community is not None:
        members = atlas.where("membership", "community_id", community)["paper_id"]
        inside[[where[paper_id] for paper_id in members]] = True
    rows = np.flatnonzero(inside[paper])
    papers = np.flatnonzero(inside)
    weight = atlas.paper_concepts["weight"].to_numpy(dtype=float)[rows]
    return Part(papers, np.searchsorted(papers, paper[rows]), concept[rows], weight, chosen)


def _introducers(atlas: Atlas, part: Part) -> list[tuple[int, str]]:
    """Return the papers that introduce what others of the selection name, or what was selected.

    Those come first that introduce what was selected, then those whose concept most others name.
    """
    where, here = places(atlas), set(part.papers.tolist())
    others = np.bincount(part.concept, minlength=len(atlas.concepts)) - 1
    others[part.chosen] += len(part.papers)
    concepts = np.flatnonzero(others > 0)
    concepts = concepts[np.argsort(-others[concepts], kind="stable")]
    rows = atlas.concepts[["label", "introduced_by"]].take(concepts)
    found: dict[int, str] = {}
    for label, paper_id in rows[rows["introduced_by"].notna()].itertuples(index=False):
        if where[paper_id] in here:
            found.setdefault(where[paper_id], f"introduces {label}")
    return list(found.items())


def _bridges(atlas: Atlas, part: Part, known: Collection[int], n: int) -> list[tuple[int, str]]:
    """Return n other papers whose concepts belong to several groups, those between them most first."""
    group = np.full(len(atlas.concepts), -1)
    group[part.chosen] = np.arange(len(part.chosen))
    if not (np.bincount(part.row[group[part.concept] >= 0]) > 1).any():  # nothing names two of what was selected
        group = atlas.once("homes of what several name", _homes)
    groups = group[part.concept]
    inside = groups >= 0
    size = (len(part.papers), int(groups.max(initial=0)) + 1)
    spread = coo_array((part.weight[inside], (part.row[inside], groups[inside])), shape=size).tocsr()
    whole = np.maximum(spread.sum(axis=1), 1e-9)
    between = np.round(whole - (spread**2).sum(axis=1) / whole, 9)  # the participation, times the weight itself
    order = np.argsort(-between, kind="stable")[: np.count_nonzero(np.diff(spread.indptr) > 1)]
    own, label = part.sorted_by(~inside, -part.weight), atlas.concepts["label"]
    found = []
    for number in [number for number in order if int(part.papers[number]) not in known][:n]:
        heaviest = spread[[number]]
        main = heaviest.indices[np.lexsort((heaviest.indices, -heaviest.data))[:2]]
        one, other = (next(part.concept[row] for row in own[number] if groups[row] == wanted) for wanted in main)
        found.append((int(part.papers[number]), f"ties {label.iat[int(one)]} to {label.iat[int(other)]}"))
    return found


def _newest(atlas: Atlas, part: Part, known: Collection[int], n: int) -> list[tuple[int, str]]:
    """Return n other papers, the newest first, each with the concept that ties it most to the selection.

    Those without a date follow, the most closely tied first: by the sum of weight · ln(papers that name it).
    """
    shared = np.bincount(part.concept, minlength=len(atlas.concepts))
    shared[part.chosen] += len(part.papers)
    value = part.weight * np.log(shared[part.concept])
    tied = np.round(np.bincount(part.row, weights=value, minlength=len(part.papers)), 9)
    date = _dates(atlas)
    order = sorted(
        (number for number, place in enumerate(part.papers.tolist()) if place not in known),
        key=lambda number: (date[part.papers[number]], tied[number], -number),
        reverse=True,
    )[:n]
    own = part.sorted_by(-value, -part.weight)
    found = []
    for number in order:
        place = int(part.papers[number])
        rows = own[number]
        topic = f"on {atlas.concepts['label'].iat[int(part.concept[rows[0]])]}" if len(rows) else "in this selection"
        found.append((place, f"newest {topic}" if date[place] else topic))
    return found


def _in_time(atlas: Atlas, papers: list[tuple[int, str]]) -> dict[int, str]:
    """Put papers in order of time; those without a date come last, as they were."""
    date = _dates(atlas)
    return dict(sorted(papers, key=lambda item: date[item[0]] or "9999"))


def _dates(atlas: Atlas) -> list[str]:
    """Return when each paper appeared, as far as its year is known, else nothing."""
    return atlas.once("dates", _known_dates)


def _known_dates(atlas: Atlas) -> list[str]:
    rows = zip(atlas.papers["date"], atlas.papers["year"], strict=True)
    return ["" if pd.isna(year) else str(year) if pd.isna(date) else date for date, year in rows]


def _homes(atlas: Atlas) -> NDArray[np.int64]:
    """Return the number of the community where each concept is at home, -1 for metrics and what one paper names."""
    several = (atlas.concepts["n_papers"] > 1).to_numpy(dtype=bool)
    metric = (atlas.concepts["kind"] == Kind.METRIC).to_numpy(dtype=bool)
    return np.where(several & ~metric, homes(atlas, 0), -1)


def _keywords(atlas: Atlas, part: Part, papers: Sequence[int]) -> list[list[str]]:
    alone = (atlas.concepts["n_papers"] == 1).to_numpy(dtype=bool)[part.concept]
    own = part.sorted_by(alone, -part.weight)
    rows = [own[number][:KEYWORDS] for number in np.searchsorted(part.papers, papers)]
    return [[atlas.concepts["label"].iat[int(concept)] for concept in part.concept[row]] for row in rows]
