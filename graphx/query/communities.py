"""What a community is about, which sentences say so, and what ties it to others; two of them side by side."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graphx.atlas import Atlas
from graphx.errors import NotFoundError
from graphx.query.incidence import Numbers, incidence
from graphx.query.nodes import CONCEPT
from graphx.query.places import places
from graphx.query.selections import community_of, ends
from graphx.tables import Kind, Relation

MOST_TIED = 3
"""Communities that are named for every paper that bridges them."""
_FIRST = {Relation.BUILDS_ON: 0, Relation.CITES: 0, Relation.SHARES: 1, Relation.SIMILAR: 2}
MOST_OF_ONE = 2
"""Links of one paper that are named where two communities are compared."""
METRIC = 0.3
"""What a metric counts where concepts are ranked: it names no topic."""


@dataclass(frozen=True)
class CommunityAnswer:
    """What an atlas knows of a community.

    Attributes:
        community: its row of `communities`, and `certainty`, the mean of its papers'.
        above: community_id, label, n_papers of what holds it; the coarsest first.
        below: the same of what it divides into; the largest first.
        terms: concept_id, label, kind, n_papers (of the community, that name it), share; the most telling first.
        sentences: paper_id, title, sentence, spans (start and end of every mention of a term); they justify the label.
        papers: paper_id, title, year, certainty; the most central first, then the surest.
        bridges: paper_id, title, community_id, label, other_id, other_title, relation, because: a row for each other
            community of the level that a bridging paper is tied to, with its strongest link there.
    """

    community: Mapping[str, Any]
    above: pd.DataFrame
    below: pd.DataFrame
    terms: pd.DataFrame
    sentences: pd.DataFrame
    papers: pd.DataFrame
    bridges: pd.DataFrame


@dataclass(frozen=True)
class Comparison:
    """What sets two communities apart, and what ties them.

    Attributes:
        one: the row of `communities` of the first.
        other: that of the second.
        n: papers of each that are compared.
        apart: concept_id, label, kind, n_one, n_other, share_one, share_other, side (0: of the first, 1: of the
            second); of each side the most telling first.
        shared: the same columns but side; the most telling first.
        ties: paper_id, title (of the first), other_id, other_title (of the second), relation, weight, because;
            the strongest links between them.
        note: what to know of it, if the one is part of the other.
    """

    one: Mapping[str, Any]
    other: Mapping[str, Any]
    n: tuple[int, int]
    apart: pd.DataFrame
    shared: pd.DataFrame
    ties: pd.DataFrame
    note: str = ""


def community(atlas: Atlas, community_id: str) -> CommunityAnswer:
    """Say what a community is about and why it is called so, what it is part of, and which papers lead out of it.

    Raises:
        NotFoundError: there is no such community.
    """
    row = _row(atlas, community_id)
    member = atlas.where("membership", "community_id", community_id)[["paper_id", "certainty"]]
    columns = ["community_id", "label", "n_papers"]
    above: list[dict[str, Any]] = []
    parent = row["parent"]
    while isinstance(parent, str):
        above.insert(0, _row(atlas, parent))
        parent = above[0]["parent"]
    below = atlas.where("communities", "parent", community_id)[columns]
    papers = atlas.joined(member, "papers", "paper_id", ["title", "year"])
    rank = {paper_id: n for n, paper_id in enumerate(row["central"])}
    papers["rank"] = papers["paper_id"].map(rank).fillna(len(rank)).astype(int)
    papers = papers.sort_values(["rank", "certainty", "title"], ascending=[True, False, True], ignore_index=True)
    return CommunityAnswer(
        row | {"certainty": float(member["certainty"].mean()) if len(member) else 0.0},
        pd.DataFrame(above, columns=columns),
        below.sort_values("n_papers", ascending=False, kind="stable", ignore_index=True),
        _terms(atlas, row, places_of(atlas, community_id)),
        _sentences(atlas, row),
        papers[["paper_id", "title", "year", "certainty"]],
        _bridges(atlas, row),
    )


def compare_communities(atlas: Atlas, one: str, other: str, n: int = 10) -> Comparison:
    """Say what sets two communities apart, which concepts both name, and which papers tie them.

    A concept's weight on a side is p · log2(p / m), where p is its share of the side's papers and m the
    mean of both shares: its part of the Jensen-Shannon divergence (J. Lin, "Divergence measures based on the
    Shannon entropy", IEEE Transactions on Information Theory 37, 1991). What both name is ranked by the
    smaller share times ln(N / n) for a concept that n of all N papers name. A metric counts less. If one holds
    the other, it is compared without it.

    Args:
        atlas: the atlas.
        one: a `community_id` of any level.
        other: another.
        n: concepts of each sort, and links, at most.

    Raises:
        NotFoundError: there is no such community.
    """
    rows = _row(atlas, one), _row(atlas, other)
    members = [places_of(atlas, one), places_of(atlas, other)]
    note = "Both are the same community." if one == other else ""
    for side in (0, 1):
        if one != other and len(members[1 - side]) and np.isin(members[1 - side], members[side]).all():
            members[side] = np.setdiff1d(members[side], members[1 - side])
            note = (
                f"{rows[1 - side]['community_id']} is part of {rows[side]['community_id']}, "
                "which is compared without it."
            )
    named = [np.asarray(incidence(atlas).matrix[part].sum(axis=0)).ravel() for part in members]
    shares = [count / max(len(part), 1) for count, part in zip(named, members, strict=True)]
    counts = np.where((atlas.concepts["kind"] == Kind.METRIC).to_numpy(dtype=bool), METRIC, 1.0)

    def told(best: Numbers) -> pd.DataFrame:
        concepts = atlas.concepts[["concept_id", "label", "kind"]].take(best).reset_index(drop=True)
        numbers = {"n_one": named[0][best].astype(int), "n_other": named[1][best].astype(int)}
        return concepts.assign(**numbers, share_one=shares[0][best], share_other=shares[1][best])

    apart = []
    mean = np.maximum((shares[0] + shares[1]) / 2, 1e-12)
    for side in (0, 1):
        telling = shares[side] * np.log2(np.maximum(shares[side], 1e-12) / mean) * counts
        several = named[side] >= min(2, len(members[side]))
        apart.append(told(_best(np.where(several, telling, 0.0), n)).assign(side=side))
    idf = np.log(len(atlas.papers) / np.maximum(atlas.concepts["n_papers"].to_numpy(dtype=float), 1))
    shared = told(_best(np.minimum(*shares) * idf * counts, n))
    return Comparison(
        *rows,
        (len(members[0]), len(members[1])),
        pd.concat(apart, ignore_index=True),
        shared,
        _between(atlas, members[0], members[1], n),
        note,
    )


def places_of(atlas: Atlas, community_id: str) -> Numbers:
    """Return the row numbers of a community's papers."""
    member = atlas.where("membership", "community_id", community_id)["paper_id"]
    return np.array(sorted(places(atlas)[paper_id] for paper_id in member), dtype=np.int64)


def _row(atlas: Atlas, community_id: str) -> dict[str, Any]:
    rows = atlas.where("communities", "community_id", community_id)
    if rows.empty:
        near = difflib.get_close_matches(community_id, list(atlas.communities["community_id"]), n=3, cutoff=0.4)
        raise NotFoundError.nothing_called(community_id, near or list(atlas.coarsest["community_id"].head(3)))
    return {str(key): value for key, value in rows.iloc[0].to_dict().items()}


def _best(score: NDArray[np.float64], n: int) -> Numbers:
    """Return where the n highest scores above 0 are; of equal ones the first comes first."""
    best = np.argsort(-score.round(9), kind="stable")[:n]
    return best[score[best].round(9) > 0]


def _terms(atlas: Atlas, row: Mapping[str, Any], members: Numbers) -> pd.DataFrame:
    """Return the concepts that a community's terms name; of several of one label the one it names most."""
    count = np.asarray(incidence(atlas).matrix[members].sum(axis=0)).ravel()
    named = np.flatnonzero(count)
    concepts = atlas.concepts[["concept_id", "label", "kind"]].take(named).assign(n_papers=count[named].astype(int))
    concepts = concepts[concepts["label"].isin(row["terms"])].sort_values("n_papers", ascending=False, kind="stable")
    rank = {term: n for n, term in enumerate(row["terms"])}
    concepts = concepts.drop_duplicates("label").assign(share=lambda c: c["n_papers"] / max(len(members), 1))
    return concepts.sort_values("label", key=lambda label: label.map(rank), ignore_index=True)


def _sentences(atlas: Atlas, row: Mapping[str, Any]) -> pd.DataFrame:
    """Return the sentences that justify a label, with the places of what they name of it."""
    terms = set(row["terms"])
    found = []
    for sentence, place in zip(row["evidence"], row["places"], strict=True):
        paper_id, _, span = place.rpartition(" ")
        start, end = map(int, span.split(":"))
        mentions = atlas.joined(atlas.where("mentions", "paper_id", paper_id), "concepts", "concept_id", ["label"])
        mentions = mentions[mentions["label"].isin(terms) & (mentions["start"] >= start) & (mentions["end"] <= end)]
        spans = [(m.start - start, m.end - start) for m in mentions.sort_values("start").itertuples()]
        title = atlas.where("papers", "paper_id", paper_id)["title"].iloc[0]
        found.append({"paper_id": paper_id, "title": title, "sentence": sentence, "spans": spans})
    return pd.DataFrame(found, columns=["paper_id", "title", "sentence", "spans"])


def _bridges(atlas: Atlas, row: Mapping[str, Any]) -> pd.DataFrame:
    """Return the communities of the same level that a community's bridging papers are tied to, by their best link."""
    of, (source, target) = community_of(atlas, int(row["level"])), ends(atlas)
    backbone = atlas.links["backbone"].to_numpy(dtype=bool)
    own = atlas.communities["community_id"].to_numpy(dtype=object) == row["community_id"]
    parts = []
    for paper_id in row["bridging"]:
        place = places(atlas)[paper_id]
        links = np.flatnonzero(backbone & ((source == place) | (target == place)))
        other = np.where(source[links] == place, target[links], source[links])
        weight = atlas.links["weight"].to_numpy(dtype=float)[links]
        out = (of[other] >= 0) & ~own[of[other]]
        total = np.bincount(of[other[out]], weights=weight[out], minlength=len(own)).astype(np.float64)
        for its in _best(total, MOST_TIED):
            there = np.flatnonzero(of[other] == its)
            best = there[int(np.argmax(weight[there].round(9)))]
            parts.append((paper_id, int(its), int(other[best]), int(links[best])))
    return pd.DataFrame(
        [
            {
                "paper_id": paper_id,
                "title": atlas.papers["title"].iat[places(atlas)[paper_id]],
                "community_id": atlas.communities["community_id"].iat[its],
                "label": atlas.communities["label"].iat[its],
                "other_id": atlas.papers["paper_id"].iat[other],
                "other_title": atlas.papers["title"].iat[other],
                **_reason(atlas, link),
            }
            for paper_id, its, other, link in parts
        ],
        columns=["paper_id", "title", "community_id", "label", "other_id", "other_title", "relation", "because"],
    )


def _between(atlas: Atlas, one: Numbers, other: Numbers, n: int) -> pd.DataFrame:
    """Return the strongest links between two groups of papers; what sentences and references say comes first."""
    source, target = ends(atlas)
    side = np.zeros(len(atlas.papers), dtype=np.int8)
    side[one], side[other] = 1, 2
    links = np.flatnonzero((side[source] > 0) & (side[target] > 0) & (side[source] != side[target]))
    weight = atlas.links["weight"].to_numpy(dtype=float)[links]
    rank = atlas.links["relation"].take(links).map(_FIRST).to_numpy(dtype=int)
    order = links[np.lexsort((-weight.round(9), rank))]
    best: list[int] = []
    seen = np.zeros(len(atlas.papers), dtype=np.int8)
    for link in order.tolist():
        if len(best) < n and seen[source[link]] < MOST_OF_ONE and seen[target[link]] < MOST_OF_ONE:
            seen[[source[link], target[link]]] += 1
            best.append(link)
    ids, titles = atlas.papers["paper_id"], atlas.papers["title"]
    rows = []
    for link in best:
        first, second = int(source[link]), int(target[link])
        if side[first] == 2:
            first, second = second, first
        pair = {"paper_id": ids.iat[first], "title": titles.iat[first]}
        pair |= {"other_id": ids.iat[second], "other_title": titles.iat[second]}
        rows.append(pair | {"weight": float(atlas.links["weight"].iat[link])} | _reason(atlas, link))
    columns = ["paper_id", "title", "other_id", "other_title", "relation", "weight", "because"]
    return pd.DataFrame(rows, columns=columns)


def _reason(atlas: Atlas, link: int) -> dict[str, str]:
    """Return a link's relation, and in words what proves it: labels of what both name, or a sentence."""
    relation, proof = str(atlas.links["relation"].iat[link]), list(atlas.links["evidence"].iat[link])
    if relation == Relation.SHARES:
        labels = [atlas.concepts["label"].iat[places(atlas)[CONCEPT + i]] for i in proof[:4]]
        return {"relation": relation, "because": ", ".join(labels)}
    return {"relation": relation, "because": " … ".join(proof)}
