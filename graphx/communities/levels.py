"""Levels of nested communities as rows of the tables."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from graphx.communities import evidence, labels, standing
from graphx.communities.graph import Floats, Ints, Ties
from graphx.communities.sweep import Sweep, certainty
from graphx.communities.tree import Node
from graphx.tables import REST_LABEL

LONGEST_NAME = 50
"""Characters of a title that names a community."""


class Level(NamedTuple):
    """The communities of one level, and where every paper is among them: -1 where in none or on its own."""

    nodes: list[Node]
    of: Ints


def levels(nodes: list[Node], n: int) -> list[Level]:
    """Return the levels of a tree over n papers, the coarsest first."""
    found = []
    while nodes:
        of = np.full(n, -1, dtype=np.int64)
        for number, node in enumerate(nodes):
            if not node.rest:
                of[node.members] = number
        found.append(Level(nodes, of))
        nodes = [child for node in nodes for child in node.children]
    return found


def membership(level: Level, depth: int, papers: pd.DataFrame, runs: Sweep, resolutions: list[float]) -> pd.DataFrame:
    """Return the rows of `membership` of a level; how sure each is, is told by runs at its resolution."""
    at = np.array([node.found for node in level.nodes])
    own = np.full(len(papers), -1, dtype=np.int64)
    for number, node in enumerate(level.nodes):
        own[node.members] = number
    sure = np.zeros(len(papers))
    for found in np.unique(at):
        of = np.where((level.of >= 0) & (at[level.of] == found), level.of, -1)
        sure += certainty(of, runs.around(resolutions[found]))
    here = np.flatnonzero(own >= 0)
    ids = np.array([node.community_id for node in level.nodes], dtype=object)
    return pd.DataFrame(
        {
            "paper_id": papers["paper_id"].to_numpy(dtype=object)[here],
            "level": depth,
            "community_id": ids[own[here]],
            "certainty": sure[here],
        }
    )


class Named(NamedTuple):
    """What papers name, in row numbers: each paper's concepts, and the mentions they stand in."""

    paper: Ints
    concept: Ints
    salience: Floats
    mention_paper: Ints


def named(papers: pd.DataFrame, concepts: pd.DataFrame, paper_concepts: pd.DataFrame, mentions: pd.DataFrame) -> Named:
    """Number what papers name; naming a concept once counts half, thrice whole."""
    rows, columns = (
        pd.Index(table[key].to_numpy(dtype=object)) for table, key in ((papers, "paper_id"), (concepts, "concept_id"))
    )
    return Named(
        rows.get_indexer(paper_concepts["paper_id"].to_numpy(dtype=object)).astype(np.int64),
        columns.get_indexer(paper_concepts["concept_id"].to_numpy(dtype=object)).astype(np.int64),
        np.minimum((1 + np.log(paper_concepts["n_mentions"].to_numpy(dtype=float))) / 2, 1.0),
        rows.get_indexer(mentions["paper_id"].to_numpy(dtype=object)).astype(np.int64),
    )


def communities(
    found: list[Level], ties: Ties, what: Named, papers: pd.DataFrame, concepts: pd.DataFrame, mentions: pd.DataFrame
) -> list[dict[str, Any]]:
    """Return the rows of `communities` of all levels, with labels, central and bridging papers and evidence."""
    rows: list[dict[str, Any]] = []
    above = np.zeros(ties.n, dtype=np.int64)
    label_of = {"": ""}
    ids = papers["paper_id"]
    for depth, level in enumerate(found):
        telling = labels.terms(level.of, above, what.paper, what.concept, what.salience, concepts)
        names = labels.label(telling, [label_of[node.parent] for node in level.nodes if not node.rest])
        centrality = standing.central(level.of, ties)
        central = standing.best(level.of, centrality, ids)
        bridging = standing.best(level.of, standing.bridging(level.of, ties), ids)
        parts = labels.parts(telling, names, concepts)
        proof = evidence.sentences(level.of, parts, centrality, papers, mentions, what.mention_paper)
        terms = telling.groupby("community").head(labels.N_TERMS).groupby("community")["label"].agg(list)
        for number, name in enumerate(names):
            if not name:
                members = ids.take(level.nodes[number].members)
                label, proof[number] = _after_papers(papers, central.get(number) or list(members[:2]))
                names[number] = labels.unlike(label, set(names))
        for number, node in enumerate(level.nodes):
            sentences, places = proof.get(number, ([], []))
            rows.append(
                {
                    "community_id": node.community_id,
                    "level": depth,
                    "parent": node.parent or None,
                    "label": REST_LABEL if node.rest else names[number],
                    "n_papers": len(node.members),
                    "terms": terms.get(number, []),
                    "central": central.get(number, []),
                    "bridging": bridging.get(number, []),
                    "evidence": sentences,
                    "places": places,
                }
            )
        label_of |= {node.community_id: name for node, name in zip(level.nodes, names, strict=False)}
        above = level.of
    return rows


def _after_papers(papers: pd.DataFrame, central: list[str]) -> tuple[str, tuple[list[str], list[str]]]:
    """Name a community whose papers name nothing in common after its most central paper; titles are the proof."""
    titles = papers.set_index("paper_id")["title"].reindex(central[:2])
    name = titles.iloc[0].partition(":")[0]
    short = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME].rsplit(' ', 1)[0]}…"
    places = [f"{paper_id} 0:{len(title)}" for paper_id, title in titles.items()]
    return f"around “{short}”", (list(titles), places)
