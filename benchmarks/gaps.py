"""How often proposed pairs came true, and which exponents of the score were chosen, on an atlas with dates.

    python benchmarks/gaps.py ATLAS [--develop]

Prints the backtest on the last quarter of the dated papers. With `--develop` it hides that quarter
altogether and tries exponents on the papers before it: that is how those in
`graphx/query/untried.py` were chosen, so that the last quarter stays unseen until the end.
"""

import argparse
import dataclasses
from itertools import product

import pandas as pd

from graphx.atlas import Atlas, load
from graphx.query import untried

POWERS = (0.0, 0.25, 0.33, 0.4, 0.5)


def without_the_last_quarter(atlas: Atlas) -> Atlas:
    """Return an atlas whose newest papers have no date, so that a backtest leaves them out."""
    dates = atlas.papers["date"].where(atlas.papers["year"].notna())
    cut = dates.dropna().sort_values().iloc[int(0.75 * dates.notna().sum())]
    papers = atlas.papers.assign(date=dates.where(dates < cut), year=atlas.papers["year"].where(dates < cut))
    return dataclasses.replace(atlas, papers=papers)


def develop(atlas: Atlas, between: tuple[str, str]) -> pd.DataFrame:
    """Return hit_at_k of every choice of exponents on the papers before the last quarter."""
    earlier = without_the_last_quarter(atlas)
    rows = []
    for third, own in product((0.25, 0.5, 0.75, 1.0), POWERS):
        untried.THIRD_POWER, untried.OWN_POWER = third, own
        found = untried.backtest(earlier, between=between)
        rows.append(
            {"third": third, "own": own}
            | {f"hit@{k}": hit for k, hit in zip(found["k"], found["hit_at_k"], strict=True)}
        )
    rows.append(
        {"third": "popularity"} | {f"hit@{k}": hit for k, hit in zip(found["k"], found["popularity"], strict=True)}
    )
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
            print(develop(atlas, ("method", other)).to_string(index=False, float_format="{:.3f}".format))
        else:
            found = untried.backtest(atlas, between=("method", other))
            print(found.attrs["note"])
            print(found.to_string(index=False, float_format="{:.4f}".format))


if __name__ == "__main__":
    main()
