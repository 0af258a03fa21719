"""Probabilities for every word to spans that do not overlap."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

N_LABELS = 3
OUTSIDE, BEGIN, INSIDE = range(N_LABELS)
"""What a tagger says of a word."""


class Found(NamedTuple):
    """A stretch of words that names something."""

    first: int
    """Number of its first word."""
    last: int
    """Number of the word after its last."""
    kind: int
    score: float
    """Mean probability of its words to be part of a name of this kind, 0 to 1."""


def decode(kinds: NDArray[np.float32], thresholds: NDArray[np.float32]) -> list[Found]:
    """Find spans.

    Args:
        kinds: probabilities, words × kinds × (outside, begin, inside).
        thresholds: for every kind the probability from which on a word is part of a name.

    Returns:
        Spans in order; of overlapping ones of several kinds only the surest.
    """
    found = []
    for kind in range(kinds.shape[1]):
        inside = 1 - kinds[:, kind, OUTSIDE]
        part = inside >= thresholds[kind]
        starts = part & (~np.append(False, part[:-1]) | (kinds[:, kind, BEGIN] > kinds[:, kind, INSIDE]))
        for first in np.flatnonzero(starts):
            last = first + 1
            while last < len(part) and part[last] and not starts[last]:
                last += 1
            found.append(Found(int(first), int(last), kind, float(inside[first:last].mean())))
    taken = np.zeros(len(kinds), dtype=bool)
    kept = []
    for span in sorted(found, key=lambda f: (-f.score, f.first, f.kind)):
        if not taken[span.first : span.last].any():
            taken[span.first : span.last] = True
            kept.append(span)
    return sorted(kept)
