"""The sentences that justify a community's label."""

from itertools import groupby
from operator import itemgetter

import pandas as pd

from graphx.communities.graph import Floats, Ints
from graphx.papers import text

ENOUGH = 6
"""Sentences a concept to choose from, so that each can be of another paper."""


def sentences(
    of: Ints, parts: pd.DataFrame, centrality: Floats, papers: pd.DataFrame, mentions: pd.DataFrame, place: Ints
) -> dict[int, tuple[list[str], list[str]]]:
    """Return for every community up to three sentences that name its label's concepts, and their places.

    One sentence a concept, each of another paper: those of abstracts before titles, then those
    that name more of the label, then those of the more central papers.

    Args:
        of: community number of every paper, -1 where it has none.
        parts: columns community, concept_id and rank: the concepts of every label.
        centrality: of every paper.
        papers: the table.
        mentions: the table.
        place: row number in `papers` of every mention.

    Returns:
        Sentences, and "paper_id start:end" of each, by community.
    """
    rows = pd.DataFrame(
        {
            "community": of[place],
            "concept_id": mentions["concept_id"].to_numpy(dtype=object),
            "paper": place,
            "start": mentions["sentence_start"].to_numpy(dtype=int),
            "end": mentions["sentence_end"].to_numpy(dtype=int),
        }
    ).merge(parts, on=["community", "concept_id"])
    sentence = ["community", "paper", "start", "end"]
    rows = rows.drop_duplicates([*sentence, "concept_id"])
    rows["names"] = rows.groupby(sentence)["concept_id"].transform("size")
    rows["titled"] = rows["start"] == 0
    rows["centrality"] = centrality[rows["paper"]]
    order = {"community": True, "titled": True, "names": False, "centrality": False, "paper": True, "start": True}
    rows = rows.sort_values([*order, "rank"], ascending=[*order.values(), True])
    rows = rows.groupby(["community", "concept_id"]).head(ENOUGH)
    columns = (rows[name].tolist() for name in ("community", "rank", "paper", "start", "end"))
    titles, abstracts, ids = (papers[name].to_numpy(dtype=object) for name in ("title", "abstract", "paper_id"))
    answer = {}
    for community, those in groupby(zip(*columns, strict=True), key=itemgetter(0)):
        found, places = [], []
        for paper, start, end in _spread([row[1:] for row in those]):
            words = text(titles[paper], abstracts[paper])
            proof = words[start:end].strip()
            start = words.index(proof, start)
            found.append(proof)
            places.append(f"{ids[paper]} {start}:{start + len(proof)}")
        answer[community] = (found, places)
    return answer


def _spread(rows: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int]]:
    """Choose paper, start and end of one sentence for each part of a label, of different papers; two for an only part.

    Args:
        rows: rank of the part, paper, start and end of every sentence, the best first.
    """
    ranks = sorted({rank for rank, *_ in rows})
    chosen: dict[int, tuple[int, int, int]] = {}
    for wanted in ranks if len(ranks) > 1 else ranks * 2:
        for rank, *place in rows:
            if rank == wanted and place[0] not in chosen:
                chosen[place[0]] = (place[0], place[1], place[2])
                break
    return list(chosen.values())
