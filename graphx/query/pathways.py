"""How two papers or concepts hang together: the most convincing typed paths, with a sentence for every hop."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from graphx.atlas import Atlas
from graphx.errors import NotFoundError
from graphx.papers import text
from graphx.query.incidence import incidence, numbers
from graphx.query.nodes import CONCEPT, PASSIVE_LINKS
from graphx.query.places import places
from graphx.tables import ROLE_ORDER, Kind, Relation, Role

COLUMNS = [
    "path", "step", "node_id", "label", "type", "kind", "relation", "strength", "sentence", "sentence_paper", "start",
    "end", "score",
]  # fmt: skip
ROLES = {Role.INTRODUCES: 1.0, Role.USES: 0.95, Role.COMPARES: 0.85, Role.MENTIONS: 0.65}
"""What a paper's tie to a concept counts by its role."""
METRIC = 0.7
"""What a tie to a metric counts: that two papers both report a speedup says little."""
TITLED = 3
"""So many mentions more a concept in the title counts, since it is what the paper is about."""
LINKS = (Relation.BUILDS_ON, Relation.CITES, Relation.SIMILAR)
"""The links that are hops."""
ALIKE = 0.72
"""Least cosine of a link `similar` that is one: less alike texts need not say the same."""
TOLD = 0.7
"""The strength of a link that a paper itself states, by naming what the other introduces or by citing it."""
STRONGEST = 0.95
"""No hop is certain, so that of two paths over ties as strong the shorter one wins."""
PENALTY = 1.5
"""What passing a node that an earlier path passed costs the next one, as the negative logarithm of a strength."""
RADII = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 6.0, np.inf)

_PASSIVE = {
    Role.INTRODUCES: "is_introduced_by",
    Role.USES: "is_used_by",
    Role.COMPARES: "is_compared_by",
    Role.MENTIONS: "is_mentioned_by",
    **PASSIVE_LINKS,
    Relation.SIMILAR: "similar",
}


class Proofs(NamedTuple):
    """What the text says of every row of `paper_concepts`.

    Attributes:
        mention: the row of `mentions` that proves it best: the strongest role, rather not in the title, which
            is the paper's label, and the first of these.
        titled: whether the title names the concept.
    """

    mention: NDArray[np.int64]
    titled: NDArray[np.bool_]

    @classmethod
    def of(cls, atlas: Atlas) -> "Proofs":
        """Look every row of `paper_concepts` up in `mentions`."""
        size = max(len(atlas.concepts), 1)
        mentions, start = atlas.mentions, atlas.mentions["start"].to_numpy(dtype=np.int64)
        paper = numbers(mentions["paper_id"], atlas.papers["paper_id"])
        pair = paper * size + numbers(mentions["concept_id"], atlas.concepts["concept_id"])
        wanted = incidence(atlas).paper * size + incidence(atlas).concept
        titled = start < atlas.papers["title"].str.len().to_numpy(dtype=np.int64)[paper]
        order = np.lexsort((start, titled, mentions["role"].map(ROLE_ORDER).to_numpy(dtype=np.int64), pair))
        first = order[np.searchsorted(pair[order], wanted)]
        return cls(first, np.isin(wanted, pair[titled]))


