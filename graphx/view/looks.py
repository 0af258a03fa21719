"""How nodes look: by what they are coloured, which groups that makes, and how large they are."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graphx.atlas import Atlas
from graphx.query.incidence import incidence
from graphx.query.selections import Rows, Selection, community_of, drawn, ends, homes
from graphx.tables import Kind, by_number

PALETTE = (
    "#3b82c4", "#e69f00", "#199e77", "#cc79a7", "#d55e00", "#7b5cc4",
    "#8c9a2b", "#56b4e9", "#b0475f", "#3aa6a0", "#a0764a", "#6b8e23",
)  # fmt: skip
"""After M. Okabe and K. Ito, "Color universal design", with tones that stand on light and dark."""
REST_COLOUR = "#8a9099"
PAPER_COLOUR = "#7d8794"
KIND_COLOURS = {Kind.METHOD: "#3b82c4", Kind.DATASET: "#199e77", Kind.TASK: "#e69f00", Kind.METRIC: "#cc79a7"}
RAMP = ("#3b4cc0", "#5a78d8", "#4aa3c7", "#3fb59a", "#7fb648", "#c9a227", "#d9772b", "#b5413b")
"""From old to new."""
SHAPES = {
    "paper": "dot",
    Kind.METHOD: "diamond",
    Kind.DATASET: "square",
    Kind.TASK: "triangle",
    Kind.METRIC: "star",
}
COLOUR_BY = ("community", "kind", "year", "venue", "organisation", "source")
SIZE_BY = ("papers", "centrality", "citations")
LONGEST_LABEL = 42
"""Characters of a title on the map; hovering shows all of it."""


class Group(NamedTuple):
    """An entry of the legend: nodes that share a colour."""

    id: str
    label: str
    colour: str


class Grouped(NamedTuple):
    """The groups, and for every node (papers first, then concepts) the number of its group."""

    groups: list[Group]
    of: NDArray[np.int64]


def colours(atlas: Atlas) -> dict[str, str]:
    """Return a colour for every community of level 0; small ones share a grey."""
    return _coloured(atlas.coarsest["community_id"])


def grouped(atlas: Atlas, chosen: Rows, selection: Selection, by: str = "community") -> Grouped:
    """Put the nodes of a selection into groups.

    Args:
        atlas: the atlas.
        chosen: its rows.
        selection: of a community that divides, its parts are the groups.
        by: one of `COLOUR_BY`; what is no community, kind or year is a column of `papers`.
    """
    if by == "kind":
        kinds = np.array([*Kind], dtype=object)
        of = pd.Index(kinds).get_indexer(atlas.concepts["kind"].take(chosen.concepts).to_numpy(dtype=object)) + 1
        groups = [Group("paper", "papers", PAPER_COLOUR), *(Group(k, f"{k}s", KIND_COLOURS[k]) for k in Kind)]
        return Grouped(groups, np.concatenate([np.zeros(len(chosen.papers), dtype=np.int64), of]))
    if by == "community":
        return _by_community(atlas, chosen, selection)
    if by == "year":
        papers, concepts = atlas.papers["year"].take(chosen.papers), atlas.concepts["first_year"].take(chosen.concepts)
        return _by_year(np.concatenate([part.to_numpy(dtype=float, na_value=np.nan) for part in (papers, concepts)]))
    return _by_column(atlas, chosen, by)


def sizes(atlas: Atlas, chosen: Rows, by: str = "papers") -> NDArray[np.float64]:
    """Return the radius of every node in pixels at zoom 1, papers first.

    Concepts grow with the papers that name them. Papers grow with their links in the backbone
    ("papers"), the sum of their weights ("centrality") or how often they are cited ("citations").
    """
    own = papers_measure(atlas, by)[chosen.papers]
    if by != "papers":
        top = max(float(np.quantile(own, 0.98)) if len(own) else 0.0, 1e-9)
        radius = 7 + 17 * np.sqrt(np.minimum(own / top, 1))
    else:
        radius = _paper_radius(own)
    n_papers = atlas.concepts["n_papers"].take(chosen.concepts).to_numpy(dtype=float)
    return np.concatenate([radius, _concept_radius(n_papers)]).round(1)


def papers_measure(atlas: Atlas, by: str) -> NDArray[np.float64]:
    """Return for all papers what their size stands for; made once."""

    def make(atlas: Atlas) -> NDArray[np.float64]:
        if by == "citations":
            citations: NDArray[np.float64] = atlas.papers["citations"].fillna(0).to_numpy(dtype=np.float64)
            return citations
        backbone = atlas.links["backbone"].to_numpy(dtype=bool)
        weight = atlas.links["weight"].to_numpy(dtype=float)[backbone] if by == "centrality" else None
        both = np.concatenate([end[backbone] for end in ends(atlas)])
        weights = None if weight is None else np.tile(weight, 2)
        summed: NDArray[np.float64] = np.bincount(both, weights, len(atlas.papers)).astype(np.float64)
        return summed

    return atlas.once(f"papers by {by}", make)


def node_size(node_type: str, n_papers: int, n_links: int) -> float:
    """Return a node's radius in pixels at zoom 1."""
    radius = _concept_radius(n_papers) if node_type == "concept" else _paper_radius(n_links)
    return round(float(radius), 1)


