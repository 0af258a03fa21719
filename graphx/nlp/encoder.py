"""The trained encoder: texts to probabilities for every word."""

import json
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from graphx.errors import InputError
from graphx.nlp.decoding import N_LABELS
from graphx.nlp.windows import Window, Words, encode

MODEL = Path(str(files("graphx.nlp") / "model"))
"""The model that comes with the package; its README.md says what it learnt from and how good it is."""

_AHEAD = 16
"""Texts that are worked on at once."""


class Reading(NamedTuple):
    """What the encoder makes of one text."""

    words: Words
    kinds: NDArray[np.float32]
    """Probabilities, words × kinds × (outside, begin, inside)."""
    roles: NDArray[np.float32]
    """Probabilities, words × roles; they mean something only within methods and datasets."""


class Encoder:
    """A model folder, loaded.

    Args:
        folder: holds `model.onnx`, `tokenizer.json` and `encoder.json`.

    Attributes:
        kinds, roles: names in the order of the model's output.
        thresholds: for every kind the probability from which on a word is part of a name.

    Raises:
        InputError: the folder holds no such model.
    """

    def __init__(self, folder: Path = MODEL) -> None:
        try:
            settings = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))
            self.kinds: list[str] = settings["kinds"]
            self.roles: list[str] = settings["roles"]
            self.thresholds = np.array([settings["thresholds"][kind] for kind in self.kinds], np.float32)
            self._tokenizer: Tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = 1  # several texts side by side are faster than one text on several cores
            options.log_severity_level = 3
            model = (folder / "model.onnx").read_bytes()
            self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # both libraries raise it bare, whatever is wrong with a file
            raise InputError(f"{folder}: not a model of GraphX ({error}). Install GraphX again.") from None

    def read(self, texts: Iterable[str]) -> Iterator[Reading]:
        """Read texts, on all cores, and yield what is made of each, in order.

        Args:
            texts: each a title, a newline and an abstract.
        """
        with ThreadPoolExecutor(_cores()) as threads:
            waiting: deque[Future[Reading]] = deque()
            for text in texts:
                waiting.append(threads.submit(self._read, text))
                if len(waiting) >= _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def _read(self, text: str) -> Reading:
        words, windows = encode(text, self._tokenizer)
        kinds = np.zeros((len(words.start), len(self.kinds), N_LABELS), np.float32)
        roles = np.zeros((len(words.start), len(self.roles)), np.float32)
        for window in windows:
            logits = self._logits(window)
            split = len(self.kinds) * N_LABELS
            kinds[window.words] = _softmax(logits[:, :split].reshape(-1, len(self.kinds), N_LABELS))
            roles[window.words] = _softmax(logits[:, split:])
        return Reading(words, kinds, roles)

    def _logits(self, window: Window) -> NDArray[np.float32]:
        """Return the model's output at the first piece of each word the window speaks for."""
        feed = {"pieces": window.pieces[None], "parts": window.parts[None], "shapes": window.shapes[None]}
        feed["mask"] = np.ones_like(feed["pieces"])
        (logits,) = self._session.run(None, feed)
        return np.asarray(logits[0, window.places], dtype=np.float32)


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    powers: NDArray[np.float32] = np.exp(logits - logits.max(axis=-1, keepdims=True))
    powers /= powers.sum(axis=-1, keepdims=True)
    return powers


def _cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
