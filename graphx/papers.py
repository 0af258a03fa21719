"""Identity and merging: many records, one paper."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from itertools import groupby
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graphx.tables import TABLES, schema


def normalised_title(title: str) -> str:
    """Fold case, punctuation, spacing and the accents of Latin letters, so that copies of a title are equal.

    Marks of other scripts stay, since there they make another word, and so do + and # ("C++").
    """
    if title.isascii():  # as most are, and it is much quicker
        return " ".join(re.findall("[a-z0-9+#]+", title.lower())) or title.strip()
    decomposed = unicodedata.normalize("NFKD", title)
    plain = unicodedata.normalize("NFC", re.sub("(?<=[A-Za-z])[\u0300-\u036f]+", "", decomposed)).casefold()
    kept = "".join(c if c in "+#" or unicodedata.category(c)[0] in "LMN" else " " for c in plain)
    return " ".join(kept.split()) or title.strip()  # a title of symbols only is its own identity


def merge(records: pd.DataFrame) -> pd.DataFrame:
    """Make one paper of all records with the same identity: DOI, else arXiv id, else OpenAlex id, else title.

    Of each field the fullest value wins, and of equally full ones the first in sorted order. So neither the
    order of the records matters, nor whether some were merged before: papers may be merged with new records.

    Args:
        records: the columns of `papers`; `paper_id`, `x` and `y` are not looked at.

    Returns:
        The table `papers` sorted by id, with `x` and `y` null.
    """
    table = pa.Table.from_pandas(records, schema=schema("papers"), preserve_index=False).combine_chunks()
    table = _set(table, doi=pc.ascii_lower(table["doi"]), arxiv_id=_without_version(table["arxiv_id"]))
    ids, nothing = _identities(table), pa.nulls(len(table), pa.float64())
    table = _set(table, paper_id=ids, x=nothing, y=nothing)
    many = ids.to_pandas().duplicated(keep=False).to_numpy() | (pc.list_value_length(table["sources"]).to_numpy() > 1)
    merged = _merged(table.filter(pa.array(many)).sort_by("paper_id"))
    papers = pa.concat_tables([table.filter(pa.array(~many)), merged]).sort_by("paper_id")
    stated = pc.match_substring_regex(papers["date"], _STATES_YEAR)
    years = pc.if_else(stated, pc.utf8_slice_codeunits(papers["date"], 0, 4), None).cast(pa.int16())
    papers = _set(papers, year=pc.coalesce(years, papers["year"])).combine_chunks()
    return papers.to_pandas(types_mapper=pd.ArrowDtype)


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


def _identities(table: pa.Table) -> pa.Array:
    """Return the id of the paper that every record is about."""
    ids = [
        pc.binary_join_element_wise(prefix, table[column], ":")
        for prefix, column in (("doi", "doi"), ("arxiv", "arxiv_id"), ("openalex", "openalex_id"))
    ]
    known = pc.coalesce(*ids).combine_chunks()
    unknown = pc.is_null(known)
    titles = table["title"].filter(unknown).to_pylist()
    hashes = [hashlib.sha256(normalised_title(title).encode()).hexdigest() for title in titles]
    return pc.replace_with_mask(known, unknown, pa.array([f"title:{digest[:16]}" for digest in hashes], pa.string()))


def _without_version(arxiv_ids: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.replace_substring_regex(arxiv_ids, "v[0-9]+$", "")


def _merged(table: pa.Table) -> pa.Table:
    """Merge the records of each id; they are sorted by it."""
    ids = table["paper_id"].to_pylist()
    groups = [list(group) for _, group in groupby(range(len(ids)), key=ids.__getitem__)]
    merged = {}
    for column in TABLES["papers"]:
        values = table[column.name].to_pylist()
        choose = _CHOICES.get(column.name, _fullest)
        merged[column.name] = [choose([v for i in group if (v := values[i]) is not None]) for group in groups]
    return pa.table(merged, schema=table.schema)


def _fullest(values: list[Any]) -> Any:
    """Return the longest text or list, or the largest number; None if there is none."""
    if values and isinstance(values[0], str | list):
        return min(values, key=lambda value: (-len(value), value))
    return max(values, default=None)


def _date(values: list[str]) -> str | None:
    """Return the fullest date of those that state a year, else of all."""
    fullest: str | None = _fullest([value for value in values if re.match(_STATES_YEAR, value)] or values)
    return fullest


def _sources(values: list[list[str]]) -> list[str]:
    return sorted({source for sources in values for source in sources}, key=_place)


_STATES_YEAR = "^[0-9]{4}"
_CHOICES: dict[str, Callable[[list[Any]], Any]] = {"date": _date, "sources": _sources}


def _set(table: pa.Table, **columns: pa.ChunkedArray) -> pa.Table:
    """Return a table with other values in some columns."""
    for name, values in columns.items():
        place = table.column_names.index(name)
        table = table.set_column(place, table.schema.field(place), values)
    return table


def _place(source: str) -> tuple[str, int, str]:
    """Sort sources by file, then by the number in their position."""
    file, _, position = source.rpartition("#")
    digits = re.search(r"\d+", position)
    return file, int(digits[0]) if digits else 0, position