def _paper_radius(n_links: Any) -> Any:
    """Return the radius of one paper or of many."""
    return 8 + 1.3 * np.sqrt(n_links)


def _concept_radius(n_papers: Any) -> Any:
    """Return the radius of one concept or of many."""
    return 9 + 3.2 * np.sqrt(n_papers)


def short_title(title: str) -> str:
    """Return a title's name before the colon, or its start, to stand on the map."""
    name, _, _ = title.partition(": ")
    name = name if 2 <= len(name) <= LONGEST_LABEL else title
    return name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 1].rsplit(' ', 1)[0]}…"


def level_of(atlas: Atlas, selection: Selection) -> tuple[int, list[str]]:
    """Return the level whose communities a selection shows as discs, and their ids: the parts of what is opened."""
    communities = atlas.communities
    if selection.within is not None:
        parts = communities[communities["parent"] == selection.within]
        if len(parts):
            return int(parts["level"].iloc[0]), list(parts["community_id"])
        own = communities[communities["community_id"] == selection.within]
        return int(own["level"].iloc[0]), [selection.within]
    return 0, list(atlas.coarsest["community_id"])


def _coloured(ids: Sequence[str]) -> dict[str, str]:
    return {i: PALETTE[n] if n < len(PALETTE) else REST_COLOUR for n, i in enumerate(ids)}


def _by_community(atlas: Atlas, chosen: Rows, selection: Selection) -> Grouped:
    level, ids = level_of(atlas, selection)
    number = np.concatenate([community_of(atlas, level)[chosen.papers], homes(atlas, level)[chosen.concepts]])
    all_ids = atlas.communities["community_id"].to_numpy(dtype=object)
    labels = dict(zip(all_ids, atlas.communities["label"], strict=True))
    colour_of = _coloured(sorted(ids, key=by_number))
    groups = [Group(i, labels[i], colour_of[i]) for i in colour_of]
    place = {i: n for n, i in enumerate(colour_of)}
    group_of_row = np.array([place.get(i, len(groups)) for i in all_ids] + [len(groups)], dtype=np.int64)
    of = group_of_row[number]
    if (of == len(groups)).any():
        groups.append(Group("", "in none of these", REST_COLOUR))
    return Grouped(groups, of)


