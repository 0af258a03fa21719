"""The spaCy pipeline that reads a paper's text."""

from collections.abc import Iterable

import spacy
from spacy.language import Language
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc, Span
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex

from graphx.nlp import roles, rules, sentences, terms  # noqa: F401  (each registers its component)
from graphx.nlp.terms import SPANS

for name, default in (("score", 0.0), ("role", "mentions")):
    if not Span.has_extension(name):
        Span.set_extension(name, default=default)

SURENESS = {
    "title": 0.95,
    "acronym": 0.9,
    "called": 0.9,
    "known term": 0.8,
    "dataset cue": 0.7,
    "spelling": 0.6,
    "phrase": 0.5,
}
"""How far each finder is to be trusted, 0 to 1: which one wins where several see something."""


def load() -> Language:
    """Return the pipeline: after it, `doc.spans["mentions"]` holds what the text names.

    A span's label is its kind and its id what found it; `span._.role` says how the paper
    relates to it and `span._.score` (0 to 1) how sure the finder is. Spans never overlap
    and come in order of place.
    """
    nlp = spacy.blank("en")
    nlp.tokenizer = _tokenizer(nlp)
    for component in ("graphx_sentences", "graphx_terms", "graphx_rules", "graphx_longest", "graphx_roles"):
        nlp.add_pipe(component)
    return nlp


def _tokenizer(nlp: Language) -> Tokenizer:
    """Return the usual tokenizer, which takes the full stop after "MoS." and "models(LLMs" apart, too."""
    defaults = nlp.Defaults
    return Tokenizer(
        nlp.vocab,
        rules=defaults.tokenizer_exceptions,
        prefix_search=compile_prefix_regex(defaults.prefixes or ()).search,
        suffix_search=compile_suffix_regex([*(defaults.suffixes or ()), r"(?<=[a-z\d][A-Z])\."]).search,
        infix_finditer=compile_infix_regex([*(defaults.infixes or ()), r"[()~]"]).finditer,
        url_match=defaults.url_match,
    )


@Language.component("graphx_longest")
def longest(doc: Doc) -> Doc:
    """Keep the longest of overlapping spans, and of equally long ones the surest.

    A phrase counts as two tokens however long it is, so that a standard term of two words
    stands its ground: "hierarchical community detection" is filed under "community
    detection", but "short text clustering" not under "clustering". A form has one kind in
    a text: the one its surest mention has.
    """

    def rank(span: Span) -> tuple[int, float, int, str]:
        length = min(len(span), 2) if span.id_ == "phrase" else len(span)
        return -length, -SURENESS[span.id_], span.start, span.label_

    spans = sorted(doc.spans.get(SPANS, ()), key=rank)
    kept = _without_overlaps(spans)
    surest: dict[str, tuple[float, str]] = {}
    for span in kept:
        surest[span.text] = max(surest.get(span.text, (0.0, "")), (SURENESS[span.id_], span.label_))
    for span in kept:
        span.label_ = surest[span.text][1]
        span._.score = SURENESS[span.id_]
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
