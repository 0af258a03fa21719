"""Pure questions to an atlas: what is this, what goes with it, and which sentence says so.

Nodes of the graph go by their `paper_id`, and by `concept:` and their `concept_id`.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
import pandas as pd

from graphx.atlas import Atlas
from graphx.concepts import homes
from graphx.errors import NotFoundError
from graphx.forms import normalise
from graphx.papers import text
from graphx.tables import ROLE_ORDER, Kind, Relation

CONCEPT = "concept:"


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
    backbone: bool = False


READABLE = Selection(min_papers=2, backbone=True)
"""What is drawn at first: no concept that only one paper names, no link that hubs make."""


@dataclass(frozen=True)
class ConceptAnswer:
    """What an atlas knows of a concept.

    Attributes:
        concept: its row of `concepts`.
        papers: paper_id, title, year, role, n_mentions; introducers first, then by role.
        sentences: paper_id, title, role, sentence, start, end (of the mention in the sentence).
        related: concept_id, label, kind, n_papers (that name both), lift; the closest first.
    """

    concept: Mapping[str, Any]
    papers: pd.DataFrame
    sentences: pd.DataFrame
    related: pd.DataFrame


@dataclass(frozen=True)
class PaperAnswer:
    """What an atlas knows of a paper.

    Attributes:
        paper: its row of `papers`.
        text: its text, into which the mentions' offsets count.
        community: its row of `communities`, and the `certainty` of its membership.
        mentions: its rows of `mentions`, with the concept's `label`.
        concepts: concept_id, label, kind, role, n_papers, weight; the most characteristic first.
        neighbours: paper_id, title, relation, weight, reasons (labels or sentences); nearest first.
    """

    paper: Mapping[str, Any]
    text: str
    community: Mapping[str, Any]
    mentions: pd.DataFrame
    concepts: pd.DataFrame
    neighbours: pd.DataFrame


_JOINED = {
    "form": "same but for case, plural, hyphens or a general word",
    "acronym": "this paper says what the acronym means",
    "acronym elsewhere": "most papers that explain the acronym mean this",
    "synonym": "a synonym that the field takes for the same",
    "thesaurus": "your thesaurus says so",
}


def concept(atlas: Atlas, concept_id: str) -> ConceptAnswer:
    """Say which forms a concept has, who introduced it, who used it since, and where it is named.

    Raises:
        NotFoundError: there is no such concept.
    """
    row = _row(atlas, "concepts", "concept_id", concept_id)
    titled = ["title", "abstract", "year"]
    papers = atlas.joined(atlas.where("paper_concepts", "concept_id", concept_id), "papers", "paper_id", titled)
    papers = _by_role(papers)[["paper_id", "title", "year", "role", "n_mentions"]]
    named = atlas.joined(atlas.where("mentions", "concept_id", concept_id), "papers", "paper_id", titled)
    sentences = _by_role(named).drop_duplicates(["paper_id", "sentence_start"])
    sentences = pd.DataFrame(
        [
            {
                "paper_id": m.paper_id,
                "title": m.title,
                "role": m.role,
                "score": m.score,
                "by": m.by,
                "reason": why_joined(m.text, row["label"], m.joined_by),
                "sentence": text(m.title, m.abstract)[m.sentence_start : m.sentence_end].rstrip(),
                "start": m.start - m.sentence_start,
                "end": m.end - m.sentence_start,
            }
            for m in sentences.itertuples(index=False)
        ]
    )
    return ConceptAnswer(row, papers, sentences, _related(atlas, concept_id))


def paper(atlas: Atlas, paper_id: str, n: int = 12) -> PaperAnswer:
    """Say what a paper introduces and uses, and which papers are nearest and why.

    Raises:
        NotFoundError: there is no such paper.
    """
    row = _row(atlas, "papers", "paper_id", paper_id)
    mentions = atlas.joined(atlas.where("mentions", "paper_id", paper_id), "concepts", "concept_id", ["label"])
    mentions = mentions.sort_values("start", ignore_index=True)
    mentions["reason"] = list(map(why_joined, mentions["text"], mentions["label"], mentions["joined_by"]))
    concepts = atlas.where("paper_concepts", "paper_id", paper_id)
    concepts = atlas.joined(concepts, "concepts", "concept_id", ["label", "kind", "n_papers"])
    concepts = concepts.sort_values(["weight", "concept_id"], ascending=[False, True], ignore_index=True)
    member = atlas.where("membership", "paper_id", paper_id)[["community_id", "certainty"]]
    member = atlas.joined(member, "communities", "community_id", ["label", "n_papers"])
    return PaperAnswer(
        row,
        text(row["title"], row["abstract"]),
        member.iloc[0].to_dict() if len(member) else {},
        mentions,
        concepts[["concept_id", "label", "kind", "role", "n_papers", "n_mentions", "weight"]],
        neighbours(atlas, paper_id, n),
    )


def why_joined(form: str, label: str, joined_by: str) -> str:
    """Say in words why a form was taken for a concept."""
    if form == label:
        return "it is the label"
    if joined_by == "form" and normalise(form) != normalise(label):
        return "the label is short for it"
    return _JOINED[joined_by]


def neighbours(atlas: Atlas, paper_id: str, n: int = 12) -> pd.DataFrame:
    """Return the n nearest papers: paper_id, title, relation, weight, reasons.

    The relation reads from this paper: `builds_on`, `is_built_on_by` and `shares`.
    """
    links = pd.concat([atlas.where("links", end, paper_id) for end in ("source", "target")], ignore_index=True)
    outgoing = links["source"] == paper_id
    links["paper_id"] = links["target"].where(outgoing, links["source"])
    links["directed"] = links["relation"] != Relation.SHARES
    incoming = links["directed"] & ~outgoing & (links["relation"] == Relation.BUILDS_ON)
    links["relation"] = links["relation"].astype(object).where(~incoming, "is_built_on_by")
    links = links.sort_values(["directed", "weight", "paper_id"], ascending=[False, False, True]).head(n)
    links = atlas.joined(links, "papers", "paper_id", ["title"])
    links["reasons"] = [
        list(proof) if directed else [atlas.where("concepts", "concept_id", i)["label"].iloc[0] for i in proof]
        for directed, proof in zip(links["directed"], links["evidence"], strict=True)
    ]
    return links[["paper_id", "title", "relation", "weight", "reasons"]].reset_index(drop=True)


def find(atlas: Atlas, name: str) -> str:
    """Return the node that a name means: an id, a title, a label or a form, whatever its case.

    Raises:
        NotFoundError: nothing is called that; the message names what comes closest.
    """
    if name in set(atlas.papers["paper_id"]):
        return name
    plain = name.removeprefix(CONCEPT)
    if plain in set(atlas.concepts["concept_id"]):
        return CONCEPT + plain
    titles = atlas.papers[atlas.papers["title"].str.casefold() == name.casefold()]
    if len(titles):
        return str(titles["paper_id"].iloc[0])
    key = normalise(name)
    for row in atlas.concepts.sort_values(["n_papers", "concept_id"], ascending=[False, True]).itertuples():
        if key == normalise(row.label) or any(key == normalise(form) for form in row.forms):
            return f"{CONCEPT}{row.concept_id}"
    found = search(atlas, name, limit=3)
    if len(found) and (len(found) == 1 or found["score"].iloc[0] > 1.5 * found["score"].iloc[1]):
        return str(found["node_id"].iloc[0])
    near = list(found["label"])
    if not near:
        labels = {label.casefold(): label for label in [*atlas.concepts["label"], *atlas.papers["title"]]}
        near = [labels[m] for m in difflib.get_close_matches(name.casefold(), labels, n=3, cutoff=0.6)]
    raise NotFoundError.nothing_called(name, near)


def search(atlas: Atlas, words: str, limit: int = 20) -> pd.DataFrame:
    """Search labels, forms, titles and abstracts; every word must occur, the start of one is enough.

    Returns:
        node_id, type, label, detail, score (higher is better), the best first.
    """
    wanted = [re.compile(rf"(?<!\w){re.escape(w)}", re.I) for w in words.split()]
    rows: list[dict[str, Any]] = []
    if not wanted:
        return pd.DataFrame(rows, columns=["node_id", "type", "label", "detail", "score"])
    whole = normalise(words)
    for c in atlas.concepts.itertuples():
        forms = [c.label, *c.forms]
        if all(any(w.search(form) for form in forms) for w in wanted):
            exact = any(normalise(form) == whole for form in forms)
            score = (6 if exact else 3) + np.log1p(c.n_papers)
            detail = f"{c.kind} · {c.n_papers} paper{'s' * (c.n_papers != 1)}"
            rows.append(_hit(CONCEPT + c.concept_id, "concept", c.label, detail, score))
    for p in atlas.papers.itertuples():
        in_title = sum(bool(w.search(p.title)) for w in wanted)
        if in_title == len(wanted) or all(w.search(p.title) or w.search(p.abstract) for w in wanted):
            detail = str(p.year) if pd.notna(p.year) else ""
            rows.append(_hit(p.paper_id, "paper", p.title, detail, 0.5 + 3.5 * in_title / len(wanted)))
    found = pd.DataFrame(rows, columns=["node_id", "type", "label", "detail", "score"])
    return found.sort_values(["score", "node_id"], ascending=[False, True], ignore_index=True).head(limit)


def network(atlas: Atlas, selection: Selection = READABLE) -> Network:
    """Return the nodes and edges of a selection, with what a map or a file needs of them."""
    nodes = pd.concat([_paper_nodes(atlas), _concept_nodes(atlas)], ignore_index=True)
    is_paper = nodes["type"] == "paper"
    keep = is_paper | (nodes["kind"].isin(selection.kinds) & (nodes["n_papers"] >= selection.min_papers))
    if selection.communities is not None:
        keep &= nodes["community_id"].isin(selection.communities)
    nodes = nodes[keep].reset_index(drop=True)
    edges = pd.concat([_link_edges(atlas, selection.backbone), _role_edges(atlas)], ignore_index=True)
    inside = set(nodes["node_id"])
    edges = edges[edges["source"].isin(inside) & edges["target"].isin(inside)].reset_index(drop=True)
    return Network(nodes, edges)


def graph(atlas: Atlas, selection: Selection | None = None) -> "nx.MultiDiGraph[str]":
    """Return a selection as a fresh networkx graph, all of the atlas by default.

    Every attribute is a scalar of one type; what is unknown is left out. An edge's key is
    unique in the graph. Undirected links run from the id that sorts first and have
    `directed` false.
    """
    nodes, edges = network(atlas, selection or Selection())
    result: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for row in nodes.to_dict("records"):
        node_id = row.pop("node_id")
        result.add_node(node_id, **_known(row))
    for n, row in enumerate(edges.to_dict("records")):
        result.add_edge(row.pop("source"), row.pop("target"), key=f"e{n}", **_known(row))
    return result


def _known(row: dict[str, Any]) -> dict[str, Any]:
    """Drop what is unknown, and turn numpy and Arrow scalars into Python's own."""
    return {
        key: value.item() if isinstance(value, np.generic) else value
        for key, value in row.items()
        if not (value is None or value is pd.NA or value != value)
    }


