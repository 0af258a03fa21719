"""Train the vectors of word pieces that `graphx.nlp.vectors` sums.

    python -m training.vectors TEXTS.parquet [--output FILE]

TEXTS has `id`, `title` and `abstract`; nothing else of it is looked at. A title and its own
abstract shall point alike, and other titles and abstracts of the batch elsewhere (InfoNCE: A. van den
Oord, Y. Li and O. Vinyals, "Representation learning with contrastive predictive coding", 2018).
The gradient of a sum of rows is another sparse product, so NumPy and SciPy do it all.
"""

import argparse
import hashlib
import zlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rich.progress import track
from scipy import sparse

from graphx.nlp.vectors import PIECES, count, damped, to_file

DIMENSIONS = 256
BATCH = 1_024
EPOCHS = 2
RATE = 0.05
TEMPERATURE = 0.15
"""How sharply a title is told from others. Lower learns single papers, higher learns fields; see the vectors' card."""
FIRST_LENGTH = 0.3
"""Length of the random vectors at the beginning, times the piece's rarity."""
SEEN = 3
"""A piece in fewer of the texts has no vector: what chance gave it would be noise."""
HELD_OUT = 4
"""One in so many papers is kept for measuring."""


def main() -> None:
    """Read, train, write."""
    parser = argparse.ArgumentParser(prog="python -m training.vectors", description=__doc__.partition("\n")[0])
    parser.add_argument("texts", type=Path, help="Parquet with id, title, abstract")
    parser.add_argument("--output", type=Path, default=PIECES, help="file to write")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    papers = pd.read_parquet(options.texts, columns=["id", "title", "abstract"]).sort_values("id")
    papers = papers[~held_out(papers["id"])]
    print(f"{len(papers)} papers to learn from")
    titles, abstracts = (counts(papers[column]) for column in ("title", "abstract"))
    to_file(fit(titles, abstracts, options.seed), options.output)
    data = options.output.read_bytes()
    print(f"{hashlib.sha256(data).hexdigest()}  {options.output.name}  {len(data):,} bytes")


def held_out(ids: Iterable[str]) -> NDArray[np.bool_]:
    """Tell which papers are kept for measuring, by their ids alone."""
    return np.array([zlib.crc32(i.encode()) % HELD_OUT == 0 for i in ids], dtype=bool)


def counts(texts: pd.Series) -> sparse.csr_array:
    """Return the counts of word pieces of many texts."""
    parts = np.array_split(texts.to_numpy(dtype=object), len(texts) // BATCH + 1)
    return sparse.vstack([count(part) for part in track(parts, "reading")], format="csr")


def fit(titles: sparse.csr_array, abstracts: sparse.csr_array, seed: int) -> NDArray[np.float32]:
    """Return a vector for every word piece, by Adagrad with a rate that falls to nothing."""
    chance = np.random.default_rng(seed)
    n, n_pieces = titles.shape
    seen = np.bincount(np.r_[titles.indices, abstracts.indices], minlength=n_pieces)
    rarity = np.log((1 + n) / (1 + np.minimum(seen, n)))[:, None] + 1
    pieces = chance.normal(0, FIRST_LENGTH / DIMENSIONS**0.5, (n_pieces, DIMENSIONS)) * (rarity / rarity.mean())
    pieces = np.where(seen[:, None] < SEEN, 0, pieces).astype(np.float32)
    squares = np.full_like(pieces, 1e-8)
    size = min(BATCH, n)
    batches = [part for _ in range(EPOCHS) for part in chance.permutation(n)[: n // size * size].reshape(-1, size)]
    for step, batch in enumerate(track(batches, "training")):
        both = damped(sparse.vstack([titles[batch], abstracts[batch]], format="csr"))
        used, column = np.unique(both.indices, return_inverse=True)
        both = sparse.csr_array((both.data, column, both.indptr), shape=(2 * size, len(used)))
        slope = both.T @ gradient(both @ pieces[used])
        squares[used] += slope * slope
        pieces[used] -= RATE * (1 - step / len(batches)) * slope / np.sqrt(squares[used])
    return np.where(seen[:, None] < SEEN, 0, pieces)


def gradient(sums: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the slope of the loss by the vectors of a batch: titles first, then their abstracts."""
    half = len(sums) // 2
    length = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    unit = sums / length
    titles, abstracts = unit[:half], unit[half:]
    alike = titles @ abstracts.T / TEMPERATURE
    wrong = _softmax(alike) + _softmax(alike.T).T
    wrong[np.arange(half), np.arange(half)] -= 2
    wrong /= 2 * TEMPERATURE
    slope = np.concatenate([wrong @ abstracts, wrong.T @ titles])
    return (slope - unit * (slope * unit).sum(axis=1, keepdims=True)) / length


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


if __name__ == "__main__":
    main()
