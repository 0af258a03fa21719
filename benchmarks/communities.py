"""How well communities are found, on graphs in which they are planted.

    python benchmarks/communities.py [--graphs N]

(a) LFR graphs (A. Lancichinetti, S. Fortunato and F. Radicchi, "Benchmark graphs for testing
community detection algorithms", 2008): 1,000 nodes, mean degree 15, communities of 20 to 100; mu
is the share of a node's ties that leave its community. (b) Nested blocks: the claim of
M. Dreveton, D. Kuroda, M. Grossglauser and P. Thiran, "When Does Bottom-up Beat Top-down in
Hierarchical Community Detection?", that joining from the bottom finds levels that splitting
from the top misses. Both print Markdown tables, means over the graphs.
"""

import argparse
import time
from collections.abc import Iterator

import igraph as ig
import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graphx.communities import group, seeded
from graphx.tables import Settings, frame

Ints = NDArray[np.int64]
Pairs = NDArray[np.int64]

MIXED = (0.1, 0.3, 0.4, 0.5)
SIGNALS = {
    (4, 3, 16): ((1, 2, 4, 8), (2, 3, 4, 7), (3, 3, 4, 6), (4, 4, 4, 5)),
    (2, 4, 64): ((1, 1, 2, 4, 8), (2, 2, 3, 4, 6), (3, 3, 3, 4, 5)),
}
"""By branches, levels and nodes in a finest block: mean ties of a node, to all and within its block of each level."""
COARSEST = 0.3
"""Resolution of level 0: at 1 modularity may prefer the finer blocks."""
MOST_SPLITS = 4


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--graphs", type=int, default=5, help="graphs a row")
    graphs = parser.parse_args().graphs
    lfr(graphs)
    nested(graphs)


def lfr(graphs: int) -> None:
    print("| mu | graphs | finest level | level 0 | igraph Leiden | networkx Louvain |")
    print("|---|---|---|---|---|---|")
    for mu in MIXED:
        cells: dict[str, list[tuple[float, float]]] = {}
        for n, pairs, truth in lfr_graphs(mu, graphs):
            started = time.perf_counter()
            found = ours(n, pairs)
            seconds = time.perf_counter() - started
            cells.setdefault("finest", []).append((alike(found[-1], truth), seconds))
            cells.setdefault("level 0", []).append((alike(found[0], truth), seconds))
            for name, other in (("leiden", leiden), ("louvain", louvain)):
                started = time.perf_counter()
                of = other(n, pairs)
                cells.setdefault(name, []).append((alike(of, truth), time.perf_counter() - started))
        means = {name: np.mean(values, axis=0) for name, values in cells.items()}
        row = " | ".join(f"{nmi:.3f} ({seconds:.2f} s)" for nmi, seconds in means.values())
        print(f"| {mu} | {len(cells.get('finest', []))} | {row} |", flush=True)


def lfr_graphs(mu: float, graphs: int) -> Iterator[tuple[int, Pairs, Ints]]:
    """Yield nodes, pairs and communities; networkx fails for many seeds, so others are tried."""
    made = 0
    for seed in range(40 * graphs):
        try:
            graph = nx.LFR_benchmark_graph(
                1000, 2.5, 1.5, mu, average_degree=15, max_degree=50, min_community=20, max_community=100,
                seed=seed, max_iters=300,
            )  # fmt: skip
        except nx.ExceededMaxIterations:
            continue
        numbers: dict[int, int] = {}
        truth = np.array([numbers.setdefault(min(graph.nodes[i]["community"]), len(numbers)) for i in range(1000)])
        yield 1000, np.array([(a, b) for a, b in graph.edges if a != b]), truth
        made += 1
        if made == graphs:
            return


def nested(graphs: int) -> None:
    methods = {
        "bottom-up": lambda n, pairs: ours(n, pairs, COARSEST),
        f"top-down from {COARSEST}": lambda n, pairs: top_down(n, pairs, COARSEST),
        "top-down from 1": lambda n, pairs: top_down(n, pairs, 1.0),
    }
    print("\nAdjusted Rand index of the best of the levels found, and how often it is exact.")
    for shape, signals in SIGNALS.items():
        branches, depth, _ = shape
        blocks_at = [branches**level for level in range(1, depth + 1)]
        print("\n| ties | method | levels |", *(f"{blocks} blocks |" for blocks in blocks_at))
        print("|---" * (3 + depth) + "|")
        for ties in signals:
            rows: dict[str, list[list[float]]] = {name: [] for name in methods}
            for seed in range(graphs):
                n, pairs, blocks = planted(shape, ties, seed)
                for name, method in methods.items():
                    levels = method(n, pairs)
                    rows[name].append([len(levels), *(max(adjusted(of, block) for of in levels) for block in blocks)])
            for name, values in rows.items():
                means, exact = np.mean(values, axis=0), (np.array(values) > 1 - 1e-9).sum(axis=0)
                cells = " | ".join(f"{m:.3f} ({e}/{graphs})" for m, e in zip(means[1:], exact[1:], strict=True))
                print(f"| {'+'.join(map(str, ties))} | {name} | {means[0]:.1f} | {cells} |", flush=True)


