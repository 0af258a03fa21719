"""Which part of an atlas to look at, and which papers and concepts that is."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphx.atlas import Atlas
from graphx.errors import NotFoundError
from graphx.links import NOISE, backbone
from graphx.query.incidence import Numbers, incidence, numbers
from graphx.query.nodes import COMMUNITY, CONCEPT, row_of
from graphx.query.places import places
from graphx.tables import Kind

MOST_AROUND = 60
"""Papers, and as many concepts, around the node that is in focus; the most strongly tied."""


@dataclass(frozen=True)
class Selection:
    """Which part of an atlas to look at; the default is all of it."""

    kinds: frozenset[str] = field(default_factory=lambda: frozenset(Kind))
    communities: frozenset[str] | None = None
    """Communities of level 0."""
    min_papers: int = 1
    noise: float = 1.0
    """From 0, only each paper's strongest link, to 1, all that are stored: see `links.backbone`."""
    of: Literal["papers", "concepts", "both"] = "both"
    within: str | None = None
    """One community of any level."""
    focus: str | None = None
    """A node: what is tied to it, whatever the community."""


READABLE = Selection(min_papers=2, noise=NOISE)
"""What is drawn at first: no concept that only one paper names, no link that hubs make."""


class Rows(NamedTuple):
    """Row numbers of `papers` and of `concepts`, ascending."""

    papers: Numbers
    concepts: Numbers


class Ends(NamedTuple):
    """Both ends of every link, as row numbers of `papers`."""

    source: Numbers
    target: Numbers


def rows(atlas: Atlas, selection: Selection) -> Rows:
    """Return the papers and concepts of a selection.

    A concept is in the community whose papers name it with most weight (`homes`). Around a node in
    focus are the papers it is tied to by links of the backbone, or those that name it, and the
    concepts that it names, or that these papers name.

    Raises:
        NotFoundError: there is no such node or community.
    """
    n_papers = atlas.concepts["n_papers"].to_numpy(dtype=np.int64)
    wanted = atlas.concepts["kind"].isin(selection.kinds).to_numpy(dtype=bool) & (n_papers >= selection.min_papers)
    paper = np.ones(len(atlas.papers), dtype=bool)
    if selection.communities is not None:
        known = _numbered(atlas, sorted(selection.communities))
        paper &= np.isin(community_of(atlas, 0), known)
        wanted &= np.isin(homes(atlas, 0), known)
    if selection.within is not None:
        level = int(row_of(atlas, "communities", "community_id", selection.within)["level"])
        own = _numbered(atlas, [selection.within])
        paper &= np.isin(community_of(atlas, level), own)
        wanted &= np.isin(homes(atlas, level), own)
    if selection.focus is not None:
        around = _around(atlas, selection.focus, wanted)
        paper, wanted = (_mask(part, len(whole)) for part, whole in zip(around, (paper, wanted), strict=True))
    chosen = Rows(np.flatnonzero(paper), np.flatnonzero(wanted))
    nothing = np.zeros(0, dtype=np.int64)
    if selection.of == "papers":
        return chosen._replace(concepts=nothing)
    return chosen._replace(papers=nothing) if selection.of == "concepts" else chosen


def community_of(atlas: Atlas, level: int) -> Numbers:
    """Return every paper's community of a level as a row number of `communities`, -1 for none; made once."""

    def make(atlas: Atlas) -> Numbers:
        member = atlas.membership[atlas.membership["level"] == level]
        community = np.full(len(atlas.papers), -1, dtype=np.int64)
        community[numbers(member["paper_id"], atlas.papers["paper_id"])] = numbers(
            member["community_id"], atlas.communities["community_id"]
        )
        return community

    return atlas.once(f"communities of level {level}", make)


def homes(atlas: Atlas, level: int) -> Numbers:
    """Return for every concept the community of a level whose papers name it with most weight; made once.

    Below level 0 only papers of its community one level up count, as on the map: homes nest.

    Returns:
        Row numbers of `communities`, -1 where none of its papers is in one of that level.
    """

    def make(atlas: Atlas) -> Numbers:
        named, community = incidence(atlas), community_of(atlas, level)
        inside = community[named.paper] >= 0
        if level:
            inside &= community_of(atlas, level - 1)[named.paper] == homes(atlas, level - 1)[named.concept]
        pairs = named.concept[inside] * (len(atlas.communities) + 1) + community[named.paper[inside]]
        weight = atlas.paper_concepts["weight"].to_numpy(dtype=float)[inside]
        pair, place = np.unique(pairs, return_inverse=True)
        concept, its = np.divmod(pair, len(atlas.communities) + 1)
        total = np.bincount(place, weights=weight, minlength=len(pair)).round(9)
        order = np.lexsort([its, -total, concept])  # of equal ones the first
        first = order[np.r_[True, np.diff(concept[order]) > 0][: len(order)]]
        home = np.full(len(atlas.concepts), -1, dtype=np.int64)
        home[concept[first]] = its[first]
        return home

    return atlas.once(f"homes of level {level}", make)


def ends(atlas: Atlas) -> Ends:
    """Return both ends of every link; made once."""
    return atlas.once(
        "ends of links",
        lambda atlas: Ends(*(numbers(atlas.links[end], atlas.papers["paper_id"]) for end in ("source", "target"))),
    )


def drawn(atlas: Atlas, noise: float) -> NDArray[np.bool_]:
    """Tell which links stand out at a level of noise; reckoned once for each."""
    return atlas.once(f"links at noise {noise}", lambda atlas: backbone(atlas.links, noise))


def _numbered(atlas: Atlas, ids: list[str]) -> list[int]:
    """Return the row numbers of communities; ids that are not there are passed over."""
    found = atlas.communities["community_id"].isin(ids).to_numpy(dtype=bool)
    return [int(n) for n in np.flatnonzero(found)]


def _around(atlas: Atlas, node: str, wanted: NDArray[np.bool_]) -> Rows:
    """Return what is tied to a node, and the node."""
    if node.startswith(COMMUNITY) or node not in places(atlas):
        raise NotFoundError.nothing_called(node)
    own, named = places(atlas)[node], incidence(atlas)
    if node.startswith(CONCEPT):
        naming = np.flatnonzero(named.concept == own)
        weight = atlas.paper_concepts["weight"].to_numpy(dtype=float)[naming]
        papers = named.paper[naming[np.argsort(-weight, kind="stable")[:MOST_AROUND]]]
        together = np.asarray(named.matrix[papers].sum(axis=0)).ravel()
        idf = np.log(len(atlas.papers) / np.maximum(atlas.concepts["n_papers"].to_numpy(dtype=float), 1))
        often = together > (1 if len(papers) > 2 else 0)
        score = np.where(wanted & often, together * idf, 0.0)
        concepts = np.argsort(-score, kind="stable")[: MOST_AROUND // 2]
        concepts = np.append(concepts[score[concepts] > 0], own)
    else:
        source, target = ends(atlas)
        touching = np.flatnonzero(drawn(atlas, NOISE) & ((source == own) | (target == own)))
        weight = atlas.links["weight"].to_numpy(dtype=float)[touching]
        best = touching[np.argsort(-weight, kind="stable")[:MOST_AROUND]]
        papers = np.append(np.where(source[best] == own, target[best], source[best]), own)
        concepts = named.matrix[own].indices
        concepts = concepts[wanted[concepts]]
    return Rows(np.unique(papers), np.unique(concepts))


def _mask(chosen: Numbers, size: int) -> NDArray[np.bool_]:
    mask = np.zeros(size, dtype=bool)
    mask[chosen] = True
    return mask
