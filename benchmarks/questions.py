"""How long each question takes on an atlas: python benchmarks/questions.py ATLAS [CALLS].

Every question is asked with arguments drawn at random (seed fixed). The first call, which may build
an index, is told apart from the others.
"""

import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import graphx
from graphx import query
from graphx.atlas import Atlas


def questions(atlas: Atlas, draw: random.Random) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield each question's name and a call of it with new arguments each time."""
    papers = list(atlas.papers["paper_id"])
    shared = list(atlas.concepts.loc[atlas.concepts["n_papers"] > 1, "concept_id"])
    most = list(atlas.concepts.sort_values(["n_papers", "concept_id"], ascending=[False, True])["concept_id"].head(100))
    labels = dict(zip(atlas.concepts["concept_id"], atlas.concepts["label"], strict=True))
    titles = list(atlas.papers["title"])
    communities = list(atlas.communities["community_id"])
    links = atlas.links[["source", "target"]].sample(min(len(atlas.links), 1000), random_state=1).to_numpy()

    def typo(words: str) -> str:
        at = draw.randrange(max(len(words) - 1, 1))
        return words[:at] + words[at + 1 :]

    yield "concept", lambda: query.concept(atlas, draw.choice(shared))
    yield "concept (of the 100 most named)", lambda: query.concept(atlas, draw.choice(most))
    yield "paper", lambda: query.paper(atlas, draw.choice(papers))
    yield "why", lambda: query.why(atlas, *draw.choice(links))
    yield "path, between papers", lambda: query.path(atlas, draw.choice(papers), draw.choice(papers))
    yield (
        "path, between concepts",
        lambda: query.path(atlas, query.CONCEPT + draw.choice(shared), query.CONCEPT + draw.choice(shared)),
    )
    yield "gaps, method × dataset", lambda: query.gaps(atlas, between=("method", "dataset"))
    yield "gaps, method × task", lambda: query.gaps(atlas, between=("method", "task"))
    yield "trends", lambda: query.trends(atlas)
    yield "bridges, papers", lambda: query.bridges(atlas, of="papers")
    yield "bridges, concepts", lambda: query.bridges(atlas, of="concepts")
    yield "find", lambda: query.find(atlas, labels[draw.choice(shared)])
    yield "search, a label", lambda: query.search(atlas, labels[draw.choice(shared)])
    yield "search, a label with a typing error", lambda: query.search(atlas, typo(labels[draw.choice(shared)]))
    yield "search, words of a title", lambda: query.search(atlas, " ".join(draw.choice(titles).split()[:4]))
    yield "reading list of a concept", lambda: query.reading_list(atlas, [query.CONCEPT + draw.choice(shared)])
    yield "reading list of a community", lambda: query.reading_list(atlas, community=draw.choice(communities))


def main(path: Path, calls: int) -> None:
    """Print a table of milliseconds."""
    started = time.perf_counter()
    atlas = graphx.load(path)
    print(f"{len(atlas.papers):,} papers, loaded in {time.perf_counter() - started:.1f} s\n")
    print("| question | first call, ms | median, ms | p95, ms |\n|---|---|---|---|")
    for name, ask in questions(atlas, random.Random(1)):
        times = []
        for _ in range(calls + 1):
            started = time.perf_counter()
            ask()
            times.append((time.perf_counter() - started) * 1000)
        median, late = np.percentile(times[1:], [50, 95])
        print(f"| {name} | {times[0]:,.0f} | {median:,.1f} | {late:,.1f} |", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100)
