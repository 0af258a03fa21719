"""What is this, what goes with it, and which sentence says so: one concept, one paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from graphx.atlas import Atlas
from graphx.forms import normalise
from graphx.papers import text
from graphx.query.nodes import by_role, row_of
from graphx.tables import Relation


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
    row = row_of(atlas, "concepts", "concept_id", concept_id)
    titled = ["title", "abstract", "year"]
    papers = atlas.joined(atlas.where("paper_concepts", "concept_id", concept_id), "papers", "paper_id", titled)
    papers = by_role(papers)[["paper_id", "title", "year", "role", "n_mentions"]]
    named = atlas.joined(atlas.where("mentions", "concept_id", concept_id), "papers", "paper_id", titled)
    sentences = by_role(named).drop_duplicates(["paper_id", "sentence_start"])
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
    row = row_of(atlas, "papers", "paper_id", paper_id)
    mentions = atlas.joined(atlas.where("mentions", "paper_id", paper_id), "concepts", "concept_id", ["label"])
    mentions = mentions.sort_values("start", ignore_index=True)
    mentions["reason"] = list(map(why_joined, mentions["text"], mentions["label"], mentions["joined_by"]))
    concepts = atlas.where("paper_concepts", "paper_id", paper_id)
    concepts = atlas.joined(concepts, "concepts", "concept_id", ["label", "kind", "n_papers"])
    concepts = concepts.sort_values(["weight", "concept_id"], ascending=[False, True], ignore_index=True)
    member = atlas.where("membership", "paper_id", paper_id)
    member = member.loc[member["level"] == 0, ["community_id", "certainty"]]
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
