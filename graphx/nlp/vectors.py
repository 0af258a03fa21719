"""Texts to vectors: a learnt vector for every word piece, summed; texts that say alike things point alike.

No network runs: a text's vector is a row of counts times a matrix, a thousand and more abstracts a
second. `pieces/README.md` says what the matrix learnt from and how good it is. The idea is that of
FastText and SIF (S. Arora, Y. Liang and T. Ma, "A simple but tough-to-beat baseline for sentence
embeddings", ICLR 2017); that the vectors' lengths are learnt too stands in for its weights.
"""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from io import BytesIO
from itertools import chain
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from tokenizers import Tokenizer

from graphx.errors import InputError

PIECES = Path(str(files("graphx.nlp") / "pieces")) / "vectors.npz"
"""`vectors` (pieces × dimensions, 8 bits) and `scales` (one a piece), by the numbers of the encoder's tokenizer."""

_BATCH = 1_024


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return a vector of every text; a text's vector does not depend on the others.

    Args:
        texts: English; a paper's text or one sentence.

    Returns:
        texts × dimensions; rows of length 1, or of zeros for a text without a known word.

    Raises:
        InputError: the vectors' file is missing or damaged.
    """
    pieces = _load(PIECES)
    found = np.zeros((len(texts), pieces.shape[1]), np.float32)
    for start in range(0, len(texts), _BATCH):
        batch = slice(start, start + _BATCH)
        summed = damped(count(texts[batch])) @ pieces
        length = np.sqrt((summed * summed).sum(axis=1, keepdims=True))
        np.divide(summed, length, out=found[batch], where=length > 0)
    return found


def count(texts: Sequence[str]) -> sparse.csr_array:
    """Return how often each text has each word piece, texts × pieces."""
    tokenizer = _tokenizer()
    ids = [e.ids for e in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]
    ends = np.cumsum([0, *map(len, ids)])
    columns = np.fromiter(chain.from_iterable(ids), np.int32, ends[-1])
    counts = sparse.csr_array(
        (np.ones(len(columns), np.float32), columns, ends), shape=(len(texts), tokenizer.get_vocab_size())
    )
    counts.sum_duplicates()
    return counts


def damped(counts: sparse.csr_array) -> sparse.csr_array:
    """Return 1 + log of every count, so that a word said ten times counts three times."""
    return sparse.csr_array((1 + np.log(counts.data), counts.indices, counts.indptr), shape=counts.shape)


def to_file(pieces: NDArray[np.float32], path: Path) -> None:
    """Write vectors of word pieces with 8 bits a number; each row has a scale of its own."""
    scales = np.abs(pieces).max(axis=1, keepdims=True) / 127
    vectors = np.round(np.divide(pieces, scales, out=np.zeros_like(pieces), where=scales > 0)).astype(np.int8)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, vectors=vectors, scales=scales)


@cache
def _load(path: Path) -> NDArray[np.float32]:
    try:
        with np.load(BytesIO(path.read_bytes())) as file:  # NumPy leaves a damaged file open
            return np.asarray(file["vectors"] * file["scales"], dtype=np.float32)
    except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
        raise InputError(f"{path}: not the vectors of GraphX ({error}). Install GraphX again.") from None


@cache
def _tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(files("graphx.nlp") / "model" / "tokenizer.json"))
