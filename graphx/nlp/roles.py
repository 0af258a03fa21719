"""How a paper relates to what it names."""

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc, Span

from graphx.nlp.agreement import same_things
from graphx.tables import ROLE_ORDER, Kind, Role

INTRODUCES = 0.6
"""Mean probability over a thing's mentions from which on the paper introduces it."""

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
        for span, p in zip(spans, each, strict=True):
            if span.label_ not in (Kind.METHOD, Kind.DATASET):
                span._.role = Role.MENTIONS
            else:
                span._.role = Role.INTRODUCES if introduced else Role(_ROLES[1 + int(p[1:].argmax())])
    return doc


def _probabilities(span: Span) -> NDArray[np.float32]:
    """Return the mean probability of every role over a span's words."""
    words, _, of_words = span.doc._.reading
    first = np.searchsorted(words.end, span.start_char, side="right")
    last = np.searchsorted(words.start, span.end_char, side="left")
    mean: NDArray[np.float32] = of_words[first:last].mean(axis=0)
    return mean
