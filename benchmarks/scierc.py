"""Train on SciERC's training sentences only and score exact spans on its development sentences.

    python benchmarks/scierc.py FOLDER [--epochs N] [--seed N]

FOLDER holds `scierc.train.jsonl` and `scierc.dev.jsonl`: one sentence a line, `text` and
`spans` as [start, end, their label, kind or null]. A span is right if both ends and the kind
are; scored over the four types that have a kind (Task, Method, Metric, and Material as dataset).
"""

import argparse
import tempfile
from collections import Counter
from pathlib import Path

import torch

from graphx.nlp.decoding import decode
from graphx.nlp.encoder import Encoder
from graphx.tables import Kind
from training.annotations import KINDS, Annotated, read_sentences
from training.export import write_model
from training.fit import examples, fit
from training.network import Network, installed_encoder, load_tokenizer

THRESHOLD = 0.5


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    pretrained = installed_encoder()
    tokenizer = load_tokenizer(pretrained / "tokenizer.json")
    torch.manual_seed(options.seed)
    learnt = read_sentences(options.folder / "scierc.train.jsonl", frozenset(KINDS))
    network = fit(Network(pretrained), [(examples(learnt, tokenizer), options.epochs)], options.seed, _report)
    gold = read_sentences(options.folder / "scierc.dev.jsonl", frozenset(KINDS))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_model(network, tokenizer, folder, THRESHOLD, eight_bits=False)
        tally(gold, Encoder(folder))


def _report(step: int, of: int, loss: float) -> None:
    if step % 200 == 0:
        print(f"step {step} of {of}, loss {loss:.3f}", flush=True)


def tally(gold: list[Annotated], encoder: Encoder) -> None:
    counts: Counter[tuple[str, str]] = Counter()
    for sentence, reading in zip(gold, encoder.read(s.text for s in gold), strict=True):
        words = reading.words
        spans = decode(reading.kinds, encoder.thresholds)
        found = {(int(words.start[f.first]), int(words.end[f.last - 1]), str(KINDS[f.kind])) for f in spans}
        wanted = {(s.start, s.end, str(s.kind)) for s in sentence.core}
        for name, those in (("found", found), ("wanted", wanted), ("right", found & wanted)):
            for *_, kind in those:
                counts[kind, name] += 1
                counts["all four", name] += 1
    for kind in (*map(str, Kind), "all four"):
        right, found, wanted = (counts[kind, name] for name in ("right", "found", "wanted"))
        print(f"{kind:<9} P {right / max(1, found):.3f}  R {right / wanted:.3f}  F1 {2 * right / (found + wanted):.3f}")


if __name__ == "__main__":
    main()
