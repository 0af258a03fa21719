"""How a paper relates to what it names."""

import re

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc, Span

from graphx.nlp.agreement import same_things
from graphx.nlp.names import is_name_like
from graphx.nlp.terms import settled_kind
from graphx.tables import ROLE_ORDER, Kind, Role

INTRODUCES = 0.8
"""Mean probability over a thing's mentions from which on the paper introduces it."""

_OTHERS = re.compile(
    r"\b(?:(?:than|outperform\w*|surpass\w*|compared? (?:to|with)|against|state-of-the-art|existing)\b[^.;:,]{0,50}"
    r"|(?:extensions?|generali[sz]ations?|versions?|variants?|relaxations?|implementations?) of\b[^.;:,]{0,25})$",
    re.I,
)
"""What stands before the name of something that others made."""
_ROLES = tuple(ROLE_ORDER)


@Language.component("graphx_roles")
def roles(doc: Doc) -> Doc:
    """Give every mention its role: introduces, uses, compares or mentions.

    A paper introduces a thing or it does not, so that its mentions decide together; the other
    roles are told apart mention by mention. Tasks and metrics are mentioned.
    """
    for spans in same_things(doc).values():
        each = [_probabilities(span) for span in spans]
        introduced = float(np.mean([p[ROLE_ORDER[Role.INTRODUCES]] for p in each])) >= INTRODUCES
        introduced = introduced and _may_be_new(spans)
        for span, p in zip(spans, each, strict=True):
            if span.label_ not in (Kind.METHOD, Kind.DATASET):
                span._.role = Role.MENTIONS
            else:
                span._.role = Role.INTRODUCES if introduced else Role(_ROLES[1 + int(p[1:].argmax())])
    return doc


def _may_be_new(spans: list[Span]) -> bool:
    """Tell whether a thing can be what a paper introduces.

    What is named only as somebody else's ("faster than", "an extension of") is not. A common word ("general",
    "consensus") and a compound of an acronym ("epsilon-DP") name nothing new, and a dataset that
    everybody knows is new only to the paper that carries it in its title.
    """
    if all(_OTHERS.search(span.doc.text[span.sent.start_char : span.start_char]) for span in spans):
        return False
    if all(_is_cut(span) for span in spans) or _versioned(spans[0]):
        return False
    first = spans[0]
    if settled_kind(first.text) == Kind.DATASET:
        return "\n" in first.doc.text[first.end_char :] and "\n" not in first.doc.text[: first.start_char]
    if all(re.fullmatch(r"[a-z]+-[A-Z]{2,}", span.text) for span in spans):
        return False
    return any(" " in span.text or "-" in span.text or is_name_like(span.text) or _coined(span) for span in spans)


def _is_cut(span: Span) -> bool:
    """Tell whether a form is a piece of something: "intra" of "intra-node", or half of what stands in brackets."""
    return re.match(r"-\w", span.doc.text[span.end_char :]) is not None or span.text.count("(") != span.text.count(")")


def _versioned(span: Span) -> bool:
    """Tell whether the title coins a later version of what a form names: "FlashAttention" in "FlashAttention-2: …"."""
    return re.match(rf"{re.escape(span.text)}(?:[- ]?[vV]?[2-9](?:\.\d)?|\+\+)\b", span.doc.text) is not None


def _coined(span: Span) -> bool:
    """Tell whether a word begins the title, or has a capital within a sentence of the abstract."""
    return span.start == 0 or (span.text[0].isupper() and not span[0].is_sent_start and span.sent.start > 0)


def _probabilities(span: Span) -> NDArray[np.float32]:
    """Return the mean probability of every role over a span's words."""
    words, _, of_words = span.doc._.reading
    first = np.searchsorted(words.end, span.start_char, side="right")
    last = np.searchsorted(words.start, span.end_char, side="left")
    mean: NDArray[np.float32] = of_words[first:last].mean(axis=0)
    return mean
