"""How one paper names one concept: the line between them on the map."""

import pandas as pd

from graphx.atlas import Atlas
from graphx.errors import NotFoundError
from graphx.papers import text
from graphx.query.about import why_joined
from graphx.query.nodes import row_of
from graphx.tables import ROLE_ORDER


def named(atlas: Atlas, paper_id: str, concept_id: str) -> pd.DataFrame:
    """Return the sentences in which a paper names a concept, the strongest role first.

    Returns:
        sentence, start, end (of the mention in it), role, by, score, reason; `attrs` holds the rows
        `paper` and `concept`, and the `role` that the paper has by all of them.

    Raises:
        NotFoundError: there is no such paper or concept, or the one does not name the other.
    """
    paper, concept = row_of(atlas, "papers", "paper_id", paper_id), row_of(atlas, "concepts", "concept_id", concept_id)
    pairs = atlas.where("paper_concepts", "paper_id", paper_id)
    pairs = pairs[pairs["concept_id"] == concept_id]
    mentions = atlas.where("mentions", "paper_id", paper_id)
    mentions = mentions[mentions["concept_id"] == concept_id]
    if pairs.empty:
        raise NotFoundError(f"{paper['title']!r} does not name {concept['label']!r}.")
    mentions = mentions.assign(rank=mentions["role"].map(ROLE_ORDER)).sort_values(["rank", "start"], kind="stable")
    whole = text(paper["title"], paper["abstract"])
    found = pd.DataFrame(
        [
            {
                "sentence": whole[m.sentence_start : m.sentence_end].rstrip(),
                "start": m.start - m.sentence_start,
                "end": m.end - m.sentence_start,
                "role": m.role,
                "by": m.by,
                "score": m.score,
                "reason": why_joined(m.text, concept["label"], m.joined_by),
            }
            for m in mentions.drop_duplicates("sentence_start").itertuples()
        ]
    )
    found.attrs |= {"paper": paper, "concept": concept, "role": pairs["role"].iloc[0]}
    return found
