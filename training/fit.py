"""Annotated texts to a trained network."""

import random
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch.nn import functional

from graphx.nlp.decoding import N_LABELS
from graphx.nlp.windows import Window, encode
from training.annotations import IGNORED, KINDS, Annotated, labels
from training.network import Network

BATCH = 8
RATE = 1.5e-4
WARMUP = 0.1
MASKED = 0.08
"""Share of pieces hidden while training, so that names are told from their surroundings, too."""
AVERAGE = 0.99
"""How slowly the weights that are kept follow those that learn."""
ROLE_WEIGHT = 0.3
_MASK_PIECE = 103


class Example(NamedTuple):
    """A window with the labels of its words."""

    window: Window
    kinds: NDArray[np.int64]
    roles: NDArray[np.int64]


def examples(annotated: Sequence[Annotated], tokenizer: Tokenizer) -> list[Example]:
    """Lay windows over annotated texts."""
    found = []
    for text in annotated:
        words, windows = encode(text.text, tokenizer)
        kinds, roles = labels(text, words)
        found += [Example(w, kinds[w.words], roles[w.words]) for w in windows]
    return found


class Batch(NamedTuple):
    """Rows padded to one length."""

    pieces: torch.Tensor
    parts: torch.Tensor
    shapes: torch.Tensor
    mask: torch.Tensor
    kinds: torch.Tensor
    roles: torch.Tensor


def batch(chosen: Sequence[Example]) -> Batch:
    """Pad examples to the longest of them; labels stand at the first piece of every word."""
    longest = max(len(e.window.pieces) for e in chosen)
    length = -(-longest // 32) * 32  # few different lengths, since each costs the CPU a new plan
    shape = (len(chosen), length)
    pieces, parts, shapes, mask = (np.zeros(shape, np.int64) for _ in range(4))
    kinds = np.full((*shape, len(KINDS)), IGNORED)
    roles = np.full(shape, IGNORED)
    for row, e in enumerate(chosen):
        n = len(e.window.pieces)
        pieces[row, :n], parts[row, :n], shapes[row, :n], mask[row, :n] = *e.window[:3], 1
        kinds[row, e.window.places] = e.kinds
        roles[row, e.window.places] = e.roles
    return Batch(*map(torch.from_numpy, (pieces, parts, shapes, mask, kinds, roles)))


def fit(
    network: Network,
    stages: Sequence[tuple[Sequence[Example], int]],
    seed: int,
    report: Callable[[int, int, float], None],
) -> Network:
    """Train a network.

    Args:
        network: is changed.
        stages: examples and how often to go through them, one after the other.
        seed: of the order of examples and the dropout.
        report: is told the step, of how many, and its loss.

    Returns:
        A network whose weights are the running average of those of the last steps.
    """
    device = next(network.parameters()).device
    rng = random.Random(seed)  # noqa: S311  (no secret)
    torch.manual_seed(seed)
    plan = [chosen for chunk, epochs in stages for _ in range(epochs) for chosen in _shuffled(chunk, rng)]
    decayed = [p for p in network.parameters() if p.ndim > 1]
    others = [p for p in network.parameters() if p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=RATE)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(step / (WARMUP * len(plan)), (len(plan) - step) / ((1 - WARMUP) * len(plan)))
    )
    average = deepcopy(network).eval()
    network.train()
    for step, chosen in enumerate(plan):
        rows = Batch(*(t.to(device) for t in batch(chosen)))
        hidden = (torch.rand(rows.pieces.shape, device=device) < MASKED) & (rows.pieces > _MASK_PIECE)
        with torch.autocast(device.type, dtype=torch.bfloat16):
            logits = network(rows.pieces.masked_fill(hidden, _MASK_PIECE), rows.parts, rows.shapes, rows.mask)
        loss = _loss(logits.float(), rows)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        with torch.no_grad():
            keep = min(AVERAGE, (step + 1) / (step + 10))
            for kept, new in zip(average.parameters(), network.parameters(), strict=True):
                kept.lerp_(new, 1 - keep)
        report(step, len(plan), loss.item())
    return average


def _loss(logits: torch.Tensor, rows: Batch) -> torch.Tensor:
    n = len(KINDS) * N_LABELS
    tagging = _mean_loss(logits[..., :n].reshape(-1, N_LABELS), rows.kinds)
    roles = _mean_loss(logits[..., n:].reshape(-1, logits.shape[-1] - n), rows.roles)
    return len(KINDS) * tagging + ROLE_WEIGHT * roles


def _mean_loss(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    total = functional.cross_entropy(logits, labels.reshape(-1), ignore_index=IGNORED, reduction="sum")
    return total / (labels != IGNORED).sum().clamp(min=1)


def _shuffled(chunk: Sequence[Example], rng: random.Random) -> Iterator[list[Example]]:
    """Yield batches in random order, of examples of similar length."""
    order = sorted(range(len(chunk)), key=lambda i: len(chunk[i].window.pieces) * rng.uniform(0.8, 1.25))
    batches = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
    rng.shuffle(batches)
    for chosen in batches:
        yield [chunk[i] for i in chosen]
