"""What all questions share: how nodes are named, and rows found."""

from typing import Any

import pandas as pd

from graphx.atlas import Atlas
from graphx.errors import NotFoundError
from graphx.tables import ROLE_ORDER, Relation

PASSIVE_LINKS = {str(Relation.BUILDS_ON): "is_built_on_by", str(Relation.CITES): "is_cited_by"}
"""Directed links, and what they are read from their target."""
CONCEPT = "concept:"
"""Nodes of the graph go by their `paper_id`, and by this and their `concept_id`."""


def by_role(rows: pd.DataFrame) -> pd.DataFrame:
    """Sort by strength of role, then by paper and what order the rows came in."""
    rank = rows["role"].map(ROLE_ORDER)
    return rows.assign(rank=rank).sort_values(["rank", "paper_id"], kind="stable", ignore_index=True)


def row_of(atlas: Atlas, table: str, column: str, value: str) -> dict[str, Any]:
    """Return the one row that has a value.

    Raises:
        NotFoundError: there is none.
    """
    rows = atlas.where(table, column, value)
    if rows.empty:
        raise NotFoundError.nothing_called(value)
    return {str(k): v for k, v in rows.iloc[0].to_dict().items()}


def homes(paper_concepts: pd.DataFrame, membership: pd.DataFrame) -> dict[str, str]:
    """Return for every concept the coarsest community whose papers name it with most weight."""
    coarsest = membership.loc[membership["level"] == 0, ["paper_id", "community_id"]]
    named = paper_concepts.merge(coarsest, on="paper_id")
    weight = named.groupby(["concept_id", "community_id"])["weight"].sum().round(9).reset_index()
    weight = weight.sort_values(["weight", "community_id"], ascending=[False, True]).drop_duplicates("concept_id")
    return dict(zip(weight["concept_id"], weight["community_id"], strict=True))
