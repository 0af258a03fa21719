"""Annotated texts to labels for every word.

An annotated abstract lists entities with their forms, not places: every occurrence of a form
is a span. Forms of the tier `ok` are neither right nor wrong and are left out of the loss.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphx.nlp.decoding import BEGIN, INSIDE, OUTSIDE
from graphx.nlp.windows import Words
from graphx.papers import text
from graphx.readers.text import clean
from graphx.tables import ROLE_ORDER, Kind

KINDS = tuple(Kind)
FIELDS = {"methods": Kind.METHOD, "datasets": Kind.DATASET, "tasks": Kind.TASK, "metrics": Kind.METRIC}
ROLES = tuple(ROLE_ORDER)

IGNORED = -100


class Span(NamedTuple):
    """A stretch of text that names something."""

    start: int
    end: int
    kind: Kind
    role: int
    """Number in `ROLES`, or `IGNORED`."""


class Annotated(NamedTuple):
    """A text, what it certainly names, and what it may or may not name."""

    id: str
    text: str
    core: list[Span]
    maybe: list[Span]
    unknown: frozenset[Kind]
    """Kinds that were not looked for."""


def read_sentences(path: Path, kinds: frozenset[Kind]) -> list[Annotated]:
    """Read sentences, one JSON object a line: id, text, spans as [start, end, their label, kind or null].

    Args:
        path: the file.
        kinds: the kinds that its annotators looked for.
    """
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        spans = [Span(s, e, Kind(kind.lower()), IGNORED) for s, e, _, kind in row["spans"] if kind]
        found.append(Annotated(row["id"], row["text"], spans, [], frozenset(KINDS) - kinds))
    return found


def annotate(paper: dict[str, Any]) -> Annotated:
    """Find where an annotated abstract's entities stand.

    At one place the longest core form wins; inside it, shorter ones of other kinds are
    neither right nor wrong.
    """
    whole = text_of(paper)
    core, maybe = [], []
    for field, kind in FIELDS.items():
        for entity in paper[field]:
            role = ROLES.index(entity["role"]) if "role" in entity else IGNORED
            for form in {entity["name"], *entity["aliases"]}:
                spans = [Span(s, e, kind, role) for s, e in occurrences(form, whole)]
                (core if entity["tier"] == "core" else maybe).extend(spans)
    core = sorted(set(core), key=lambda s: (s.start - s.end, s.start, s.kind))
    kept: list[Span] = []
    for span in core:
        covering = [k for k in kept if k.start < span.end and span.start < k.end]
        if any(k.kind == span.kind or (k.start, k.end) != (span.start, span.end) for k in covering):
            maybe.append(span)
        else:
            kept.append(span)
    return Annotated(paper["id"], whole, kept, maybe, frozenset())


def text_of(paper: dict[str, Any]) -> str:
    """Return the text of an annotated abstract as an atlas holds it."""
    return text(clean(paper["title"]), clean(paper["abstract"]))


def occurrences(form: str, whole: str) -> Iterator[tuple[int, int]]:
    """Yield where a form stands as whole words: as written, or else, unless it is in capitals, in any case."""
    pattern = r"\s+".join(map(re.escape, clean(form).split()))
    if not pattern:
        return
    pattern = rf"(?<!\w){pattern}(?!\w)"
    found = list(re.finditer(pattern, whole))
    if (not found and not form.isupper()) or (len(form) > 5 and not form.isupper()):
        found = list(re.finditer(pattern, whole, re.I))
    for match in found:
        yield match.span()


def labels(annotated: Annotated, words: Words) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return every word's label.

    Returns:
        An array words × kinds of `OUTSIDE`, `BEGIN`, `INSIDE` or `IGNORED`, and one of roles
        (numbers in `ROLES`) with `IGNORED` outside methods and datasets.
    """
    kinds = np.full((len(words.start), len(KINDS)), OUTSIDE, dtype=np.int64)
    roles = np.full(len(words.start), IGNORED, dtype=np.int64)
    for span in annotated.maybe:
        kinds[_covered(span, words), KINDS.index(span.kind)] = IGNORED
        roles[_covered(span, words)] = span.role
    for span in annotated.core:
        places = np.flatnonzero(_covered(span, words))
        kinds[places, KINDS.index(span.kind)] = INSIDE
        kinds[places[:1], KINDS.index(span.kind)] = BEGIN
        if span.role != IGNORED:
            roles[places] = span.role
    for kind in annotated.unknown:
        kinds[:, KINDS.index(kind)] = IGNORED
    return kinds, roles


def _covered(span: Span, words: Words) -> NDArray[np.bool_]:
    return (words.start < span.end) & (span.start < words.end)
