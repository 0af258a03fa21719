"""The atlas itself: all tables, what they were made from, and what questions derive from them."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from threading import RLock
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import pandas as pd

if TYPE_CHECKING:
    import networkx as nx

T = TypeVar("T")


@dataclass(frozen=True)
class Atlas:
    """All tables of `graphx.tables.TABLES`, and `info`, the content of `atlas.json`."""

    papers: pd.DataFrame
    mentions: pd.DataFrame
    concepts: pd.DataFrame
    paper_concepts: pd.DataFrame
    links: pd.DataFrame
    communities: pd.DataFrame
    membership: pd.DataFrame
    references: pd.DataFrame
    problems: pd.DataFrame
    info: dict[str, Any]
    _places: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _made: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    _lock: Any = field(default_factory=RLock, init=False, repr=False, compare=False)  # several visitors ask at once

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy the tables only; what is derived from them is made anew."""
        return Atlas, tuple(getattr(self, f.name) for f in fields(self) if f.init)

    @property
    def coarsest(self) -> pd.DataFrame:
        """The communities of level 0: those that the map shows as discs."""
        return self.communities[self.communities["level"] == 0]

    def where(self, table: str, column: str, value: str) -> pd.DataFrame:
        """Return the rows of a table that have a value, by an index that is made once."""
        rows: pd.DataFrame = getattr(self, table)
        return rows.take(self._index(table, column).get(value, []))

    def joined(self, rows: pd.DataFrame, table: str, key: str, columns: list[str]) -> pd.DataFrame:
        """Return rows with columns of the table whose `key` they name; every one must be there."""
        index = self._index(table, key)
        found = getattr(self, table)[columns].take([index[value][0] for value in rows[key]])
        return pd.concat([rows.reset_index(drop=True), found.reset_index(drop=True)], axis=1)

    def graph(self, of: Literal["papers", "concepts", "both"] = "both") -> "nx.Graph[str]":
        """Return a fresh networkx graph of papers, of concepts, or of both; see `graphx.query.graph`."""
        from graphx.query import graph  # a door for users; nothing here builds on a question

        return graph(self, of=of)

    def once(self, name: str, make: Callable[["Atlas"], T]) -> T:
        """Return what `make` derives from this atlas; it is asked once, and what it made is kept under the name."""
        with self._lock:
            if name not in self._made:
                self._made[name] = make(self)
            made: T = self._made[name]
        return made

    def _index(self, table: str, column: str) -> dict[str, Any]:
        """Return the numbers of the rows that have each value of a column."""
        with self._lock:
            if (table, column) not in self._places:
                rows: pd.DataFrame = getattr(self, table)
                self._places[table, column] = rows.groupby(rows[column].to_numpy(dtype=object)).indices
        return self._places[table, column]
