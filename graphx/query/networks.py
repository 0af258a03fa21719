"""A selection of the atlas as nodes and edges: what a map draws and a file holds."""

from typing import Any, Literal, NamedTuple, overload

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

from graphx.atlas import Atlas
from graphx.links.backbone import disparity, strongest
from graphx.papers import text
from graphx.query.incidence import Numbers, incidence
from graphx.query.nodes import CONCEPT, by_role
from graphx.query.places import places
from graphx.query.selections import READABLE, Rows, Selection, community_of, drawn, ends, homes, rows
from graphx.tables import Relation


class Network(NamedTuple):
    """A part of the graph as two frames.

    Attributes:
        nodes: node_id, type (paper or concept), label, kind ("paper" for papers), community_id,
            community, x, y; for papers certainty, n_links (in the backbone), year, date, url, doi,
            abstract, sources; for concepts n_papers, n_mentions, forms, first_year, introduced_by.
        edges: source, target, relation (a link's relation, or a role), weight, label, evidence,
            directed, backbone; for links n_shared, methods, datasets, tasks, metrics.
    """

    nodes: pd.DataFrame
    edges: pd.DataFrame


def network(atlas: Atlas, selection: Selection = READABLE) -> Network:
    """Return the nodes and edges of a selection, with what a map or a file needs of them.

    Raises:
        NotFoundError: the selection names a node or community that is not there.
    """
    chosen = rows(atlas, selection)
    nodes = pd.concat([_paper_nodes(atlas, chosen.papers), _concept_nodes(atlas, chosen.concepts)], ignore_index=True)
    edges = [_link_edges(atlas, selection.noise, chosen.papers), _role_edges(atlas, chosen)]
    if selection.of == "concepts" or (selection.focus or "").startswith(CONCEPT):
        edges.append(_together_edges(atlas, chosen.concepts, selection))
    return Network(nodes, pd.concat(edges, ignore_index=True))


@overload
def graph(
    atlas: Atlas, selection: Selection | None = None, of: Literal["papers", "both"] = "both"
) -> "nx.MultiDiGraph[str]": ...
@overload
def graph(atlas: Atlas, selection: Selection | None = None, *, of: Literal["concepts"]) -> "nx.Graph[str]": ...
def graph(
    atlas: Atlas, selection: Selection | None = None, of: Literal["papers", "concepts", "both"] = "both"
) -> "nx.Graph[str]":
    """Return a selection as a fresh networkx graph, all of the atlas by default.

    Every attribute is a scalar of one type; what is unknown is left out.

    Args:
        atlas: the atlas.
        selection: which part of it.
        of: "papers": a MultiDiGraph of papers and the links between them; "concepts": a Graph of
            concepts and how often papers name two together; "both": a MultiDiGraph of papers
            and concepts, the links, and an edge from each paper to what it names.

    Nodes and edges have the attributes of `Network`. In a MultiDiGraph an edge's key is unique, and
    undirected links run from the id that sorts first and have `directed` false. Edges between
    concepts have `n_papers` (that name both) and `weight`, the association strength
    n_papers · N / (n_a · n_b) of N. J. van Eck and L. Waltman, "How to normalize cooccurrence
    data?", 2009: above 1 they occur together more often than by chance.

    Raises:
        ValueError: `of` is none of the three.
    """
    if of not in ("papers", "concepts", "both"):
        raise ValueError(f"of={of!r}: choose papers, concepts or both")
    nodes, edges = network(atlas, selection or Selection())
    if of != "both":
        nodes = nodes[nodes["type"] == of.removesuffix("s")]
        edges = edges[~edges["target"].str.startswith(CONCEPT)]  # those between concepts are reckoned below
    result: nx.Graph[str] = nx.Graph() if of == "concepts" else nx.MultiDiGraph()
    for row in nodes.to_dict("records"):
        node_id = row.pop("node_id")
        result.add_node(node_id, **_known(row))
    if of == "concepts":
        edges = _together(atlas, [i.removeprefix(CONCEPT) for i in nodes["node_id"]])
    for n, row in enumerate(edges.to_dict("records")):
        key = {} if of == "concepts" else {"key": f"e{n}"}
        result.add_edge(row.pop("source"), row.pop("target"), **key, **_known(row))
    return result