class Ties(NamedTuple):
    """The graph that paths go over. Its nodes are all papers, then the concepts that two papers or more name.

    Attributes:
        node_ids: the nodes.
        places: the place of every node.
        cost: sparse and symmetric, -ln of the strength of each tie.
        row: for each entry of `cost` the row of `paper_concepts` that it stands for, or, counted on from their
            number, the row of `links`.
        opposite: for each entry of `cost` where the entry of the other direction is.
        component: a number for each node, equal for those that a path joins.
    """

    node_ids: NDArray[np.object_]
    places: dict[str, int]
    cost: csr_array
    row: NDArray[np.int64]
    opposite: NDArray[np.int64]
    component: NDArray[np.int32]

    @classmethod
    def of(cls, atlas: Atlas) -> "Ties":
        """Weigh what ties papers and concepts.

        A paper's tie to a concept has the strength role · n/(n + 1) · (ln(1 + N/df) / ln(1 + N))^1.5, with n
        mentions in the paper (and `TITLED` more if the title is one) and df of all N papers naming the concept:
        the saturation is that of BM25, the last factor the inverse document frequency, so that a hub is no
        short cut. A metric counts `METRIC`. `builds_on` has .7 + .3 · weight, `cites` .7 and `similar` the sixth
        power of its weight. Of several ties between two nodes the strongest counts. `shares` is left out, since
        the concepts themselves are its hops.
        """
        links, papers = atlas.links, atlas.papers["paper_id"]
        paper, concept = incidence(atlas).paper, incidence(atlas).concept
        df = np.bincount(concept, minlength=len(atlas.concepts))
        inside = np.cumsum(df > 1) - 1 + len(papers)  # the place of each concept that several papers name
        kept = np.flatnonzero(df[concept] > 1)
        alike = (links["relation"] != Relation.SIMILAR) | (links["weight"] >= ALIKE)
        chosen = np.flatnonzero((links["relation"].isin(LINKS) & alike).to_numpy(dtype=bool))
        first = [paper[kept], inside[concept[kept]]]
        second = [numbers(links[end].take(chosen), papers) for end in ("source", "target")]
        strength = np.concatenate([_role_strength(atlas, kept, df[concept[kept]]), _link_strength(links.take(chosen))])
        source, target = (np.concatenate([a, b]).astype(np.int64) for a, b in zip(first, second, strict=True))
        row = np.concatenate([kept, chosen + len(concept)])
        node_ids = np.array([*papers, *(CONCEPT + atlas.concepts["concept_id"][df > 1])], dtype=object)
        cost, row = _symmetric(source, target, -np.log(strength), row, len(node_ids))
        entries = csr_array((np.arange(len(row)), cost.indices, cost.indptr), shape=cost.shape)
        component = connected_components(cost, directed=False)[1]
        where = {node: place for place, node in enumerate(node_ids)}
        return cls(node_ids, where, cost, row, entries.T.tocsr().data, component)


def path(atlas: Atlas, source: str, target: str, k: int = 3) -> pd.DataFrame:
    """Return the k most convincing paths between two papers or concepts, each with other stations.

    A path's score is the product of the strengths of its ties (`Ties.of`), so the best is the cheapest by
    their negative logarithm (E. Dijkstra, "A note on two problems in connexion with graphs", 1959, from both
    ends). The next is the cheapest when passing a station of an earlier one costs a penalty (Y. Chen, M. Bell
    and K. Bogenberger, "Reliable pretrip multipath planning and dynamic adaptation for a centralized road
    navigation system", 2007), and is kept if at most half of its stations are those of an earlier one.

    Args:
        atlas: the atlas.
        source: a node, as `find` gives it.
        target: another.
        k: how many paths at most.

    Returns:
        path (1 is the best), step (from 0), node_id, label, type, kind (of a concept), relation, strength,
        sentence, sentence_paper, start, end, score (of the path). The relation and what follows it say how a node is
        tied to the next, and are null for the last: a role or a link's relation, read from the node to the
        next (`uses`, `is_used_by` …), and the sentence that proves it, from the text of `sentence_paper`,
        with the place of the mention in it where there is one. If there is no path, the frame is empty and
        `attrs["note"]` says why.

    Raises:
        NotFoundError: an end is not in the atlas.
    """
    ends = [_entry(atlas, node) for node in (source, target)]
    ties = atlas.once("ties", Ties.of)
    entry, exit_ = (ties.places[chain[-1]] for chain in ends)
    note = ""
    found: list[list[int]] = []
    if source == target:
        note = "both ends are the same"
    elif ties.component[entry] != ties.component[exit_]:
        note = "no path: nothing that two papers name, and no link, joins what lies around the two ends"
    else:
        found = _paths(ties, entry, exit_, k)
    chains = [[*ends[0][:-1], *ties.node_ids[nodes], *ends[1][-2::-1]] for nodes in found]
    paths = [_hops(atlas, ties, chain) for chain in chains]
    paths.sort(key=lambda hops: -float(hops[0]["score"]))  # stable: equal ones stay in the order of being found
    rows = [{"path": number, **hop} for number, hops in enumerate(paths, 1) for hop in hops]
    frame = pd.DataFrame(rows, columns=COLUMNS).astype({"start": "Int64", "end": "Int64"})
    frame.attrs["note"] = note
    return frame


