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
COMMUNITY = "community:"
"""What else can be chosen goes by this and its `community_id`,"""
LINK = "link:"
"""and the link between two papers by this and their ids, with a space between."""


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