def _together(atlas: Atlas, concept_ids: list[str]) -> pd.DataFrame:
    """Return how many papers name each pair of concepts together, and the association strength."""
    column = pd.Index(concept_ids).get_indexer(atlas.paper_concepts["concept_id"])
    row = pd.Index(atlas.papers["paper_id"]).get_indexer(atlas.paper_concepts["paper_id"])
    chosen = column >= 0
    shape = (len(atlas.papers), len(concept_ids))
    named = sparse.csr_array((np.ones(chosen.sum(), dtype=np.int32), (row[chosen], column[chosen])), shape=shape)
    n_papers = np.asarray(named.sum(axis=0)).ravel()
    both = sparse.triu(named.T @ named, k=1).tocoo()
    ids = CONCEPT + pd.Series(concept_ids, dtype=object)
    return pd.DataFrame(
        {
            "source": ids.take(both.row).to_numpy(),
            "target": ids.take(both.col).to_numpy(),
            "n_papers": both.data,
            "weight": both.data.astype(float) * shape[0] / (n_papers[both.row] * n_papers[both.col]),
        }
    )


def _together_edges(atlas: Atlas, concepts: Numbers, selection: Selection) -> pd.DataFrame:
    """Return edges between concepts that papers name together: around a focus its own, else what stands out.

    What stands out is what the disparity filter leaves of the association strengths (`links.backbone`).
    """
    pairs = _together(atlas, list(atlas.concepts["concept_id"].take(concepts)))
    if selection.focus:
        pairs = pairs[(pairs["source"] == selection.focus) | (pairs["target"] == selection.focus)]
    else:
        pairs = pairs[pairs["n_papers"] > 1]
        codes, _ = pd.factorize(pd.concat([pairs["source"], pairs["target"]], ignore_index=True))
        source, target = codes[: len(pairs)], codes[len(pairs) :]
        strength = pairs["weight"].to_numpy(dtype=float)
        by_chance = disparity(source, target, strength)
        pairs = pairs[(by_chance < selection.noise) | strongest(source, target, strength)]
    count = pairs["n_papers"].astype(str)
    return pd.DataFrame(
        {
            "source": pairs["source"],
            "target": pairs["target"],
            "relation": "together",
            "weight": pairs["weight"] / max(float(pairs["weight"].max()) if len(pairs) else 1.0, 1e-9),
            "label": "together",
            "evidence": count + " papers name both",
            "directed": False,
            "backbone": True,
        }
    )


def _known(row: dict[str, Any]) -> dict[str, Any]:
    """Drop what is unknown, and turn numpy and Arrow scalars into Python's own."""
    return {
        key: value.item() if isinstance(value, np.generic) else value
        for key, value in row.items()
        if not (value is None or value is pd.NA or value != value)
    }


def _paper_nodes(atlas: Atlas, papers: Numbers) -> pd.DataFrame:
    rows = atlas.papers.take(papers)
    community = community_of(atlas, 0)[papers]
    certainty = pd.Series(np.nan, index=atlas.papers["paper_id"].to_numpy(dtype=object))
    member = atlas.membership[atlas.membership["level"] == 0]
    certainty[member["paper_id"].to_numpy(dtype=object)] = member["certainty"].to_numpy(dtype=float)
    backbone = atlas.links["backbone"].to_numpy(dtype=bool)
    n_links = np.bincount(np.concatenate([end[backbone] for end in ends(atlas)]), minlength=len(atlas.papers))
    return pd.DataFrame(
        {
            "node_id": rows["paper_id"],
            "type": "paper",
            "label": rows["title"],
            "kind": "paper",
            **_community(atlas, community, rows.index),
            "certainty": certainty.to_numpy()[papers],
            "n_links": n_links[papers],
            "year": rows["year"].astype("Int64"),
            "date": rows["date"],
            "url": rows["url"],
            "doi": rows["doi"],
            "abstract": rows["abstract"],
            "sources": rows["sources"].map("; ".join),
            "x": rows["x"],
            "y": rows["y"],
        }
    ).astype({"certainty": float, "x": float, "y": float})


