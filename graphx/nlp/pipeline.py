"""The spaCy pipeline that reads a paper's text."""

from collections.abc import Iterable

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from graphx.nlp import roles, rules, sentences, terms  # noqa: F401  (each registers its component)
from graphx.nlp.terms import SPANS

for name, default in (("by", ""), ("score", 0.0), ("role", "mentions")):
    if not Span.has_extension(name):
        Span.set_extension(name, default=default)


def load() -> Language:
    """Return the pipeline: after it, `doc.spans["mentions"]` holds what the text names.

    A span's label is its kind; `span._.role`, `span._.score` (0 to 1) and `span._.by` say
    how the paper relates to it, how sure the finder is, and what found it. Spans never
    overlap and come in order of place.
    """
    nlp = spacy.blank("en")
    for component in ("graphx_sentences", "graphx_terms", "graphx_rules", "graphx_longest", "graphx_roles"):
        nlp.add_pipe(component)
    return nlp


@Language.component("graphx_longest")
def longest(doc: Doc) -> Doc:
    """Keep the longest of overlapping spans, and of equally long ones the surest.

    A form has one kind in a text: the one its surest mention has.
    """
    spans = sorted(doc.spans.get(SPANS, ()), key=lambda s: (s.start - s.end, -s._.score, s.start, s.label_))
    kept = _without_overlaps(spans)
    surest: dict[str, tuple[float, str]] = {}
    for span in kept:
        surest[span.text] = max(surest.get(span.text, (0.0, "")), (span._.score, span.label_))
    for span in kept:
        span.label_ = surest[span.text][1]
    doc.spans[SPANS] = sorted(kept, key=lambda s: s.start)
    return doc


def _without_overlaps(spans: Iterable[Span]) -> list[Span]:
    taken: set[int] = set()
    kept = []
    for span in spans:
        if taken.isdisjoint(range(span.start, span.end)):
            taken.update(range(span.start, span.end))
            kept.append(span)
    return kept
