"""How good the vectors of texts are, and what nearest neighbours and the links `similar` cost.

    python benchmarks/similar.py PAPERS.parquet [--minilm]

PAPERS has id, title, abstract and categories (arXiv's, the first is the primary one). Quality is measured on
papers that `training.vectors` holds out: the share of a paper's ten nearest among 18,000 that have its
primary category, and how often all of MiniLM's ten nearest among 2,000 are found. --minilm runs MiniLM, of
the extra `train`, for the latter: minutes.
"""

import argparse
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import svds

from graphx.nlp.vectors import damped, encode
from graphx.papers import text
from graphx.similar import APPROXIMATE, _compared, find, nearest, neighbours
from graphx.tables import frame
from training.vectors import counts, held_out

AMONG, ASKED, FEW = 18_000, 3_000, 2_000
DIMENSIONS = 256

Result = TypeVar("Result")
Matrix = NDArray[np.float32] | sparse.csr_array


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("papers", type=Path)
    parser.add_argument("--minilm", action="store_true")
    options = parser.parse_args()
    papers = pd.read_parquet(options.papers).sample(frac=1, random_state=1)
    kept = held_out(papers["id"])
    texts = np.array(list(map(text, papers["title"], papers["abstract"])), dtype=object)
    quality(texts[~kept], texts[kept][:AMONG], papers["categories"].str.split().str[0][kept], options.minilm)
    vectors = speed(texts)
    for n in (APPROXIMATE, len(vectors)):
        near_rows(vectors[:n])
    links(papers)


def quality(learnt: NDArray[np.object_], asked: NDArray[np.object_], categories: pd.Series, minilm: bool) -> None:
    learnt_counts = counts(pd.Series(learnt[:AMONG]))
    rarity = np.log((1 + AMONG) / (1 + np.bincount(learnt_counts.indices, minlength=learnt_counts.shape[1]))) + 1
    _, _, axes = svds(rare(learnt_counts, rarity), DIMENSIONS, random_state=1)
    words = rare(counts(pd.Series(asked)), rarity)
    representations = {
        "tf-idf of word pieces": words,
        f"{DIMENSIONS} dimensions of its SVD": unit(words @ axes.T),
        "graphx.nlp.vectors": encode(asked),
    }
    reference = ten_nearest(_minilm(asked[:FEW]), FEW) if minilm else None
    labels = categories.to_numpy(dtype=str)[:AMONG]

    def alike(near: NDArray[np.int64]) -> str:
        return f"{(labels[near] == labels[: len(near), None]).mean():.3f}"

    print(f"ten nearest: share with the same primary category among {len(asked)} (of {ASKED}) and among {FEW} papers")
    for name, rows in representations.items():
        few = ten_nearest(rows[:FEW], FEW)
        print(f"{name:<30}{alike(ten_nearest(rows, ASKED))}  {alike(few)}", end="")
        if reference is not None:
            shared = np.mean([np.isin(a, b).mean() for a, b in zip(few, reference, strict=True)])
            print(f"  shared with MiniLM {shared:.3f}", end="")
        print()
    if reference is not None:
        print(f"{'MiniLM':<30}       {alike(reference)}")


def rare(found: sparse.csr_array, rarity: NDArray[np.float64]) -> sparse.csr_array:
    """Return tf-idf vectors of length 1 from counts."""
    rows = damped(found)
    rows.data *= rarity[rows.indices]
    length = np.sqrt(rows.multiply(rows).sum(axis=1))
    rows.data /= np.repeat(length, np.diff(rows.indptr))
    return rows


def unit(rows: NDArray[np.float64]) -> NDArray[np.float32]:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def ten_nearest(rows: Matrix, n: int) -> NDArray[np.int64]:
    """Return the ten nearest of the first n rows."""
    near = []
    for start in range(0, n, 500):
        alike = rows[start : start + 500] @ rows.T
        alike = alike.toarray() if sparse.issparse(alike) else alike
        alike[np.arange(len(alike)), np.arange(start, start + len(alike))] = -1
        near.append(np.argpartition(-alike, 9, axis=1)[:, :10])
    return np.concatenate(near)[:n]


def _minilm(texts: NDArray[np.object_]) -> NDArray[np.float32]:
    import torch
    from transformers import BertModel

    from training.network import installed_encoder, load_tokenizer

    folder = installed_encoder()
    network, tokenizer = BertModel.from_pretrained(folder).eval(), load_tokenizer(folder / "tokenizer.json")
    tokenizer.enable_truncation(256)
    tokenizer.enable_padding()
    found = np.zeros((len(texts), network.config.hidden_size), np.float32)
    order = np.argsort(list(map(len, texts)))
    with torch.inference_mode():
        for start in range(0, len(texts), 32):
            part = order[start : start + 32]
            read = tokenizer.encode_batch(list(texts[part]))
            mask = torch.tensor([e.attention_mask for e in read])
            hidden = network(input_ids=torch.tensor([e.ids for e in read]), attention_mask=mask).last_hidden_state
            found[part] = ((hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)).numpy()
    return unit(found)


def timed(work: Callable[[], Result]) -> tuple[Result, str]:
    """Return what work returns, and the seconds it took: of the clock, and of all cores together."""
    clock, cores = time.perf_counter(), time.process_time()
    result = work()
    return result, f"{time.perf_counter() - clock:.1f} s ({time.process_time() - cores:.1f} s of cores)"


def speed(texts: NDArray[np.object_]) -> NDArray[np.float32]:
    encode(texts[:100])
    vectors, seconds = timed(lambda: encode(texts))
    print(f"\nencode {len(texts):,} abstracts: {seconds}")
    return vectors


def near_rows(vectors: NDArray[np.float32]) -> None:
    asked = np.arange(0, len(vectors), len(vectors) // 1_000)
    exact, comparing = timed(lambda: _compared(vectors, asked, 10))
    (near, _), seconds = timed(lambda: nearest(vectors, 50))
    recall = np.mean([np.isin(a, b).mean() for a, b in zip(exact, near[asked, :10], strict=True)])
    print(f"fifty nearest of {len(vectors):,}: {seconds}, recall of the ten nearest {recall:.4f}; ", end="")
    print(f"comparing {len(asked)} of them with all: {comparing}")


def links(papers: pd.DataFrame) -> None:
    table = frame("papers", papers.rename(columns={"id": "paper_id"})[["paper_id", "title", "abstract"]])
    found, seconds = timed(lambda: find(table, sparse.csr_array((len(table), 1)), neighbours(table)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"links of {len(table):,} papers, as if they named nothing: {len(found):,} in {seconds}; ", end="")
    print(f"peak of the whole benchmark {peak:,.0f} MiB")


if __name__ == "__main__":
    main()
