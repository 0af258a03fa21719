"""Where sentences start, told from punctuation and what follows it."""

from bisect import bisect_right
from collections.abc import Callable

from spacy.language import Language
from spacy.tokens import Doc, Span

_NO_END = {
    "al.",
    "vs.",
    "cf.",
    "etc.",
    "e.g.",
    "i.e.",
    "resp.",
    "approx.",
    "fig.",
    "eq.",
    "sec.",
    "no.",
    "dr.",
    "st.",
}


@Language.component("graphx_sentences")
def sentences(doc: Doc) -> Doc:
    """Start a sentence after a newline, and after . ! ? where a capital or digit follows.

    A paper's text is its title, a newline and its abstract, so that the title is always a
    sentence of its own.
    """
    for i, token in enumerate(doc):
        if i == 0:
            token.is_sent_start = True
            continue
        before = doc[i - 1]
        if before.is_space:
            token.is_sent_start = "\n" in before.text
        elif token.is_space or not before.whitespace_:
            token.is_sent_start = False
        else:
            split = before.text == "." and i > 1 and not doc[i - 2].whitespace_  # "al" and "." may be two tokens
            word = f"{doc[i - 2].text if split else ''}{before.text}".lower()
            closing = before.text in {")", '"', "”", "'", "’", "]", "}"} and i > 1
            mark = doc[i - 2].text if closing else before.text
            ends = mark[-1] in ".!?…" and word not in _NO_END and len(mark.rstrip(".")) != 1
            token.is_sent_start = ends and not token.text[0].islower()
    return doc


def sentence_bounds(doc: Doc) -> Callable[[Span], tuple[int, int]]:
    """Return a function from a span to the first character of its sentence and the one after its last.

    A span that a newline divides has the sentences on both sides.

    `span.sent` walks back to the start of the sentence each time; this looks it up.
    """
    bounds = [(s.start_char, s.end_char) for s in doc.sents]
    starts = [start for start, _ in bounds]

    def around(span: Span) -> tuple[int, int]:
        first, last = (bisect_right(starts, place) - 1 for place in (span.start_char, span.end_char - 1))
        return bounds[first][0], bounds[last][1]

    return around
