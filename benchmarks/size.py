"""Time and memory of each step of a build: python benchmarks/size.py PAPERS.parquet [N ...].

Builds an atlas of the first N papers of a file (of all for 0), each in a process of its own, by the
command line, and prints the seconds of every step and the process' peak memory.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow.parquet as pq

STEPS = ("read", "merge", "mentions", "concepts", "links", "communities", "layout")


def build(file: Path, n: int, folder: Path) -> dict[str, float]:
    """Build an atlas of the first n papers; return seconds by step, wall seconds and MiB."""
    table = pq.read_table(file)
    part = folder / f"{n or len(table)}.parquet"
    pq.write_table(table.slice(0, n) if n else table, part)
    del table
    atlas = folder / "atlas"
    code = (
        "import resource, subprocess, sys, time, json; t = time.time();"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
        "print(json.dumps([time.time() - t, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024]))"
    )
    command = [
        sys.executable,
        "-c",
        code,
        sys.executable,
        "-m",
        "graphx",
        "build",
        str(part),
        "-o",
        str(atlas),
        "--force",
    ]
    wall, memory = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    info = json.loads((atlas / "atlas.json").read_text())
    counts = {f"n_{name}": count for name, count in info["counts"].items()}
    return counts | info["seconds"] | {"wall": wall, "memory": memory}


def main(file: Path, sizes: list[int]) -> None:
    """Print a table, a row for each size."""
    print(f"| papers | {' | '.join(STEPS)} | wall s | peak MiB | concepts | links |")
    print("|" + "---|" * (len(STEPS) + 5))
    for n in sizes:
        with tempfile.TemporaryDirectory() as folder:
            got = build(file, n, Path(folder))
        steps = " | ".join(f"{got[step]:.1f}" for step in STEPS)
        print(
            f"| {got['n_papers']:,} | {steps} | {got['wall']:.1f} | {got['memory']:,.0f} "
            f"| {got['n_concepts']:,} | {got['n_links']:,} |",
            flush=True,
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(n) for n in sys.argv[2:]] or [352, 5_000, 20_000, 0])
