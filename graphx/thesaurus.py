"""Thesaurus files: which labels stand for which, and which are dropped.

The format is VOSviewer's (N. J. van Eck and L. Waltman, "VOSviewer Manual", section on
thesaurus files): a header line `label<TAB>replace by`, then a pair a line; a label whose second
column is empty is dropped.
"""

from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from graphx.errors import InputError
from graphx.forms import normalise
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


def written(pairs: Thesaurus) -> str:
    """Return a thesaurus as the text of a file; `parse` gives the same pairs back, with their labels on one line."""
    lines = {clean(label): clean(new) for label, new in pairs}
    lines.pop("", None)
    # A space keeps a label that begins with # from being a comment.
    rows = (f"{' ' * label.startswith('#')}{label}\t{new}" for label, new in lines.items())
    return "\n".join(["label\treplace by", *rows, ""])


class Keys(NamedTuple):
    """A thesaurus as joining needs it: by the keys of `forms.normalise`, which forms of one concept share.

    Attributes:
        exact: for each label the key of what replaces it, "" to drop it.
        alike: the same, for all forms that are spelled like a label.
        titles: how the concept of a key is to be titled.
    """

    exact: dict[str, str]
    alike: dict[str, str]
    titles: dict[str, str]


def keyed(thesaurus: Thesaurus) -> Keys:
    """Return a thesaurus by keys.

    A label that is replaced by itself is a concept of its own. Where that is said of several that are spelled
    alike (ADAM, Adam), they are told apart by their exact spelling, and the key of all but the first holds that.
    """
    own: dict[str, str] = {}
    keys: dict[str, str] = {}
    for label, new in thesaurus:
        key = normalise(new)
        if label == new:
            keys[new] = key if own.setdefault(key, new) == new else f"{key} {new}"
    exact = {label: keys.get(new, normalise(new)) if new else "" for label, new in thesaurus}
    alike: dict[str, str] = {}
    for label, key in exact.items():
        if " " not in key:
            alike.setdefault(normalise(label), key)
    titles = {exact[label]: new for label, new in thesaurus if new}
    return Keys(exact, alike, titles)


@lru_cache(maxsize=1)
def shipped() -> Thesaurus:
    """Return the thesaurus that comes with the package: acronyms and synonyms that everybody in the field knows."""
    return parse(files("graphx").joinpath("thesaurus.tsv").read_text(encoding="utf-8"), "thesaurus.tsv")