def _concept_nodes(atlas: Atlas, concepts: Numbers) -> pd.DataFrame:
    rows = atlas.concepts.take(concepts)
    return pd.DataFrame(
        {
            "node_id": CONCEPT + rows["concept_id"],
            "type": "concept",
            "label": rows["label"],
            "kind": rows["kind"],
            **_community(atlas, homes(atlas, 0)[concepts], rows.index),
            "n_papers": rows["n_papers"].astype("int64"),
            "n_mentions": rows["n_mentions"].astype("int64"),
            "forms": rows["forms"].map("; ".join),
            "first_year": rows["first_year"].astype("Int64"),
            "introduced_by": rows["introduced_by"],
            "x": rows["x"],
            "y": rows["y"],
        }
    ).astype({"x": float, "y": float})


def _community(atlas: Atlas, numbers: Numbers, index: pd.Index) -> dict[str, "pd.Series[str]"]:
    """Return the id and label of communities by row number, missing where it is -1."""
    row = pd.Series(numbers, index=index).where(lambda n: n >= 0).astype("Int64")
    return {
        "community_id": row.map(atlas.communities["community_id"].astype(object)),
        "community": row.map(atlas.communities["label"].astype(object)),
    }


def _link_edges(atlas: Atlas, noise: float, papers: Numbers) -> pd.DataFrame:
    inside = np.zeros(len(atlas.papers), dtype=bool)
    inside[papers] = True
    source, target = ends(atlas)
    links = atlas.links[drawn(atlas, noise) & inside[source] & inside[target]]
    label_of = atlas.concepts["label"].to_numpy(dtype=object)
    shares = links["relation"] == Relation.SHARES
    evidence = [
        "; ".join(label_of[places(atlas)[CONCEPT + i]] for i in proof) if shared else " ".join(proof)
        for shared, proof in zip(shares, links["evidence"], strict=True)
    ]
    return pd.DataFrame(
        {
            "source": links["source"],
            "target": links["target"],
            "relation": links["relation"],
            "weight": links["weight"].astype(float),
            "label": links["relation"].str.replace("_", " "),
            "evidence": evidence,
            "directed": links["relation"].isin([str(Relation.BUILDS_ON), str(Relation.CITES)]),
            "backbone": links["backbone"].astype(bool),
            "n_shared": links["n_shared"].astype("Int64"),
            **{part: links[part].astype(float) for part in ("methods", "datasets", "tasks", "metrics")},
        }
    )


def _role_edges(atlas: Atlas, chosen: Rows) -> pd.DataFrame:
    """Return the edges from papers to the concepts they name; the first sentence is the evidence."""
    named, keys = incidence(atlas), ["paper_id", "concept_id"]
    inside = np.isin(named.paper, chosen.papers) & np.isin(named.concept, chosen.concepts)
    pairs = atlas.paper_concepts[inside]
    mentions = atlas.mentions[atlas.mentions["paper_id"].isin(pairs["paper_id"].unique())]
    mentions = by_role(mentions).drop_duplicates(keys)
    pairs = pairs.merge(mentions[[*keys, "sentence_start", "sentence_end"]], on=keys)
    pairs = pairs.merge(atlas.papers[["paper_id", "title", "abstract"]], on="paper_id")
    sentences = [
        text(title, abstract)[start:end].rstrip()
        for title, abstract, start, end in zip(
            pairs["title"], pairs["abstract"], pairs["sentence_start"], pairs["sentence_end"], strict=True
        )
    ]
    return pd.DataFrame(
        {
            "source": pairs["paper_id"],
            "target": CONCEPT + pairs["concept_id"],
            "relation": pairs["role"],
            "weight": pairs["weight"].astype(float),
            "label": pairs["role"],
            "evidence": sentences,
            "directed": True,
            "backbone": True,
        }
    )
