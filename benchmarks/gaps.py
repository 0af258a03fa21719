"""How often proposed pairs came true, on an atlas with dates, and which score was chosen.

    python benchmarks/gaps.py ATLAS [--develop]

Prints the backtest on the last quarter of the dated papers. With `--develop` it hides that quarter
altogether and compares scores on the papers before it: that is how the one in
`graphx/query/untried.py` was chosen, so that the last quarter stays unseen until the end.
"""

import argparse
import dataclasses
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.linalg import svds

from graphx.atlas import Atlas, load
from graphx.query import untried


def product_of(matrix, sides, root: float, third: float, own: float) -> Callable[[slice], np.ndarray]:
    """Score Σ (n(a, c) · n(c, b))^root / n(c)^third / (n(a) · n(b))^own."""
    counts = np.maximum(matrix.getnnz(axis=0), 1).astype(float)
    left = (matrix[:, sides.method].T @ matrix[:, sides.third]).tocsr()
    right = (matrix[:, sides.third].T @ matrix[:, sides.other]).tocsr()
    left.data, right.data = left.data**root, right.data**root
    right = (sparse.diags(counts[sides.third] ** -third) @ right).tocsr()
    a, b = counts[sides.method] ** -own, counts[sides.other] ** -own
    return lambda block: (left[block] @ right).toarray() * np.outer(a[block], b)


def low_rank(matrix, sides, own: float, rank: int = 64) -> Callable[[slice], np.ndarray]:
    """Score by the papers × concepts matrix (columns over n^0.25) as its first singular vectors give it back."""
    counts = np.maximum(matrix.getnnz(axis=0), 1).astype(float)
    used = np.unique(np.concatenate([*sides]))
    _, values, vectors = svds(matrix[:, used] @ sparse.diags(counts[used] ** -0.25), k=rank, rng=1)
    place = np.zeros(matrix.shape[1], dtype=int)
    place[used] = np.arange(len(used))
    a, b = ((vectors.T * values)[place[side]] * counts[side, None] ** -own for side in (sides.method, sides.other))
    return lambda block: np.maximum(a[block] @ b.T, 0)


SCORES = {
    "popularity": untried.popularity,
    "resource allocation": partial(product_of, root=1, third=1, own=0),
    "resource allocation, damped": partial(product_of, root=1, third=0.75, own=1 / 3),
    "product of cosines": partial(product_of, root=1, third=1, own=0.5),
    "64 singular vectors": partial(low_rank, own=0.25),
    "64 singular vectors × popularity": partial(low_rank, own=-0.5),
    "common neighbours (counts as 0 or 1)": partial(product_of, root=0, third=0.5, own=1 / 3),
    "square roots, own 0": partial(product_of, root=0.5, third=0.5, own=0),
    "square roots, own 1/4": partial(product_of, root=0.5, third=0.5, own=0.25),
    "square roots, own 1/3 (chosen)": untried.affinity,
    "square roots, own 0.4": partial(product_of, root=0.5, third=0.5, own=0.4),
    "square roots, own 1/2": partial(product_of, root=0.5, third=0.5, own=0.5),
}


def without_the_last_quarter(atlas: Atlas) -> Atlas:
    """Return an atlas whose newest papers have no date, so that a backtest leaves them out."""
    dates = atlas.papers["date"].where(atlas.papers["year"].notna())
    cut = dates.dropna().sort_values().iloc[int(0.75 * dates.notna().sum())]
    papers = atlas.papers.assign(date=dates.where(dates < cut), year=atlas.papers["year"].where(dates < cut))
    return dataclasses.replace(atlas, papers=papers)


def develop(atlas: Atlas, between: tuple[str, str]) -> pd.DataFrame:
    """Return hit_at_k of every score on the papers before the last quarter: the third one, after the first half."""
    dates = atlas.papers["date"].where(atlas.papers["year"].notna()).dropna().sort_values()
    middle, earlier = str(dates.iloc[len(dates) // 2]), without_the_last_quarter(atlas)
    rows = []
    for name, score in SCORES.items():
        untried.affinity = score
        found = untried.backtest(earlier, middle, between=between)
        rows.append({"score": name, **{f"hit@{k}": hit for k, hit in zip(found["k"], found["hit_at_k"], strict=True)}})
    rows.append({"score": "random", **dict.fromkeys(rows[0].keys() - {"score"}, found["random"].iloc[0])})
    print(found.attrs["note"])
    return pd.DataFrame(rows)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("atlas")
    parser.add_argument("--develop", action="store_true")
    asked = parser.parse_args()
    atlas = load(asked.atlas)
    for other in ("dataset", "task"):
        print(f"\nmethod × {other}")
        if asked.develop:
            print(develop(atlas, ("method", other)).to_string(index=False, float_format="{:.4f}".format))
        else:
            found = untried.backtest(atlas, between=("method", other))
            print(found.attrs["note"])
            print(found.to_string(index=False, float_format="{:.4f}".format))


if __name__ == "__main__":
    main()
