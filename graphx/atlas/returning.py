"""Which papers may name what a thesaurus drops: it is stored nowhere, so they must be read again for it."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graphx.forms import american, normalise, without_insertions, without_latex
from graphx.papers import text
from graphx.thesaurus import Thesaurus, shipped

_NO_LETTERS = re.compile(r"[\W_]+")


def came_back(papers: pd.DataFrame, before: Thesaurus, now: Thesaurus) -> NDArray[np.bool_]:
    """Tell of every paper whether it may name something that one thesaurus drops and another doesn't.

    That is what `now` no longer drops, and forms that it gives a place of their own, which `before`
    dropped only because they stand for a dropped term.
    """
    dropped = [label for label, new in before if not new]
    kept, known = dict(now), {label for label, _ in before}
    back = [label for label in dropped if kept.get(label) != ""]
    if dropped:
        meant = _standing_for({normalise(label) for label in dropped}, papers)
        back += [label for label in kept if label not in known and not meant.isdisjoint(_keys(label))]
    return may_name(papers, back, papers) if back else np.zeros(len(papers), dtype=bool)


def may_name(papers: pd.DataFrame, labels: Iterable[str], defining: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell of every paper whether its text may hold a form of one of some labels, or an acronym that stands for it.

    Args:
        papers: the table `papers`.
        labels: what a thesaurus drops.
        defining: papers that say what acronyms mean.

    Returns:
        One value a paper; true for all that name one of them, and for some that do not.
    """
    keys = _standing_for({key for label in labels for key in _keys(label)}, defining)
    pattern = re.compile("|".join(sorted({re.escape(_stem(key)) for key in keys})))
    found = [
        bool(
            pattern.search(_squeezed(plain)) or ("(" in plain and pattern.search(_squeezed(without_insertions(plain))))
        )
        for plain in map(text, papers["title"], papers["abstract"])
    ]
    return np.array(found, dtype=bool)


def _keys(label: str) -> set[str]:
    """Return a label's key, and what it is with the long forms of acronyms in it."""
    from graphx.concepts import with_known_acronyms

    keys = {normalise(label), normalise(with_known_acronyms(label))}
    return keys | {key.replace(short, long) for long, short in _shipped_keys() for key in keys if short in key}


@lru_cache(maxsize=1)
def _shipped_keys() -> tuple[tuple[str, str], ...]:
    return tuple((normalise(old), normalise(new)) for old, new in shipped())


def _standing_for(keys: set[str], papers: pd.DataFrame) -> set[str]:
    """Return keys and those of all acronyms and synonyms that stand for one of them, here or in general."""
    from graphx.concepts import acronyms

    known = dict(_shipped_keys())
    own, usual = acronyms(papers, known)
    steps = {(short, long) for (_, short), long in own.items()} | set(usual.items()) | set(known.items())
    while more := {short for short, long in steps if long in keys} - keys:
        keys = keys | more
    return keys


def _squeezed(plain: str) -> str:
    """Write a text as `normalise` writes a form, as far as that can be done without knowing where forms end."""
    return _NO_LETTERS.sub("", american(unicodedata.normalize("NFKC", without_latex(plain)).casefold()))


def _stem(key: str) -> str:
    """Return what all forms of a key begin with: it is in the singular, and they need not be."""
    key = _NO_LETTERS.sub("", key)
    return key[:-2] if key.endswith("index") else key[:-1] if key.endswith("y") else key
