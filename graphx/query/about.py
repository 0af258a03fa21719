"""What is this, what goes with it, and which sentence says so: one concept, one paper."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from graphx.atlas import Atlas
from graphx.errors import NotFoundError
from graphx.forms import normalise
from graphx.links.shares import KIND_WEIGHTS
from graphx.papers import text
from graphx.query.finding import search
from graphx.query.incidence import incidence
from graphx.query.nodes import CONCEPT, LINK, PASSIVE_LINKS, by_role, row_of
from graphx.query.places import places
from graphx.query.selections import community_of
from graphx.similar import compare
from graphx.tables import ROLE_ORDER, Kind, Relation, Role


@dataclass(frozen=True)
class ConceptAnswer:
    """What an atlas knows of a concept.

    Attributes:
        concept: its row of `concepts`.
        papers: paper_id, title, year, url, role, n_mentions; introducers first, then by role.
        sentences: paper_id, title, role, sentence, start, end (of the mention in the sentence), score, by,
            reason; of the first `MOST_PAPERS` papers.
        related: concept_id, label, kind, n_papers (that name both), lift; the closest first.
        years: year, n_papers; only of papers whose year is known.
        communities: community_id, label, n_papers (that name it), share (of the community); of level 0, most first.
    """

    concept: Mapping[str, Any]
    papers: pd.DataFrame
    sentences: pd.DataFrame
    related: pd.DataFrame
    years: pd.DataFrame
    communities: pd.DataFrame


@dataclass(frozen=True)
class PaperAnswer:
    """What an atlas knows of a paper.

    Attributes:
        paper: its row of `papers`.
        text: its text, into which the mentions' offsets count.
        community: its row of `communities`, and the `certainty` of its membership.
        communities: community_id, label, level, certainty; from the coarsest to the finest.
        mentions: its rows of `mentions`, with the concept's `label` and the `reason` why it was joined.
        concepts: concept_id, label, kind, role, n_papers, n_mentions, weight; the most characteristic first.
        neighbours: paper_id, title, relation, weight, reasons (labels or sentences); nearest first.
        references: relation (cites or is_cited_by), paper_id, title, reference, by; of papers in the atlas.
    """

    paper: Mapping[str, Any]
    text: str
    community: Mapping[str, Any]
    communities: pd.DataFrame
    mentions: pd.DataFrame
    concepts: pd.DataFrame
    neighbours: pd.DataFrame
    references: pd.DataFrame


MOST_PAPERS = 200
"""Papers of a concept whose sentences are cut out; nobody reads more, and a hub has thousands."""
_WHY = [
    "relation", "label", "kind", "concept_id", "weight", "role", "sentence", "start", "end",
    "other_role", "other_sentence", "other_start", "other_end",
]  # fmt: skip
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
    row = _known(atlas, "concepts", "concept_id", concept_id)
    papers = by_role(atlas.where("paper_concepts", "concept_id", concept_id))
    papers = atlas.joined(papers, "papers", "paper_id", ["title", "year", "url"])
    papers = papers[["paper_id", "title", "year", "url", "role", "n_mentions"]]
    years = papers["year"].dropna().value_counts().sort_index().rename("n_papers").rename_axis("year").reset_index()
    sentences = _sentences(atlas, row, papers.head(MOST_PAPERS))
    return ConceptAnswer(row, papers, sentences, _related(atlas, concept_id), years, _communities(atlas, concept_id))


def _known(atlas: Atlas, table: str, column: str, value: str) -> dict[str, Any]:
    """Return the row that has an id, or say which names come close."""
    try:
        return row_of(atlas, table, column, value)
    except NotFoundError:
        near = search(atlas, value.replace("-", " "), 3)["label"]
        raise NotFoundError.nothing_called(value, list(near)) from None


def _sentences(atlas: Atlas, concept: Mapping[str, Any], papers: pd.DataFrame) -> pd.DataFrame:
    """Return the sentences in which papers name a concept, by role and in the order of the papers."""
    named = atlas.where("mentions", "concept_id", concept["concept_id"])
    named = named[named["paper_id"].isin(papers["paper_id"])]
    named = atlas.joined(named, "papers", "paper_id", ["title", "abstract"])
    introducing = named["paper_id"].isin(papers.loc[papers["role"] == Role.INTRODUCES, "paper_id"])
    untenable = (named["role"] == Role.INTRODUCES) & ~introducing
    named["role"] = named["role"].astype(object).where(~untenable, str(Role.MENTIONS))
    return pd.DataFrame(
        [
            {
                "paper_id": m.paper_id,
                "title": m.title,
                "role": m.role,
                "score": m.score,
                "by": m.by,
                "reason": why_joined(m.text, concept["label"], m.joined_by),
                "sentence": text(m.title, m.abstract)[m.sentence_start : m.sentence_end].rstrip(),
                "start": m.start - m.sentence_start,
                "end": m.end - m.sentence_start,
            }
            for m in by_role(named).drop_duplicates(["paper_id", "sentence_start"]).itertuples(index=False)
        ]
    )


def paper(atlas: Atlas, paper_id: str, n: int = 12) -> PaperAnswer:
    """Say what a paper introduces and uses, and which papers are nearest and why.

    Raises:
        NotFoundError: there is no such paper.
    """
    row = _known(atlas, "papers", "paper_id", paper_id)
    mentions = atlas.joined(atlas.where("mentions", "paper_id", paper_id), "concepts", "concept_id", ["label"])
    mentions = mentions.sort_values("start", ignore_index=True)
    mentions["reason"] = list(map(why_joined, mentions["text"], mentions["label"], mentions["joined_by"]))
    concepts = atlas.where("paper_concepts", "paper_id", paper_id)
    concepts = atlas.joined(concepts, "concepts", "concept_id", ["label", "kind", "n_papers"])
    concepts = concepts.sort_values(["weight", "concept_id"], ascending=[False, True], ignore_index=True)
    member = atlas.where("membership", "paper_id", paper_id)[["community_id", "level", "certainty"]]
    member = atlas.joined(member, "communities", "community_id", ["label", "n_papers"])
    member = member.sort_values("level", ignore_index=True)
    coarsest = member[member["level"] == 0]
    return PaperAnswer(
        row,
        text(row["title"], row["abstract"]),
        coarsest.iloc[0].to_dict() if len(coarsest) else {},
        member,
        mentions,
        concepts[["concept_id", "label", "kind", "role", "n_papers", "n_mentions", "weight"]],
        neighbours(atlas, paper_id, n),
        _references(atlas, paper_id),
    )


def _references(atlas: Atlas, paper_id: str) -> pd.DataFrame:
    """Return the papers of the atlas that a paper cites, and those that cite it."""
    cited = atlas.where("references", "paper_id", paper_id)
    cited = cited[cited["target"].notna() & (cited["target"] != "")]
    citing = atlas.where("references", "target", paper_id)
    both = [
        cited.assign(relation=str(Relation.CITES), paper_id=cited["target"]),
        citing.assign(relation=PASSIVE_LINKS[Relation.CITES]),
    ]
    rows = pd.concat(both, ignore_index=True).drop_duplicates(["relation", "paper_id"])
    rows = atlas.joined(rows, "papers", "paper_id", ["title"])
    return rows[["relation", "paper_id", "title", "reference", "by"]]


def _communities(atlas: Atlas, concept_id: str) -> pd.DataFrame:
    """Return the coarsest communities whose papers name a concept."""
    named = incidence(atlas).by_concept
    own = places(atlas)[CONCEPT + concept_id]
    community = community_of(atlas, 0)[named.indices[named.indptr[own] : named.indptr[own + 1]]]
    n_papers = np.bincount(community[community >= 0], minlength=len(atlas.communities))
    found = np.flatnonzero(n_papers)
    rows = atlas.communities[["community_id", "label", "n_papers"]].take(found)
    rows = rows.assign(share=n_papers[found] / rows["n_papers"].to_numpy(dtype=float), n_papers=n_papers[found])
    return rows.sort_values("n_papers", ascending=False, kind="stable", ignore_index=True)


def why_joined(form: str, label: str, joined_by: str) -> str:
    """Say in words why a form was taken for a concept."""
    if form == label:
        return "it is the label"
    if joined_by == "form" and normalise(form) != normalise(label):
        return "the label is short for it"
    return _JOINED[joined_by]


def neighbours(atlas: Atlas, paper_id: str, n: int = 12) -> pd.DataFrame:
    """Return the n nearest papers, those first whose sentences say so: paper_id, title, relation, weight, reasons.

    The relation reads from this paper: `builds_on`, `is_built_on_by`, `cites`, `is_cited_by`,
    `shares` and `similar`. Reasons are the labels of what both name, or the proving sentences.
    """
    links = pd.concat([atlas.where("links", end, paper_id) for end in ("source", "target")], ignore_index=True)
    outgoing = links["source"] == paper_id
    links["paper_id"] = links["target"].where(outgoing, links["source"])
    links["directed"] = links["relation"].isin(PASSIVE_LINKS)
    links["rank"] = links["relation"].map({Relation.BUILDS_ON: 0, Relation.CITES: 1}).fillna(2)
    passive = links["relation"].map(PASSIVE_LINKS).astype(object)
    links["relation"] = links["relation"].astype(object).where(outgoing | ~links["directed"], passive)
    links = links.sort_values(["rank", "weight", "paper_id"], ascending=[True, False, True]).head(n)
    links = atlas.joined(links, "papers", "paper_id", ["title"])
    links["reasons"] = [
        [atlas.where("concepts", "concept_id", i)["label"].iloc[0] for i in proof]
        if relation == Relation.SHARES
        else list(proof)
        for relation, proof in zip(links["relation"], links["evidence"], strict=True)
    ]
    return links[["paper_id", "title", "relation", "weight", "reasons"]].reset_index(drop=True)


def linked(atlas: Atlas, node_id: str) -> tuple[str, str]:
    """Return the ids of both papers of a link, which goes by `link:` and these with a space between.

    Raises:
        NotFoundError: it doesn't name two papers.
    """
    words = node_id.removeprefix(LINK).split(" ")
    for at in range(1, len(words)):  # an id may hold a space
        one, other = " ".join(words[:at]), " ".join(words[at:])
        if one in places(atlas) and other in places(atlas) and CONCEPT not in node_id:
            return one, other
    for paper_id in words:
        _known(atlas, "papers", "paper_id", paper_id)
    raise NotFoundError.nothing_called(node_id)


def why(atlas: Atlas, source: str, target: str) -> pd.DataFrame:
    """Say why two papers are linked, with the sentences of both sides.

    Returns:
        relation, label (of the shared concept, the artefact, or what a reference was matched by), kind,
        concept_id, weight, and for both papers role, sentence, start and end (of the mention within
        the sentence): role, sentence, start, end, other_role, other_sentence, other_start,
        other_end. First what a sentence or reference says, then what they share (weight: its
        part of the link), the heaviest first, and last the sentences that are most alike
        (weight: the cosine of the texts).

    Raises:
        NotFoundError: there is no such paper.
    """
    if source == target:
        same = pd.DataFrame(columns=_WHY)
        same.attrs["note"] = "Both are the same paper."
        return same
    texts = [_text(_known(atlas, "papers", "paper_id", paper_id)) for paper_id in (source, target)]
    told = [*_said_by_links(atlas, source, target, False), *_said_by_links(atlas, target, source, True)]
    own, other = (atlas.where("paper_concepts", "paper_id", i).set_index("concept_id") for i in (source, target))
    shared = []
    for concept_id in own.index.intersection(other.index):
        concept = atlas.where("concepts", "concept_id", concept_id).iloc[0]
        row = {
            "relation": str(Relation.SHARES),
            "label": concept["label"],
            "kind": concept["kind"],
            "concept_id": concept_id,
            # As in the link itself, where both sides' weights count by kind.
            "weight": float(own.loc[concept_id, "weight"] * other.loc[concept_id, "weight"])
            * KIND_WEIGHTS[Kind(concept["kind"])] ** 2,
        }
        for prefix, paper_id, roles in (("", source, own), ("other_", target, other)):
            sentence, start, end = proof(atlas, paper_id, concept_id)
            row |= {f"{prefix}role": roles.loc[concept_id, "role"], f"{prefix}sentence": sentence}
            row |= {f"{prefix}start": start, f"{prefix}end": end}
        shared.append(row)
    total = sum(row["weight"] for row in shared)
    shared = [row | {"weight": row["weight"] / total} for row in shared]
    alike, ours, theirs = compare(*texts)
    similar = {
        "relation": str(Relation.SIMILAR),
        "label": "",
        "weight": alike,
        "sentence": texts[0][slice(*ours)],
        "other_sentence": texts[1][slice(*theirs)],
    }
    told.sort(key=lambda row: -row["weight"])
    shared.sort(key=lambda row: (-row["weight"], row["label"]))
    return pd.DataFrame([*told, *shared, similar], columns=_WHY)


def proof(atlas: Atlas, paper_id: str, concept_id: str) -> tuple[str, int, int]:
    """Return the sentence that shows best how a paper names a concept, and where in it the mention stands."""
    named = atlas.where("mentions", "paper_id", paper_id)
    named = named[named["concept_id"] == concept_id]
    title, abstract = atlas.where("papers", "paper_id", paper_id)[["title", "abstract"]].iloc[0]
    in_title = named["start"] <= len(title)
    # A sentence says more than a title.
    rank = named["role"].map(ROLE_ORDER).to_numpy(dtype=int) * 2 + in_title.to_numpy(dtype=int)
    best = named.iloc[int(rank.argmin())]
    sentence = text(title, abstract)[best["sentence_start"] : best["sentence_end"]].rstrip()
    return sentence, int(best["start"] - best["sentence_start"]), int(best["end"] - best["sentence_start"])


def _said_by_links(atlas: Atlas, source: str, target: str, passive: bool) -> list[dict[str, Any]]:
    """Return what sentences and references say from one paper to the other, read from the other if passive."""
    links = atlas.where("links", "source", source)
    rows = []
    for link in links[(links["target"] == target) & links["relation"].isin(PASSIVE_LINKS)].itertuples():
        artefact = link.relation == Relation.BUILDS_ON
        sentences = [" … ".join(link.evidence), " … ".join(_cut(atlas, target, link.target_places))]
        own, other = reversed(sentences) if passive else sentences
        rows.append(
            {
                "relation": PASSIVE_LINKS[link.relation] if passive else link.relation,
                "label": _label(atlas, link.via) if artefact else link.via,
                "concept_id": link.via if artefact else None,
                "weight": float(link.weight),
                "sentence": own,
                "other_sentence": other,
            }
        )
    return rows


def _text(paper: Mapping[str, Any]) -> str:
    return text(paper["title"], paper["abstract"])


def _label(atlas: Atlas, concept_id: str) -> str:
    return str(atlas.where("concepts", "concept_id", concept_id)["label"].iloc[0])


def _cut(atlas: Atlas, paper_id: str, places: Iterable[str]) -> list[str]:
    """Return the sentences at some places of a paper's text."""
    title, abstract = atlas.where("papers", "paper_id", paper_id)[["title", "abstract"]].iloc[0]
    spans = [tuple(map(int, place.split(":"))) for place in places]
    return [text(title, abstract)[start:end].strip() for start, end in spans]


def _related(atlas: Atlas, concept_id: str, n: int = 12) -> pd.DataFrame:
    """Return the concepts that occur with one more often than by chance."""
    named = incidence(atlas)
    own = places(atlas)[CONCEPT + concept_id]
    papers = named.by_concept.indices[named.by_concept.indptr[own] : named.by_concept.indptr[own + 1]]
    together = np.asarray(named.matrix[papers].sum(axis=0)).ravel()
    others = np.flatnonzero(together > (1 if len(papers) > 1 else 0))
    others = others[others != own]
    both = atlas.concepts[["concept_id", "label", "kind", "n_papers"]].take(others)
    expected = both["n_papers"].to_numpy(dtype=float) * len(papers) / len(atlas.papers)
    both = both.assign(n_papers=together[others].astype(np.int64), lift=together[others] / expected)
    both = both.assign(score=both["n_papers"].to_numpy() * np.log(both["lift"].to_numpy(dtype=float)))
    both = both[both["lift"] > 1].sort_values(["score", "concept_id"], ascending=[False, True], ignore_index=True)
    return both[["concept_id", "label", "kind", "n_papers", "lift"]].head(n)
