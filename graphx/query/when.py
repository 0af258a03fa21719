"""When papers came out: all that a source dates, and those that name one concept, by how they stand to it."""

import numpy as np
import pandas as pd

from graphx.atlas import Atlas
from graphx.query.incidence import numbers
from graphx.query.nodes import row_of
from graphx.query.timelines import cut, totals_of
from graphx.tables import Role

MOST_DATED = 400
"""Papers that can be looked at one by one."""


def history(atlas: Atlas, concept_id: str) -> pd.DataFrame:
    """Return how many papers of each period introduce, use, compare with or mention a concept.

    Args:
        atlas: any atlas.
        concept_id: the concept.

    Returns:
        period (as `trends` cuts them, from the first that names it to the last of all), introduces, uses, compares,
        mentions, and papers (all that the period has). `attrs["note"]` says how many of the papers that name it have
        no date, or why the frame is empty.

    Raises:
        NotFoundError: there is no such concept.
    """
    row_of(atlas, "concepts", "concept_id", concept_id)
    time, naming = cut(atlas), atlas.where("paper_concepts", "concept_id", concept_id)
    period = time.of[numbers(naming["paper_id"], atlas.papers["paper_id"])]
    roles = naming["role"].to_numpy(dtype=object)
    frame = pd.DataFrame({"period": time.names})
    for role in Role:
        frame[str(role)] = np.bincount(period[(period >= 0) & (roles == role)], minlength=len(time.names))
    frame["papers"] = totals_of(time)
    n_dated = int((period >= 0).sum())
    first = int(period[period >= 0].min()) if n_dated else len(frame)
    frame = frame.iloc[first:].reset_index(drop=True)
    said = f"{n_dated:,} of the {len(naming):,} papers that name it have a date"
    frame.attrs["note"] = f"{said} with a year." if n_dated else "No paper that names it has a date with a year."
    return frame


def dated(atlas: Atlas, n: int = MOST_DATED) -> pd.DataFrame:
    """Return the n newest papers of which a source tells when they came out, the oldest first.

    Returns:
        paper_id, title, year and date. A date without a year ("--12-29") has its place at the end, and no year.
        `attrs["note"]` says how many papers have a year, how many only a month and day, and how many neither.
    """
    papers = atlas.papers[["paper_id", "title", "year", "date"]]
    date = papers["date"].astype(object).where(papers["date"].notna(), "").astype(str)
    partial, known = date.str.startswith("--"), papers["year"].notna() | date.str.match(r"\d{4}")
    year = papers["year"].astype(object).where(papers["year"].notna(), date.str[:4].where(~partial, ""))
    frame = papers.assign(year=pd.to_numeric(year).astype("Int64"))[known | partial]
    frame = frame.sort_values(["year", "date", "paper_id"], na_position="last", ignore_index=True)
    newest = frame[frame["year"].notna()].tail(n)
    frame = pd.concat([newest, frame[frame["year"].isna()].head(n)], ignore_index=True)
    neither = len(papers) - int(known.sum()) - int(partial.sum())
    frame.attrs["note"] = (
        f"{known.sum():,} of {len(papers):,} papers have a year, {partial.sum():,} only a month and day, "
        f"{neither:,} neither."
    )
    return frame
