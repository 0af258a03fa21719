"""What there is to choose from: concepts, papers and communities, as tables."""

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import pandas as pd

from graphx.atlas import Atlas
from graphx.query.finding import search
from graphx.query.incidence import Numbers, incidence
from graphx.query.places import places
from graphx.query.selections import Selection, community_of, drawn, ends, rows
from graphx.tables import Kind, by_number

MOST = 500
"""Rows of a list; nobody reads on, and a search finds the rest."""


def list_concepts(atlas: Atlas, words: str = "", kinds: Collection[str] = tuple(Kind), n: int = MOST) -> pd.DataFrame:
    """Return the concepts that words find, the best first, or those that most papers name.

    Returns:
        concept_id, label, kind, n_papers, n_mentions, introduced_by (a title, or nothing); `attrs["note"]` says how
        the words were read, if otherwise than typed.
    """
    found, note = _found(atlas, words, "concept", n)
    if found is None:
        order = np.argsort(-atlas.concepts["n_papers"].to_numpy(dtype=np.int64), kind="stable")
        found = order[atlas.concepts["kind"].isin(kinds).to_numpy(dtype=bool)[order]][:n]
    columns = ["concept_id", "label", "kind", "n_papers", "n_mentions", "introduced_by"]
    listed = atlas.concepts[columns].take(found)
    listed = listed[listed["kind"].isin(kinds)].reset_index(drop=True)
    known = listed["introduced_by"].notna().to_numpy(dtype=bool)
    titles = np.full(len(listed), None, dtype=object)
    titles[known] = [atlas.papers["title"].iat[places(atlas)[i]] for i in listed["introduced_by"][known]]
    listed = listed.assign(introduced_by=pd.Series(titles, dtype="string"))
    listed.attrs["note"] = note
    return listed


def list_papers(atlas: Atlas, words: str = "", n: int = MOST) -> pd.DataFrame:
    """Return the papers that words find, the best first, or those at the start of the atlas.

    Returns:
        paper_id, title, year, community (its label on level 0), n_concepts; `attrs["note"]` says how the
        words were read, if otherwise than typed.
    """
    found, note = _found(atlas, words, "paper", n)
    found = np.arange(min(n, len(atlas.papers))) if found is None else found
    listed = atlas.papers[["paper_id", "title", "year"]].take(found).reset_index(drop=True)
    its = pd.Series(community_of(atlas, 0)[found]).where(lambda number: number >= 0).astype("Int64")
    labels = its.map(atlas.communities["label"].astype(object)).astype("string")
    named = np.diff(incidence(atlas).matrix.indptr)[found]
    listed = listed.assign(community=labels, n_concepts=named)
    listed.attrs["note"] = note
    return listed


def list_communities(atlas: Atlas) -> pd.DataFrame:
    """Return all communities, each before what it divides into.

    Returns:
        community_id, label, level, parent, n_papers, certainty (the mean of its papers'), n_below (what it
        divides into), n_bridges (papers named that lead out of it).
    """
    return atlas.once("list of communities", _communities)


class Extent(NamedTuple):
    """How much a selection holds: papers, concepts, links between papers, and pairs of a paper and what it names."""

    papers: int
    concepts: int
    links: int
    named: int


def extent(atlas: Atlas, selection: Selection) -> Extent:
    """Count what a selection holds, without making its graph.

    Raises:
        NotFoundError: the selection names a node or community that is not there.
    """
    chosen, named = rows(atlas, selection), incidence(atlas)
    paper, concept = (np.zeros(len(table), dtype=bool) for table in (atlas.papers, atlas.concepts))
    paper[chosen.papers], concept[chosen.concepts] = True, True
    source, target = ends(atlas)
    links = int((paper[source] & paper[target] & drawn(atlas, selection.noise)).sum())
    return Extent(
        len(chosen.papers), len(chosen.concepts), links, int((paper[named.paper] & concept[named.concept]).sum())
    )


def _communities(atlas: Atlas) -> pd.DataFrame:
    found = atlas.communities
    order = sorted(range(len(found)), key=lambda place: by_number(found["community_id"].iat[place]))
    certainty = atlas.membership.groupby("community_id")["certainty"].mean().astype(float)
    below = found["parent"].value_counts()
    found = found.assign(
        certainty=found["community_id"].map(certainty).fillna(0.0).astype(float),
        n_below=found["community_id"].map(below).fillna(0).astype(int),
        n_bridges=found["bridging"].map(len).astype(int),
    )
    columns = ["community_id", "label", "level", "parent", "n_papers", "certainty", "n_below", "n_bridges"]
    return found[columns].take(order).reset_index(drop=True)


def _found(atlas: Atlas, words: str, kind: str, n: int) -> tuple[Numbers | None, str]:
    """Return the row numbers of what words find, None without words, and how the words were read."""
    if not words.strip():
        return None, ""
    # A search takes concepts and papers in turn, so twice as many hold enough of each.
    found = search(atlas, words, 2 * n)
    ids = found.loc[found["type"] == kind, "node_id"].head(n)
    where = places(atlas)
    return np.array([where[i] for i in ids], dtype=np.int64), str(found.attrs["note"])
