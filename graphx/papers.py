"""Identity and merging: many records, one paper."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from graphx.tables import TABLES, frame


def identity(record: pd.Series) -> str:
    """Return the paper's id: DOI, else arXiv id, else OpenAlex id, else a hash of the title."""
    if pd.notna(record["doi"]):
        return f"doi:{record['doi'].lower()}"
    if pd.notna(record["arxiv_id"]):
        return f"arxiv:{re.sub(r'v[0-9]+$', '', record['arxiv_id'])}"
    if pd.notna(record["openalex_id"]):
        return f"openalex:{record['openalex_id']}"
    digest = hashlib.sha256(normalised_title(record["title"]).encode()).hexdigest()
    return f"title:{digest[:16]}"


def normalised_title(title: str) -> str:
    """Fold case, punctuation, spacing and the accents of Latin letters, so that copies of a title are equal.

    Marks of other scripts stay, since there they make another word, and so do + and # ("C++").
    """
    decomposed = unicodedata.normalize("NFKD", title)
    plain = unicodedata.normalize("NFC", re.sub("(?<=[A-Za-z])[\u0300-\u036f]+", "", decomposed)).casefold()
    kept = "".join(c if c in "+#" or unicodedata.category(c)[0] in "LMN" else " " for c in plain)
    return " ".join(kept.split()) or title.strip()  # a title of symbols only is its own identity


def merge(records: pd.DataFrame) -> pd.DataFrame:
    """Make one paper of all records with the same identity.

    Of each field the fullest value wins, and of equally full ones the first in sorted order, so
    that the order of the records does not matter.

    Args:
        records: the columns of `papers`; `paper_id`, `x` and `y` may be null.

    Returns:
        The table `papers` sorted by id, with `x` and `y` null.
    """
    if records.empty:
        return frame("papers", [])
    rows = []
    ids = np.array([identity(record) for _, record in records.iterrows()], dtype=object)
    for paper_id, group in sorted(records.groupby(ids, sort=False), key=lambda item: str(item[0])):
        row: dict[str, Any] = {"paper_id": paper_id}
        for column in TABLES["papers"][1:-3]:
            row[column.name] = _fullest(group[column.name])
        row["sources"] = sorted({source for sources in group["sources"] for source in sources}, key=_place)
        if row["date"] and not row["date"].startswith("-"):
            row["year"] = int(row["date"][:4])
        rows.append(row)
    return frame("papers", rows)


def text(title: str, abstract: str) -> str:
    """Return a paper's text, into which all offsets count."""
    return f"{title}\n{abstract}"


def texts(papers: pd.DataFrame) -> dict[str, str]:
    """Return the text of every paper by its id."""
    return {
        paper_id: text(title, abstract)
        for paper_id, title, abstract in zip(papers["paper_id"], papers["title"], papers["abstract"], strict=True)
    }


def records_by_file(papers: pd.DataFrame) -> Counter[str]:
    """Count the records that every file gave, from the column `sources`."""
    return Counter(source.rpartition("#")[0] for sources in papers["sources"] for source in sources)


def _fullest(values: Iterable[Any]) -> Any:
    """Return the longest text or list, or the largest number; None if there is none."""
    sized = [value if isinstance(value, str) else list(value) for value in values if hasattr(value, "__len__")]
    if sized:
        return min(sized, key=lambda value: (-len(value), value))
    return max((value for value in values if pd.notna(value)), default=None)


def _place(source: str) -> tuple[str, int, str]:
    """Sort sources by file, then by the number in their position."""
    file, _, position = source.rpartition("#")
    digits = re.search(r"\d+", position)
    return file, int(digits[0]) if digits else 0, position
