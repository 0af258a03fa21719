"""Thesaurus files: which labels stand for which, and which are dropped.

The format is VOSviewer's (N. J. van Eck and L. Waltman, "VOSviewer Manual", section on
thesaurus files): a header line `label<TAB>replace by`, then a pair a line; a label whose second
column is empty is dropped.
"""

from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from graphx.errors import InputError
from graphx.readers.text import clean, read_text

Thesaurus = tuple[tuple[str, str], ...]
"""Pairs of a label and what replaces it, "" to drop it."""


def read(path: Path) -> Thesaurus:
    """Read a user's thesaurus.

    Raises:
        InputError: it cannot be opened, is no text, or a line is not what it should be.
    """
    return parse(read_text(path, "A thesaurus has a line label<TAB>replace by, then a pair a line."), str(path))


def parse(text: str, name: str) -> Thesaurus:
    """Read the lines of a thesaurus; those that begin with # are comments.

    Raises:
        InputError: a line has no tab or no label, or a label is replaced by two things.
    """
    pairs: dict[str, str] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        label, tab, replacement = line.partition("\t")
        label, replacement = clean(label), clean(replacement.partition("\t")[0])
        if (label.casefold(), replacement.casefold()) == ("label", "replace by"):
            continue
        if not tab or not label:
            raise InputError(f"{name}, line {number}: no label<TAB>replace by: {line[:60]!r}")
        if pairs.setdefault(label, replacement) != replacement:
            raise InputError(f"{name}, line {number}: {label!r} was already replaced by {pairs[label]!r}. Keep one.")
    return tuple(pairs.items())


@lru_cache(maxsize=1)
def shipped() -> Thesaurus:
    """Return the thesaurus that comes with the package: acronyms and synonyms that everybody in the field knows."""
    return parse(files("graphx").joinpath("thesaurus.tsv").read_text(encoding="utf-8"), "thesaurus.tsv")