def _by_year(year: NDArray[np.float64]) -> Grouped:
    known = year[np.isfinite(year)]
    if not len(known):
        return Grouped([Group("unknown", "year unknown", REST_COLOUR)], np.zeros(len(year), dtype=np.int64))
    steps = np.unique(known)
    if len(steps) > len(RAMP):
        steps = np.unique(np.quantile(known, np.linspace(0, 1, len(RAMP) + 1)[:-1], method="lower"))
    last = [*(steps[1:] - 1), known.max()]
    names = [f"{a:.0f}" if a == b else f"{a:.0f}–{b:.0f}" for a, b in zip(steps, last, strict=True)]
    ramp = [RAMP[round(n * (len(RAMP) - 1) / max(len(steps) - 1, 1))] for n in range(len(steps))]
    groups = [Group(name, name, colour) for name, colour in zip(names, ramp, strict=True)]
    of = np.searchsorted(steps, np.nan_to_num(year, nan=steps[0]), side="right") - 1
    of[~np.isfinite(year)] = len(groups)
    return Grouped([*groups, Group("unknown", "year unknown", REST_COLOUR)], of.astype(np.int64))


def _by_column(atlas: Atlas, chosen: Rows, column: str) -> Grouped:
    """Group papers by the most frequent values of a column, and leave concepts grey."""
    if column == "source":
        values = pd.Series([sources[0].rpartition("#")[0] for sources in atlas.papers["sources"].take(chosen.papers)])
    else:
        values = atlas.papers[column].take(chosen.papers)
    values = values.astype(object).where(values.notna(), None)
    counts = values.value_counts()
    top = sorted(counts.index, key=lambda value: (-counts[value], str(value)))[: len(PALETTE) - 1]
    groups = [Group(str(v), str(v), PALETTE[n]) for n, v in enumerate(top)]
    groups += [Group("other", "others", REST_COLOUR), Group("concepts", "concepts", PAPER_COLOUR)]
    place = {value: n for n, value in enumerate(top)}
    of = [place.get(value, len(top)) for value in values]
    return Grouped(groups, np.array([*of, *[len(top) + 1] * len(chosen.concepts)], dtype=np.int64))


def columns_to_colour(atlas: Atlas) -> list[str]:
    """Return those of `COLOUR_BY` that tell the papers of an atlas apart."""
    counts = {name: atlas.papers[name].value_counts().head(len(PALETTE) - 1) for name in ("venue", "organisation")}
    told = [name for name, n in counts.items() if len(n) > 1 and n.sum() > len(atlas.papers) / 10]
    files = len(atlas.info.get("inputs", ())) > 1
    return [by for by in COLOUR_BY if by in ("community", "kind", "year") or by in told or (by == "source" and files)]


def strongest_ties(atlas: Atlas, papers: NDArray[np.bool_], noise: float, each: int) -> NDArray[Any]:
    """Return the row numbers of links between some papers: of every paper the strongest few that stand out."""
    source, target = ends(atlas)
    own = np.flatnonzero(drawn(atlas, noise) & papers[source] & papers[target])
    weight = atlas.links["weight"].to_numpy(dtype=float)[own]
    end = np.concatenate([source[own], target[own]])
    order = np.lexsort([-np.tile(weight, 2), end])
    end = end[order]
    start = np.r_[0, np.flatnonzero(np.diff(end)) + 1] if len(end) else np.zeros(0, dtype=int)
    rank = np.arange(len(end)) - np.repeat(start, np.diff(np.r_[start, len(end)]))
    return np.unique(np.tile(own, 2)[order[rank < each]])


def named_pairs(atlas: Atlas, chosen: Rows) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return which of some papers names which of some concepts, as places among the nodes (papers first)."""
    named = incidence(atlas)
    paper = np.full(len(atlas.papers), -1, dtype=np.int64)
    paper[chosen.papers] = np.arange(len(chosen.papers))
    concept = np.full(len(atlas.concepts), -1, dtype=np.int64)
    concept[chosen.concepts] = np.arange(len(chosen.concepts)) + len(chosen.papers)
    inside = (paper[named.paper] >= 0) & (concept[named.concept] >= 0)
    return paper[named.paper[inside]], concept[named.concept[inside]]
