"""Train the encoder and write the files that the package ships.

    python -m training [--annotations DIR] [--texts FILE] [--sentences DIR] [--output DIR]

DIR of annotations holds one or more `.jsonl` files of annotated abstracts (id, methods,
datasets, tasks, metrics, and title and abstract unless FILE gives them) and `development.txt`,
the ids of the papers that are kept for measuring and never trained on.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from rich.progress import Progress

from graphx.nlp.encoder import MODEL
from graphx.tables import Kind
from training.annotations import Annotated, annotate, read_sentences
from training.export import write_model
from training.fit import examples, fit
from training.network import Network, installed_encoder, load_tokenizer
from training.score import measure

HERE = Path(__file__).parent
THRESHOLD = 0.6
"""Probability from which on a word is part of a name; from .5 to .7 the development papers score alike."""

SENTENCES = {
    "tdmsci.train.jsonl": frozenset({Kind.TASK, Kind.DATASET, Kind.METRIC}),
    "heddes.train.jsonl": frozenset({Kind.DATASET}),
}
"""Sets of annotated sentences that may be trained on, and the kinds their annotators looked for."""


def main() -> None:
    """Read, train, export, measure."""
    options = _options()
    papers, development = _papers(options.annotations, options.texts)
    learnt = [annotate(paper) for paper in papers if paper["id"] not in development]
    sentences = _sentences(options.sentences)
    print(f"{len(learnt)} abstracts and {len(sentences)} sentences to learn from, {len(development)} papers to measure")

    pretrained = options.pretrained or installed_encoder()
    tokenizer = load_tokenizer(pretrained / "tokenizer.json")
    torch.manual_seed(options.seed)
    network = Network(pretrained).to("cuda" if torch.cuda.is_available() else "cpu")
    stages = [(examples(sentences, tokenizer), 1)] if sentences else []
    stages.append((examples(learnt, tokenizer), options.epochs))
    with _bar() as report:
        network = fit(network, stages, options.seed, report)

    write_model(network, tokenizer, options.output, THRESHOLD, eight_bits=not options.full_precision)
    for file in sorted(options.output.glob("*.*")):
        print(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}  {file.stat().st_size:,} bytes")
    print("\nscores on the development papers, of the whole pipeline with this model")
    for key, (p, r, f1) in measure([p for p in papers if p["id"] in development], options.output).items():
        print(f"{key:<11} P {p:.3f}  R {r:.3f}  F1 {f1:.3f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__.partition("\n")[0])
    parser.add_argument("--annotations", type=Path, default=HERE / "annotations", help="folder of annotated abstracts")
    parser.add_argument("--texts", type=Path, help="JSON lines or Parquet with id, title, abstract of those without")
    parser.add_argument("--sentences", type=Path, help="folder of annotated sentences, gone through once before")
    parser.add_argument("--pretrained", type=Path, help="folder of a BERT-like encoder; else the installed MiniLM")
    parser.add_argument("--output", type=Path, default=MODEL, help="folder to write")
    parser.add_argument("--epochs", type=int, default=8, help="how often the abstracts are gone through")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--full-precision", action="store_true", help="keep weights of 32 bits: 90 MB, for comparison")
    return parser.parse_args()


def _papers(folder: Path, texts: Path | None) -> tuple[list[dict[str, Any]], set[str]]:
    """Return annotated papers with their texts, and the ids of the development papers."""
    given: dict[str, dict[str, str]] = {}
    if texts is not None:
        table = pd.read_parquet(texts) if texts.suffix == ".parquet" else pd.read_json(texts, lines=True, dtype=str)
        given = table.set_index("id")[["title", "abstract"]].to_dict("index")
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        sys.exit(f"{folder}: no .jsonl files of annotated abstracts")
    papers, without = [], 0
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            paper = json.loads(line)
            paper = paper if "title" in paper else {**paper, **given.get(paper["id"], {})}
            if "title" in paper:
                papers.append(paper)
            else:
                without += 1
    if without:
        print(f"{without} annotated papers left out: no text; give one with --texts")
    development = (folder / "development.txt").read_text(encoding="utf-8").split()
    return papers, set(development)


def _sentences(folder: Path | None) -> list[Annotated]:
    if folder is None:
        return []
    return [s for name, kinds in SENTENCES.items() for s in read_sentences(folder / name, kinds)]


@contextmanager
def _bar() -> Iterator[Any]:
    with Progress() as progress:
        task = progress.add_task("training")
        yield lambda step, of, loss: progress.update(
            task, total=of, completed=step + 1, description=f"training, loss {loss:.3f}"
        )


if __name__ == "__main__":
    main()
