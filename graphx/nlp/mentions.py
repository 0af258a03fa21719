"""Papers to mentions: run the pipeline over every paper's text."""

from collections.abc import Callable, Sequence

import pandas as pd

from graphx.nlp.pipeline import load
from graphx.nlp.sentences import sentence_bounds
from graphx.nlp.terms import SPANS, Term
from graphx.papers import texts
from graphx.tables import frame


def find(
    papers: pd.DataFrame,
    own_terms: Sequence[Term] = (),
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> pd.DataFrame:
    """Find all mentions.

    Args:
        papers: the table `papers`.
        own_terms: terms that the user adds, each with its kind.
        progress: is told how many papers are done, of how many.

    Returns:
        The table `mentions`, in order of papers and places, `concept_id` and `joined_by` still null.
    """
    nlp = load(own_terms)
    rows = []
    text_of = texts(papers)
    for done, (doc, paper_id) in enumerate(nlp.pipe(zip(text_of.values(), text_of, strict=True), as_tuples=True)):
        progress(done, len(text_of))
        bounds = sentence_bounds(doc)
        rows += [
            {
                "paper_id": paper_id,
                "start": span.start_char,
                "end": span.end_char,
                "text": span.text,
                "kind": span.label_,
                "role": str(span._.role),
                "score": span._.score,
                "sentence_start": bounds(span)[0],
                "sentence_end": bounds(span)[1],
                "by": span.id_,
            }
            for span in doc.spans[SPANS]
        ]
    progress(len(text_of), len(text_of))
    return frame("mentions", rows)
