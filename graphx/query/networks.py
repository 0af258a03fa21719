"""A selection of the atlas as nodes and edges: what a map draws and a file holds."""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, overload

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

from graphx.atlas import Atlas
from graphx.links import NOISE, backbone
from graphx.papers import text
from graphx.query.nodes import CONCEPT, by_role, homes
from graphx.tables import Kind, Relation


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


@dataclass(frozen=True)
class Selection:
    """Which part of an atlas to look at; the default is all of it."""

    kinds: frozenset[str] = field(default_factory=lambda: frozenset(Kind))
    communities: frozenset[str] | None = None
    min_papers: int = 1
    noise: float = 1.0
    """From 0, only each paper's strongest link, to 1, all that are stored: see `links.backbone`."""


READABLE = Selection(min_papers=2, noise=NOISE)
"""What is drawn at first: no concept that only one paper names, no link that hubs make."""


def network(atlas: Atlas, selection: Selection = READABLE) -> Network:
    """Return the nodes and edges of a selection, with what a map or a file needs of them."""
    nodes = pd.concat([_paper_nodes(atlas), _concept_nodes(atlas)], ignore_index=True)
    is_paper = nodes["type"] == "paper"
    keep = is_paper | (nodes["kind"].isin(selection.kinds) & (nodes["n_papers"] >= selection.min_papers))
    if selection.communities is not None:
        keep &= nodes["community_id"].isin(selection.communities)
    nodes = nodes[keep].reset_index(drop=True)
    edges = pd.concat([_link_edges(atlas, selection.noise), _role_edges(atlas)], ignore_index=True)
    inside = set(nodes["node_id"])
    edges = edges[edges["source"].isin(inside) & edges["target"].isin(inside)].reset_index(drop=True)
    return Network(nodes, edges)


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
        edges = edges[~edges["target"].str.startswith(CONCEPT)]
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


def _known(row: dict[str, Any]) -> dict[str, Any]:
    """Drop what is unknown, and turn numpy and Arrow scalars into Python's own."""
    return {
        key: value.item() if isinstance(value, np.generic) else value
        for key, value in row.items()
        if not (value is None or value is pd.NA or value != value)
    }


def _paper_nodes(atlas: Atlas) -> pd.DataFrame:
    papers = atlas.papers
    member = atlas.membership[atlas.membership["level"] == 0].merge(
        atlas.communities[["community_id", "label"]], on="community_id"
    )
    member = member.set_index("paper_id")
    drawn = atlas.links[atlas.links["backbone"]]
    links = pd.concat([drawn["source"], drawn["target"]]).value_counts()
    return pd.DataFrame(
        {
            "node_id": papers["paper_id"],
            "type": "paper",
            "label": papers["title"],
            "kind": "paper",
            "community_id": papers["paper_id"].map(member["community_id"]),
            "community": papers["paper_id"].map(member["label"]),
            "certainty": papers["paper_id"].map(member["certainty"]),
            "n_links": papers["paper_id"].map(links).fillna(0).astype("int64"),
            "year": papers["year"].astype("Int64"),
            "date": papers["date"],
            "url": papers["url"],
            "doi": papers["doi"],
            "abstract": papers["abstract"],
            "sources": papers["sources"].map("; ".join),
            "x": papers["x"],
            "y": papers["y"],
        }
    ).astype({"certainty": float, "x": float, "y": float})


def _concept_nodes(atlas: Atlas) -> pd.DataFrame:
    concepts = atlas.concepts
    label_of = dict(zip(atlas.communities["community_id"], atlas.communities["label"], strict=True))
    community_id = concepts["concept_id"].map(homes(atlas.paper_concepts, atlas.membership))
    return pd.DataFrame(
        {
            "node_id": CONCEPT + concepts["concept_id"],
            "type": "concept",
            "label": concepts["label"],
            "kind": concepts["kind"],
            "community_id": community_id,
            "community": community_id.map(label_of),
            "n_papers": concepts["n_papers"].astype("int64"),
            "n_mentions": concepts["n_mentions"].astype("int64"),
            "forms": concepts["forms"].map("; ".join),
            "first_year": concepts["first_year"].astype("Int64"),
            "introduced_by": concepts["introduced_by"],
            "x": concepts["x"],
            "y": concepts["y"],
        }
    ).astype({"x": float, "y": float})


def _link_edges(atlas: Atlas, noise: float) -> pd.DataFrame:
    links = atlas.links[backbone(atlas.links, noise)]
    label_of = dict(zip(atlas.concepts["concept_id"], atlas.concepts["label"], strict=True))
    shares = links["relation"] == Relation.SHARES
    evidence = [
        "; ".join(label_of[i] for i in proof) if shared else " ".join(proof)
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


def _role_edges(atlas: Atlas) -> pd.DataFrame:
    """Return the edges from papers to the concepts they name; the first sentence is the evidence."""
    keys = ["paper_id", "concept_id"]
    mentions = by_role(atlas.mentions).drop_duplicates(keys)
    pairs = atlas.paper_concepts.merge(mentions[[*keys, "sentence_start", "sentence_end"]], on=keys)
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
