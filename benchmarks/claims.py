"""Draw claims to be checked by reading: python benchmarks/claims.py ATLAS [N] > claims.jsonl.

Every `builds_on`, and a sample of what papers are said to introduce, N in all, one JSON object a line with
the sentence that proves it. The sample goes by a hash, so that it stays nearly the same when claims come and go.
Verdicts are given by hand: tests/golden/claims.jsonl has those of the seeds.
"""

import json
import sys
from zlib import crc32

import graphx
from graphx import query
from graphx.tables import Relation, Role


def main(path: str, n: int) -> None:
    """Print the claims."""
    atlas = graphx.load(path)
    titles = dict(zip(atlas.papers["paper_id"], atlas.papers["title"], strict=True))
    labels = dict(zip(atlas.concepts["concept_id"], atlas.concepts["label"], strict=True))
    links = atlas.links[atlas.links["relation"] == Relation.BUILDS_ON]
    for link in links.itertuples():
        claim = {"paper": titles[link.source], "claim": "builds_on", "what": labels[link.via]}
        print(json.dumps(claim | {"of": titles[link.target], "sentence": link.evidence[0]}, ensure_ascii=False))
    introduced = atlas.paper_concepts[atlas.paper_concepts["role"] == Role.INTRODUCES]
    drawn = sorted(introduced.itertuples(), key=lambda row: crc32(f"{row.paper_id} {row.concept_id}".encode()))
    for row in drawn[: n - len(links)]:
        sentence, _, _ = query.proof(atlas, row.paper_id, row.concept_id)
        claim = {"paper": titles[row.paper_id], "claim": "introduces", "what": labels[row.concept_id]}
        print(json.dumps(claim | {"sentence": sentence}, ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100)