def planted(shape: tuple[int, int, int], ties: tuple[int, ...], seed: int) -> tuple[int, Pairs, list[Ints]]:
    """Return nodes, pairs and the blocks of every level, the coarsest first."""
    branches, depth, size = shape
    rng = np.random.default_rng(seed)
    n = branches**depth * size
    blocks = [np.arange(n) // (n // branches**level) for level in range(depth + 1)]
    first, second = np.triu_indices(n, k=1)
    chance = np.zeros(len(first))
    for level, (block, degree) in enumerate(zip(blocks, ties, strict=True)):
        chance += (block[first] == block[second]) * degree / (n // branches**level)
    drawn = rng.random(len(first)) < chance
    return n, np.column_stack([first[drawn], second[drawn]]), blocks[1:]


def ours(n: int, pairs: Pairs, resolution: float = 1.0) -> list[Ints]:
    """Return communities of every level by this package; a paper without one keeps its parent's."""
    ids = np.array([f"p{i:05}" for i in range(n)], dtype=object)
    papers = frame("papers", pd.DataFrame({"paper_id": ids, "title": "", "abstract": ""}))
    links = pd.DataFrame({"source": ids[pairs[:, 0]], "target": ids[pairs[:, 1]], "weight": 1.0, "backbone": True})
    nothing = frame("concepts", []), frame("paper_concepts", []), frame("mentions", [])
    member = group(papers, frame("links", links), *nothing, Settings(resolution=resolution)).membership
    levels: list[Ints] = []
    here = np.zeros(n, dtype=object)
    for _, rows in member.groupby("level"):
        here[[int(i[1:]) for i in rows["paper_id"]]] = rows["community_id"]
        levels.append(np.unique(here.astype(str), return_inverse=True)[1])
    return levels


def leiden(n: int, pairs: Pairs) -> Ints:
    with seeded(1):
        return np.array(ig.Graph(n=n, edges=pairs).community_leiden("modularity", n_iterations=-1).membership)


def louvain(n: int, pairs: Pairs) -> Ints:
    graph = nx.Graph(pairs.tolist())
    graph.add_nodes_from(range(n))
    of = np.zeros(n, dtype=np.int64)
    for number, members in enumerate(nx.community.louvain_communities(graph, seed=1)):
        of[list(members)] = number
    return of


def top_down(n: int, pairs: Pairs, resolution: float) -> list[Ints]:
    """Split by Leiden, first at a resolution, then every part again at 1, while its split is more than chance."""
    graph = ig.Graph(n=n, edges=pairs)
    levels = [np.zeros(n, dtype=np.int64)]
    while len(levels) <= MOST_SPLITS:
        of, fresh = levels[-1], np.zeros(n, dtype=np.int64)
        count = 0
        for number in np.unique(of):
            inside = np.flatnonzero(of == number)
            part = graph.induced_subgraph(inside.tolist())
            with seeded(1):
                at = resolution if len(levels) == 1 else 1.0
                split = part.community_leiden("modularity", n_iterations=-1, resolution=at)
            # A random graph splits, too: about 0.97 (1 / mean degree)^0.5 (Reichardt and Bornholdt, 2006).
            degree = 2 * part.ecount() / max(len(inside), 1)
            real = part.ecount() > 0 and part.modularity(split) > 0.97 / np.sqrt(max(degree, 1))
            fresh[inside] = count + (np.array(split.membership) if real else 0)
            count = int(fresh[inside].max()) + 1
        if count == len(np.unique(of)):
            break
        levels.append(fresh)
    return levels[1:] or levels


def alike(found: Ints, truth: Ints) -> float:
    return float(ig.compare_communities(found.tolist(), truth.tolist(), method="nmi"))


def adjusted(found: Ints, truth: Ints) -> float:
    return float(ig.compare_communities(found.tolist(), truth.tolist(), method="adjusted_rand"))


if __name__ == "__main__":
    main()
