"""Nested communities and their ids: fresh, or in the footsteps of an older atlas."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from graphx.communities.graph import Ints
from graphx.tables import REST_LABEL, by_number

ALIKE = 1 / 3
"""Jaccard index from which on a community is the one of an older atlas that it overlaps most."""


@dataclass
class Node:
    """A community: its papers by number, which resolution it was found at, and what it divides into."""

    members: Ints
    found: int
    rest: bool = False
    children: list["Node"] = field(default_factory=list)
    community_id: str = ""
    parent: str = ""


def plant(columns: list[Ints], smallest: int) -> list[Node]:
    """Return the coarsest communities, divided, the largest first and the rest last.

    Args:
        columns: community numbers of all papers at every resolution, the coarsest first,
            each within the one before.
        smallest: size from which on a group is a community. Papers of smaller groups are
            the rest at the coarsest level, and below it stay with the parent only.
    """
    everyone = np.arange(len(columns[0]))
    groups = _groups(everyone, columns[0], smallest)
    nodes = [Node(members, 0, children=_divided(members, columns, 1, smallest)) for members in groups]
    rest = np.setdiff1d(everyone, np.concatenate([everyone[:0], *groups]))
    return [*nodes, Node(rest, 0, rest=True)] if len(rest) else nodes


def _divided(members: Ints, columns: list[Ints], at: int, smallest: int) -> list[Node]:
    """Divide papers at the first resolution that gives two communities or more."""
    for found in range(at, len(columns)):
        groups = _groups(members, columns[found], smallest)
        if len(groups) > 1:
            return [Node(group, found, children=_divided(group, columns, found + 1, smallest)) for group in groups]
    return []


def _groups(members: Ints, column: Ints, smallest: int) -> list[Ints]:
    """Return the papers of every group that is large enough, the largest first."""
    order = members[np.argsort(column[members], kind="stable")]
    cuts = np.flatnonzero(np.diff(column[order])) + 1
    groups = [group for group in np.split(order, cuts) if len(group) >= smallest]
    return sorted(groups, key=lambda group: (-len(group), int(group[0])))


class Older:
    """The communities of an older atlas, as places of the papers that are in the new one, too."""

    def __init__(self, communities: pd.DataFrame, membership: pd.DataFrame, paper_ids: pd.Series) -> None:
        self.parent = dict(zip(communities["community_id"], communities["parent"].fillna(""), strict=True))
        self.rest = {str(i) for i in communities["community_id"][communities["label"] == REST_LABEL]}
        index = pd.Index(paper_ids.to_numpy(dtype=object))
        self._names = ["", *sorted(self.parent)]
        number = {name: n for n, name in enumerate(self._names)}
        depth = 1 + int(communities["level"].max()) if len(communities) else 1
        self._at = np.zeros((depth, len(index)), dtype=np.int64)
        for level in range(depth):
            rows = membership[membership["level"] == level]
            place = index.get_indexer(rows["paper_id"].to_numpy(dtype=object))
            code = np.array([number[i] for i in rows["community_id"]], dtype=np.int64)
            self._at[level, place[place >= 0]] = code[place >= 0]

    def start(self, level: int) -> Ints:
        """Return community numbers to begin Leiden with; a paper that is new or was on its own has its own.

        Args:
            level: 0 for the coarsest communities, -1 for the finest of every paper.
        """
        where = self._at[0].copy()
        for finer in self._at[1:] if level else []:
            where = np.where(finer > 0, finer, where)
        alone = (where == 0) | np.isin(where, [self._names.index(i) for i in self.rest])
        where[alone] = len(self._names) + np.flatnonzero(alone)
        return np.unique(where, return_inverse=True)[1].astype(np.int64)

    def matches(self, nodes: list[Node], level: int, parent: str) -> dict[int, str]:
        """Return which of the communities of one parent has which older id: greedily, most alike first."""
        if level >= len(self._at):
            return {}
        here = self._at[level]
        known = self._at[0] > 0
        sizes = np.bincount(here, minlength=len(self._names))
        pairs = []
        for n, node in enumerate(nodes):
            inside = node.members[known[node.members]]
            for code, both in zip(*np.unique(here[inside], return_counts=True), strict=True):
                name = self._names[code]
                if code and not node.rest and name not in self.rest and self.parent[name] == parent:
                    pairs.append((-both / (len(inside) + sizes[code] - both), name, n))
        given: dict[int, str] = {}
        for alike, name, n in sorted(pairs):
            if -alike >= ALIKE and n not in given and name not in given.values():
                given[n] = name
        given |= {n: min(self.rest) for n, node in enumerate(nodes) if node.rest and self.rest}
        return given

    def last(self, parent: str) -> int:
        """Return the highest number that a community of a parent had."""
        numbers = [by_number(i)[-1] for i, its in self.parent.items() if its == parent]
        return max(numbers, default=0)


def name(nodes: list[Node], older: Older | None, parent: str = "", level: int = 0) -> None:
    """Give all communities their ids: "c01" is the largest, "c01.1" the largest within it.

    With an older atlas a community has the id of the one there that it overlaps most, and
    new ones get numbers that none of these had.
    """
    given = older.matches(nodes, level, parent) if older else {}
    free = older.last(parent) if older else 0
    for n, node in enumerate(nodes):
        if n not in given:
            free += 1
        node.parent = parent
        node.community_id = given.get(n) or (f"{parent}.{free}" if parent else f"c{free:02}")
        name(node.children, older, node.community_id, level + 1)
    nodes.sort(key=lambda node: (node.rest, by_number(node.community_id)))
