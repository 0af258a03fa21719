"""Text to the encoder's input: word pieces, their shapes, and windows over long texts.

Training and use go through this one file, so that the model always sees what it learnt from.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

LONGEST = 512
"""Word pieces of a window; the encoder has no more positions."""

OVERLAP = 128
"""Word pieces that two windows of a long text share, so that every word has context on both sides in one."""

SHAPES = 8
"""How many shapes of words are told apart."""

_CLS, _SEP = 101, 102
_PUNCTUATION, _LOWER, _TITLE, _UPPER, _MIXED, _NUMBER, _NUMBERED = range(1, SHAPES)


class Words(NamedTuple):
    """A text's words: the runs of letters and digits, and single punctuation marks."""

    start: NDArray[np.int64]
    """First character of every word."""
    end: NDArray[np.int64]
    """Character after its last."""


class Window(NamedTuple):
    """What the encoder sees at once: one row of its input."""

    pieces: NDArray[np.int64]
    """Numbers of the word pieces."""
    parts: NDArray[np.int64]
    """0 in the title, 1 in the abstract."""
    shapes: NDArray[np.int64]
    """How the piece's word is spelled; the vocabulary itself knows no capitals."""
    words: NDArray[np.int64]
    """Which words this window speaks for."""
    places: NDArray[np.int64]
    """Where in the window the first piece of each of these words stands."""


def encode(text: str, tokenizer: Tokenizer) -> tuple[Words, list[Window]]:
    """Split a text into words and lay windows over them.

    Args:
        text: a title, a newline and an abstract; without a newline all of it is abstract.
        tokenizer: that of the encoder.

    Returns:
        The words, and windows of at most `LONGEST` pieces in which every word is spoken for once.
    """
    title_end = text.find("\n")
    encoding = tokenizer.encode(text, add_special_tokens=False)
    if not encoding.ids:
        return Words(np.zeros(0, np.int64), np.zeros(0, np.int64)), []
    offsets = np.array(encoding.offsets)
    word_of = np.array(encoding.word_ids)
    begins = np.diff(word_of, prepend=-1) != 0
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(word_of)) - 1
    words = Words(offsets[first, 0], offsets[last, 1])
    numbered = np.cumsum(begins) - 1
    shapes = np.array([shape(text[s:e]) for s, e in zip(words.start, words.end, strict=True)])
    parts = (offsets[:, 0] > title_end).astype(np.int64)
    return words, list(_windows(np.array(encoding.ids), parts, shapes[numbered], numbered, first))


def _windows(
    pieces: NDArray[np.int64],
    parts: NDArray[np.int64],
    shapes: NDArray[np.int64],
    word_of: NDArray[np.int64],
    first: NDArray[np.int64],
) -> list[Window]:
    room = LONGEST - 3
    windows = []
    start, spoken = 0, 0
    while True:
        end = min(start + room, len(pieces))
        until = len(pieces) if end == len(pieces) else end - OVERLAP // 2
        mine = first[(first >= spoken) & (first < until)]
        n_title = int((parts[start:end] == 0).sum())
        # [CLS] title [SEP] abstract [SEP], the first [SEP] also where there is no title
        order = np.arange(start, end)
        places = mine - start + 1 + (parts[mine] == 1)
        row = [
            np.concatenate(([a], v[order[:n_title]], [b], v[order[n_title:]], [c]))
            for v, a, b, c in ((pieces, _CLS, _SEP, _SEP), (parts, 0, 0, 1), (shapes, 0, 0, 0))
        ]
        windows.append(Window(row[0], row[1], row[2], word_of[mine], places))
        if end == len(pieces):
            return windows
        spoken = until
        start = end - OVERLAP


def shape(word: str) -> int:
    """Tell how a word is spelled: in small letters, with a capital first, in capitals, mixed, with digits."""
    letters = [c for c in word if c.isalpha()]
    if not letters:
        return _NUMBER if any(c.isdigit() for c in word) else _PUNCTUATION
    if len(letters) < len(word):
        return _NUMBERED
    if word.islower():
        return _LOWER
    if word.isupper():
        return _UPPER
    return _TITLE if word[1:].islower() else _MIXED
