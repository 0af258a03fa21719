"""One form, one kind: what a text calls one thing is treated as one thing throughout the text."""

import re
from collections import defaultdict

from spacy.language import Language
from spacy.tokens import Doc, Span

from graphx.nlp.acronyms import definitions
from graphx.nlp.names import is_name_like
from graphx.nlp.terms import OWN, SPANS, settled_kind

ACRONYM, AGAIN = "acronym", "said before"
"""What `span.id_` says of spans that are added here: the text defines it, or names it elsewhere."""


@Language.component("graphx_agreement")
def agreement(doc: Doc) -> Doc:
    """Let all spans of one thing agree on a kind, and add the places where its forms stand again.

    The kind is the one with most of the spans' scores; the list of known datasets and metrics
    overrules them, and a user's list overrules that.
    """
    best, agreed = {}, []
    for thing, spans in same_things(doc).items():
        votes: dict[str, float] = defaultdict(float)
        for span in spans:
            votes[span.label_] += 100.0 if span.id_ == OWN else span._.score
            listed = settled_kind(span.text)
            if listed and spans[0].start:  # what begins a title is coined there, whatever else has its name
                votes[str(listed)] += 10.0
        top = max(sorted(votes), key=lambda label: votes[label])
        spans = [
            Span(doc, span.start, span.end, label=top if votes[top] >= 10 else span.label_, span_id=span.id_)
            for span in spans
        ]
        best[thing] = max(spans, key=lambda span: span._.score)
        agreed += spans
    doc.spans[SPANS] = sorted([*agreed, *_again(doc, agreed, best)], key=lambda span: span.start)
    return doc


def same_things(doc: Doc) -> dict[str, list[Span]]:
    """Group spans whose forms differ by case or a plural s only, or are acronym and long form of each other."""
    meaning = {_folded(short): _folded(long) for short, long in _pairs(doc)}
    things: dict[str, list[Span]] = defaultdict(list)
    for span in doc.spans.get(SPANS, ()):
        form = _folded(span.text)
        things[meaning.get(form, form)].append(span)
    return things


def _again(doc: Doc, spans: list[Span], best: dict[str, Span]) -> list[Span]:
    """Return the places, not yet taken, of names and of defined acronyms that stand elsewhere in the text."""
    taken = {i for span in spans for i in range(span.start, span.end)}
    forms = {span.text: (AGAIN, span) for span in best.values() if all(map(is_name_like, span.text.split()))}
    for short, long in _pairs(doc):
        span = best.get(_folded(long))
        forms |= {form: (ACRONYM, span) for form in (short, long) if span is not None}
    added, text = [], doc.text  # which spaCy puts together anew at every call
    for form, (by, model) in sorted(forms.items(), key=lambda item: (-len(item[0]), item[0])):
        for match in re.finditer(rf"(?<!\w){re.escape(form)}(?!\w)", text):
            span = doc.char_span(*match.span(), span_id=by, label=model.label_)
            if span is not None and taken.isdisjoint(range(span.start, span.end)):
                taken.update(range(span.start, span.end))
                span._.score = model._.score
                added.append(span)
    return added


def _pairs(doc: Doc) -> list[tuple[str, str]]:
    text = doc.text
    return [(text[d.short_start : d.short_end], text[d.long_start : d.long_end]) for d in definitions(text)]


def _folded(form: str) -> str:
    """Return a form in small letters without a plural s."""
    plain = form.casefold()
    return plain[:-1] if len(plain) > 3 and plain.endswith("s") and not plain.endswith("ss") else plain