def _role_strength(atlas: Atlas, rows: NDArray[np.int64], df: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the strengths of some rows of `paper_concepts`, whose concepts `df` papers name."""
    metric = (atlas.concepts["kind"] == Kind.METRIC).to_numpy(dtype=bool)[incidence(atlas).concept[rows]]
    ties = atlas.paper_concepts[["role", "n_mentions"]].take(rows)
    role = ties["role"].map(ROLES).to_numpy(dtype=float) * np.where(metric, METRIC, 1.0)
    n = ties["n_mentions"].to_numpy(dtype=float) + TITLED * atlas.once("proofs", Proofs.of).titled[rows]
    idf = np.log1p(len(atlas.papers) / df) / np.log1p(len(atlas.papers))
    strength: NDArray[np.float64] = np.minimum(role * n / (n + 1) * idf**1.5, STRONGEST)
    return strength


def _link_strength(links: pd.DataFrame) -> NDArray[np.float64]:
    """Return the strength of links; that texts are alike says something only where they are very much so."""
    weight = links["weight"].to_numpy(dtype=float)
    told = TOLD + (1 - TOLD) * np.where(links["relation"] == Relation.BUILDS_ON, weight, 0.0)
    strength = np.where(links["relation"] == Relation.SIMILAR, weight**6, told)
    return np.clip(strength, 1e-3, STRONGEST)


def _symmetric(
    source: NDArray[np.int64], target: NDArray[np.int64], cost: NDArray[np.float64], row: NDArray[np.int64], size: int
) -> tuple[csr_array, NDArray[np.int64]]:
    """Return a cost matrix with both directions of every tie, the cheapest of each pair, and their rows."""
    ends, others = np.concatenate([source, target]), np.concatenate([target, source])
    cost, row = np.tile(cost, 2), np.tile(row, 2)
    pair = ends * size + others
    order = np.lexsort((row, cost, pair))
    pair, order = pair[order], order[np.concatenate([[True], np.diff(pair[order]) > 0])[: len(order)]]
    start = np.concatenate([[0], np.cumsum(np.bincount(ends[order], minlength=size))]).astype(np.int32)
    return csr_array((cost[order], others[order].astype(np.int32), start), shape=(size, size)), row[order]


def _entry(atlas: Atlas, node: str) -> list[str]:
    """Return a node, and after it the one paper that names it if it is a concept that only one names."""
    if node not in places(atlas):
        raise NotFoundError.nothing_called(node)
    papers = atlas.where("paper_concepts", "concept_id", node.removeprefix(CONCEPT))["paper_id"]
    return [node, *papers] if len(papers) == 1 else [node]


def _paths(ties: Ties, source: int, target: int, k: int) -> list[list[int]]:
    """Return up to k paths as places of nodes, the ends included."""
    cost = ties.cost.copy()
    found: list[list[int]] = []
    radius = RADII[0]
    for _ in range(2 * k):
        nodes, radius = _cheapest(cost, source, target, radius)
        stations = set(nodes[1:-1])
        shared = max((len(stations & set(other[1:-1])) for other in found), default=0)
        if nodes not in found and 2 * shared <= len(stations):
            found.append(nodes)
        if len(found) == k or (not stations and len(nodes) < 2):
            break
        for node in stations:
            edges = slice(cost.indptr[node], cost.indptr[node + 1])
            cost.data[edges] += PENALTY / 2
            cost.data[ties.opposite[edges]] += PENALTY / 2
        if not stations:  # the direct tie is told; from now on the long way round
            edge = _edge(cost, *nodes)
            cost.data[[edge, ties.opposite[edge]]] += 4 * PENALTY
    return found


def _cheapest(cost: csr_array, source: int, target: int, radius: float) -> tuple[list[int], float]:
    """Return the cheapest path and how far was searched around both ends; the two must be connected.

    A path of at most twice the radius has a tie from a node within the radius of one end to a node
    within that of the other, so the cheapest over such a tie is the cheapest of all.
    """
    if source == target:
        return [source], radius
    for limit in RADII[RADII.index(radius) :]:
        from_source, before = dijkstra(cost, indices=source, return_predecessors=True, limit=limit)
        from_target, after = dijkstra(cost, indices=target, return_predecessors=True, limit=limit)
        reached = np.flatnonzero(np.isfinite(from_source))
        edges = cost[reached]
        at = np.repeat(reached, np.diff(edges.indptr))
        total = from_source[at] + edges.data + from_target[edges.indices]
        best = int(total.argmin()) if len(total) else 0
        if len(total) and total[best] <= 2 * limit and np.isfinite(total[best]):
            return [*_back(before, at[best])[::-1], *_back(after, edges.indices[best])], limit
    raise ValueError("the ends of a path lie in one component")


def _back(previous: NDArray[np.int32], node: int) -> list[int]:
    """Return the nodes from one back to where the search began."""
    nodes = []
    while node >= 0:
        nodes.append(int(node))
        node = previous[node]
    return nodes


def _edge(cost: csr_array, source: int, target: int) -> int:
    """Return the place of the entry between two nodes; columns are sorted within a row."""
    begin, end = cost.indptr[source], cost.indptr[source + 1]
    return int(begin + np.searchsorted(cost.indices[begin:end], target))


def _hops(atlas: Atlas, ties: Ties, nodes: Sequence[str]) -> list[dict[str, Any]]:
    """Return the rows of a path, without its number."""
    rows: list[dict[str, Any]] = []
    for step, (node, following) in enumerate(zip(nodes, [*nodes[1:], None], strict=True)):
        tie = _tie(atlas, ties, node, following) if following else {}
        concept = node.startswith(CONCEPT)
        place = places(atlas)[node]
        label = (atlas.concepts["label"] if concept else atlas.papers["title"]).iat[place]
        kind = atlas.concepts["kind"].iat[place] if concept else None
        told = {"label": label, "type": "concept" if concept else "paper", "kind": kind}
        rows.append({"step": step, "node_id": node, **told, **tie})
    score = float(np.prod([row["strength"] for row in rows[:-1]]))
    return [{**row, "score": score} for row in rows]


def _tie(atlas: Atlas, ties: Ties, node: str, following: str) -> dict[str, Any]:
    """Say how a node is tied to the next, and which sentence proves it."""
    if node in ties.places and following in ties.places:
        edge = _edge(ties.cost, ties.places[node], ties.places[following])
        strength, number = float(np.exp(-ties.cost.data[edge])), int(ties.row[edge])
    else:  # a concept at an end that only one paper names, so that there is one row to look for
        concept = places(atlas)[node if node.startswith(CONCEPT) else following]
        number = int(np.flatnonzero(incidence(atlas).concept == concept)[0])
        strength = float(_role_strength(atlas, np.array([number]), np.ones(1, dtype=np.int64))[0])
    if number < len(atlas.paper_concepts):
        role = atlas.paper_concepts["role"].iloc[number]
        relation = _PASSIVE[role] if node.startswith(CONCEPT) else role
        return {"relation": relation, "strength": strength, **_sentence(atlas, number)}
    link = atlas.links.iloc[number - len(atlas.paper_concepts)]
    relation = link["relation"] if link["source"] == node else _PASSIVE[link["relation"]]
    via = f"{CONCEPT}{link['via']}"
    if link["relation"] == Relation.BUILDS_ON and via in ties.places:
        number = int(ties.row[_edge(ties.cost, ties.places[link["source"]], ties.places[via])])
        return {"relation": relation, "strength": strength, **_sentence(atlas, number)}
    proof = link["evidence"][0] if len(link["evidence"]) else ""
    return {"relation": relation, "strength": strength, "sentence": proof, "sentence_paper": link["source"]}


def _sentence(atlas: Atlas, row: int) -> dict[str, Any]:
    """Return the sentence that proves a row of `paper_concepts`, with the place of the mention in it."""
    m = atlas.mentions.iloc[int(atlas.once("proofs", Proofs.of).mention[row])]
    place = places(atlas)[m["paper_id"]]
    title, abstract = atlas.papers["title"].iat[place], atlas.papers["abstract"].iat[place]
    return {
        "sentence": text(title, abstract)[m["sentence_start"] : m["sentence_end"]].rstrip(),
        "sentence_paper": m["paper_id"],
        "start": m["start"] - m["sentence_start"],
        "end": m["end"] - m["sentence_start"],
    }
