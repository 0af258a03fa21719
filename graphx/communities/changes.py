"""What became of the communities of an older atlas."""

from typing import Any

import pandas as pd

from graphx.tables import REST_LABEL

MOST_OF = 0.5
"""Share of a community's papers, of those in both atlases, that makes the other its origin or heir."""
COLUMNS = ["change", "community_id", "label", "before", "after", "n_before", "n_after"]


def changes(old: tuple[pd.DataFrame, pd.DataFrame], new: tuple[pd.DataFrame, pd.DataFrame]) -> pd.DataFrame:
    """Compare the coarsest communities of two atlases.

    An old and a new community belong together if half of either's papers, of those that
    both atlases know, are in the other. Papers on their own are no community.

    Args:
        old: its tables `communities` and `membership`.
        new: likewise.

    Returns:
        Columns change, community_id, label, before and after (lists of ids), n_before and
        n_after (papers in these). change is "new", "gone", "merged", "split", or for a
        community that went on "grown", "shrunk" or "same", by its number of papers. The id
        and label are the new community's, or for "gone" and "split" the old one's.
    """
    olds, news = _coarsest(old[0]), _coarsest(new[0])
    ties = _belonging(old[1], new[1], set(olds), set(news))
    before = {n: sorted(o for o, m in ties if m == n) for n in news}
    after = {o: sorted(n for m, n in ties if m == o) for o in olds}

    def row(change: str, its: str, label: str, was: list[str], now: list[str]) -> dict[str, Any]:
        sizes = sum(olds[i][1] for i in was), sum(news[i][1] for i in now)
        return dict(zip(COLUMNS, (change, its, label, was, now, *sizes), strict=True))

    rows = []
    for i, (label, size) in news.items():
        was = before[i]
        if not was:
            rows.append(row("new", i, label, [], [i]))
        elif len(was) > 1:
            rows.append(row("merged", i, label, was, [i]))
        elif len(after[was[0]]) == 1:
            n = olds[was[0]][1]
            rows.append(row("grown" if size > n else "shrunk" if size < n else "same", i, label, was, [i]))
    for i, (label, _) in olds.items():
        if len(after[i]) != 1:
            rows.append(row("split" if after[i] else "gone", i, label, [i], after[i]))
    return pd.DataFrame(rows, columns=COLUMNS)


def _coarsest(communities: pd.DataFrame) -> dict[str, tuple[str, int]]:
    """Return label and size of the communities of level 0."""
    rows = communities[(communities["level"] == 0) & (communities["label"] != REST_LABEL)]
    values = zip(rows["community_id"], rows["label"], rows["n_papers"], strict=True)
    return {i: (label, int(n)) for i, label, n in values}


def _belonging(old: pd.DataFrame, new: pd.DataFrame, olds: set[str], news: set[str]) -> set[tuple[str, str]]:
    """Return the pairs of an old and a new community that belong together."""
    was, now = (t.loc[t["level"] == 0, ["paper_id", "community_id"]] for t in (old, new))
    both = was.merge(now, on="paper_id", suffixes=("_old", "_new"))
    counts = both.groupby(["community_id_old", "community_id_new"]).size().reset_index(name="n")
    share = pd.concat(
        [counts["n"] / counts.groupby(f"community_id_{side}")["n"].transform("sum") for side in ("old", "new")], axis=1
    ).max(axis=1)
    pairs = counts[share.to_numpy() >= MOST_OF]
    found = zip(pairs["community_id_old"], pairs["community_id_new"], strict=True)
    return {(o, n) for o, n in found if o in olds and n in news}