def _paper_nodes(atlas: Atlas) -> pd.DataFrame:
    papers = atlas.papers
    member = atlas.membership.merge(atlas.communities[["community_id", "label"]], on="community_id")
    member = member.set_index("paper_id")
    backbone = atlas.links[atlas.links["backbone"]]
    links = pd.concat([backbone["source"], backbone["target"]]).value_counts()
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


def _link_edges(atlas: Atlas, backbone: bool) -> pd.DataFrame:
    links = atlas.links[atlas.links["backbone"]] if backbone else atlas.links
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
            "directed": ~shares,
            "backbone": links["backbone"].astype(bool),
            "n_shared": links["n_shared"].astype("Int64"),
            **{part: links[part].astype(float) for part in ("methods", "datasets", "tasks", "metrics")},
        }
    )


def _role_edges(atlas: Atlas) -> pd.DataFrame:
    """Return the edges from papers to the concepts they name; the first sentence is the evidence."""
    keys = ["paper_id", "concept_id"]
    mentions = _by_role(atlas.mentions).drop_duplicates(keys)
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


def _related(atlas: Atlas, concept_id: str, n: int = 12) -> pd.DataFrame:
    """Return the concepts that occur with one more often than by chance."""
    pairs = atlas.paper_concepts[["paper_id", "concept_id"]]
    papers = atlas.where("paper_concepts", "concept_id", concept_id)["paper_id"]
    others = pairs[pairs["paper_id"].isin(papers) & (pairs["concept_id"] != concept_id)]
    both = others.groupby("concept_id").size().rename("both").reset_index()
    both = atlas.joined(both, "concepts", "concept_id", ["label", "kind", "n_papers"])
    expected = both["n_papers"].to_numpy(dtype=float) * len(papers) / max(len(atlas.papers), 1)
    both["lift"] = both["both"].to_numpy(dtype=float) / expected
    both = both[(both["lift"] > 1) & ((both["both"] > 1) | (len(papers) == 1))]
    both["n_papers"] = both["both"]
    both["score"] = both["both"] * np.log(both["lift"])
    both = both.sort_values(["score", "concept_id"], ascending=[False, True], ignore_index=True).head(n)
    return both[["concept_id", "label", "kind", "n_papers", "lift"]]


def _by_role(rows: pd.DataFrame) -> pd.DataFrame:
    """Sort by strength of role, then by paper and what order the rows came in."""
    rank = rows["role"].map(ROLE_ORDER)
    return rows.assign(rank=rank).sort_values(["rank", "paper_id"], kind="stable", ignore_index=True)


def _row(atlas: Atlas, table: str, column: str, value: str) -> dict[str, Any]:
    rows = atlas.where(table, column, value)
    if rows.empty:
        raise NotFoundError.nothing_called(value)
    return {str(k): v for k, v in rows.iloc[0].to_dict().items()}


def _hit(node_id: str, kind: str, label: str, detail: str, score: float) -> dict[str, Any]:
    return {"node_id": node_id, "type": kind, "label": label, "detail": detail, "score": float(score)}
