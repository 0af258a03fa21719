"""Build an atlas of annotated abstracts, for a scorer to compare with their annotations.

    python benchmarks/annotated.py ABSTRACTS.jsonl ATLAS

ABSTRACTS.jsonl holds one paper a line, with at least `title` and `abstract`.
"""

import hashlib
import json
import sys
from pathlib import Path

from graphx.atlas import assemble, save
from graphx.readers import Reading
from graphx.readers.text import clean
from graphx.tables import Settings, frame


def main() -> None:
    source, target = map(Path, sys.argv[1:])
    data = source.read_bytes()
    papers = [json.loads(line) for line in data.decode().splitlines() if line.strip()]
    rows = [
        {"title": clean(p["title"]), "abstract": clean(p["abstract"]), "sources": [f"{source.name}#line {n}"]}
        for n, p in enumerate(papers, start=1)
    ]
    reading = Reading(frame("papers", rows), frame("problems", []), {source.name: hashlib.sha256(data).hexdigest()})
    atlas = assemble(reading, Settings())
    save(atlas, target)
    print(f"{len(atlas.papers)} papers, {len(atlas.mentions)} mentions, {atlas.info['seconds']}")


if __name__ == "__main__":
    main()
