"""How many abstracts a second the pipeline reads, and how much memory it takes.

    [taskset -c 0] python benchmarks/extraction.py ABSTRACTS.jsonl [--model FOLDER] [--runs N]

Reads all abstracts (title, abstract) once to warm up and then N times; prints the speed of each
run, loading not counted, and the peak memory of the process.
"""

import argparse
import json
import os
import resource
import statistics
import time
from pathlib import Path

from graphx.nlp.encoder import MODEL
from graphx.nlp.pipeline import load
from training.annotations import text_of


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("abstracts", type=Path)
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    papers = [json.loads(line) for line in options.abstracts.read_text(encoding="utf-8").splitlines()]
    texts = list(map(text_of, papers))
    nlp = load(model=options.model)
    speeds = []
    for _ in range(options.runs + 1):
        started = time.perf_counter()
        for _doc in nlp.pipe(texts):
            pass
        speeds.append(len(texts) / (time.perf_counter() - started))
    speeds = sorted(speeds[1:])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{len(texts)} abstracts, {len(os.sched_getaffinity(0))} core(s): "
        f"{speeds[0]:.1f} / {statistics.median(speeds):.1f} / {speeds[-1]:.1f} a second (min / median / max), "
        f"peak {peak:.0f} MiB"
    )


if __name__ == "__main__":
    main()
