"""How long positions take and what memory, by size: made-up tables with planted, nested communities.

    python benchmarks/layout.py 352 5000 20000 75000

Every size runs in a process of its own. Concepts per paper and the share that only one paper
names are those of 75,000 arXiv papers; the others are named by Zipf's law. A tenth of the
papers is then taken away and added again, to time an update.
"""

import json
import resource
import subprocess
import sys
import time

import numpy as np
import pandas as pd

from graphx.layout import SPACING, lay_out
from graphx.tables import frame

PART = 60
"""Papers in a finest community."""


def made_up(n: int, seed: int = 1) -> tuple[pd.DataFrame, ...]:
    """Return papers, concepts, paper_concepts, links and membership of n papers."""
    rng = np.random.default_rng(seed)
    n_parts = max(n // PART, 4)
    n_groups = max(min(n_parts // 8, 60), 2)
    group_of_part = np.sort(rng.choice(n_groups, n_parts, p=_zipf(n_groups, 0.7)))
    part = np.sort(rng.integers(0, n_parts, n))
    group = group_of_part[part]
    papers = np.array([f"p{i:06}" for i in range(n)])

    n_shared = int(1.4 * n)
    home = rng.integers(0, n_parts, n_shared)
    mine = np.split(np.argsort(home, kind="stable"), np.cumsum(np.bincount(home, minlength=n_parts))[:-1])
    paper = np.repeat(np.arange(n), 7)
    concept = rng.choice(n_shared, len(paper), p=_zipf(n_shared, 0.8))
    local = rng.random(len(paper)) < 0.7
    concept[local] = [rng.choice(mine[p]) if len(mine[p]) else 0 for p in part[paper[local]]]
    alone = np.repeat(np.arange(n), rng.poisson(5.3, n))
    rows = np.unique(np.column_stack([paper, concept]), axis=0)
    rows = np.concatenate([rows, np.column_stack([alone, n_shared + np.arange(len(alone))])])
    used, code = np.unique(rows[:, 1], return_inverse=True)
    names = np.array([f"concept-{i}" for i in used])
    weight = rng.random(len(rows)) + 0.5

    source, reach = np.repeat(np.arange(n), 20), rng.random(20 * n)
    target = rng.integers(0, n, len(source))
    for least, of in ((0.7, group), (0.3, part)):
        start, size = np.searchsorted(of, of[source]), np.bincount(of)[of[source]]
        near = start + (rng.random(len(source)) * size).astype(int)
        target = np.where(reach < least, near, target)
    pairs = np.unique(np.sort(np.column_stack([source, target])[source != target], axis=1), axis=0)

    level_0 = pd.DataFrame({"paper_id": papers, "level": 0, "community_id": [f"c{g:02}" for g in group]})
    level_1 = level_0.assign(level=1, community_id=[f"c{g:02}.{p}" for g, p in zip(group, part, strict=True)])
    large = np.bincount(group)[group] > 2 * PART
    return (
        frame("papers", pd.DataFrame({"paper_id": papers})),
        frame("concepts", pd.DataFrame({"concept_id": names, "n_papers": np.bincount(code)})),
        frame(
            "paper_concepts",
            pd.DataFrame({"paper_id": papers[rows[:, 0]], "concept_id": names[code], "weight": weight}),
        ),
        frame(
            "links",
            pd.DataFrame(
                {
                    "source": papers[pairs[:, 0]],
                    "target": papers[pairs[:, 1]],
                    "weight": rng.random(len(pairs)),
                    "backbone": True,
                }
            ),
        ),
        frame("membership", pd.concat([level_0, level_1[large]])),
    )


def _zipf(n: int, power: float) -> np.ndarray:
    share = 1 / np.arange(1, n + 1) ** power
    return share / share.sum()


def measure(n: int) -> dict[str, float]:
    """Lay out n papers, and then again with a tenth of them new."""
    papers, concepts, named, links, membership = made_up(n)
    started = time.perf_counter()
    all_at_once = lay_out(papers, concepts, named, links, membership, 1)
    fresh = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    stay = np.random.default_rng(2).random(n) < 0.9
    known = named[named["paper_id"].isin(papers["paper_id"][stay])]
    n_papers = concepts["concept_id"].map(known["concept_id"].value_counts()).fillna(0).to_numpy(dtype=int)
    xy = {"x": all_at_once.concepts[:, 0], "y": all_at_once.concepts[:, 1], "n_papers": n_papers}
    old_papers = papers.assign(x=all_at_once.papers[:, 0], y=all_at_once.papers[:, 1])[stay]
    started = time.perf_counter()
    again = lay_out(papers, concepts, named, links, membership, 1, (old_papers, concepts.assign(**xy)[n_papers > 0]))
    update = time.perf_counter() - started
    same = (again.papers == all_at_once.papers).all(axis=1)[stay].mean()
    near = np.hypot(*(again.papers - all_at_once.papers).T)[~stay] / SPACING
    return {
        "papers": n, "concepts": len(concepts), "rows": len(named), "links": len(links),
        "fresh, s": round(fresh, 2), "peak with the tables, MiB": round(peak),
        "update of a tenth, s": round(update, 2), "kept": round(float(same), 4),
        "new ones from where they were, spacings (median)": round(float(np.median(near)), 1),
    }  # fmt: skip


def main() -> None:
    """Measure each size and print the table."""
    sizes = sys.argv[1:]
    if sizes[:1] == ["--one"]:
        print(json.dumps(measure(int(sizes[1]))))
        return
    for i, size in enumerate(sizes):
        command = [sys.executable, __file__, "--one", size]
        row = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        if i == 0:
            print(f"| {' | '.join(row)} |\n|{'---|' * len(row)}")
        print(f"| {' | '.join(f'{value:,}' for value in row.values())} |", flush=True)


if __name__ == "__main__":
    main()
