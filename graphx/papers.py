"""Identity and merging: many records, one paper, and a report of what merged and why."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from itertools import groupby
from typing import Any, NamedTuple

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
    table, ids = _identified(records)
    many = ids.to_pandas().duplicated(keep=False).to_numpy() | (pc.list_value_length(table["sources"]).to_numpy() > 1)
    merged = _merged(table.filter(pa.array(many)).sort_by("paper_id"))
    papers = pa.concat_tables([table.filter(pa.array(~many)), merged]).sort_by("paper_id")
    stated = pc.match_substring_regex(papers["date"], _STATES_YEAR)
    years = pc.if_else(stated, pc.utf8_slice_codeunits(papers["date"], 0, 4), None).cast(pa.int16())
    papers = _set(papers, year=pc.coalesce(years, papers["year"])).combine_chunks()
    return papers.to_pandas(types_mapper=pd.ArrowDtype)


def identities(records: pd.DataFrame) -> "pd.Series[str]":
    """Return the id of the paper that every record is about, in the order of the records."""
    return _identified(records)[1].to_pandas()


class Merges(NamedTuple):
    """What merged and why.

    Attributes:
        papers: one row a paper that came from several records: `paper_id`, `title`, `why` (what they share),
            `n_records`, `sources`, `known` (whether the atlas had it already), `n_fields` (rows in `fields`).
        fields: one row a field in which the records of a paper differ: `paper_id`, `field`, `value` (which won,
            as a text), `source` (where it is from), `because`, `others` (the other values, as texts).
    """

    papers: pd.DataFrame
    fields: pd.DataFrame


def merge_report(records: pd.DataFrame, known: pd.DataFrame | None = None) -> Merges:
    """Tell which records `merge` makes one paper of, and which value wins where they differ.

    Only records that share their paper with others are looked at, so it takes a moment even for many.

    Args:
        records: as for `merge`.
        known: papers that an atlas holds already, where the records are added to one.
    """
    before = 0 if known is None else len(known)
    table, ids = _identified(records if known is None else pd.concat([known, records], ignore_index=True))
    many = ids.to_pandas().duplicated(keep=False).to_numpy()
    old = pa.array(range(len(table)), pa.int64()).filter(pa.array(many)).to_numpy() < before
    rows = table.filter(pa.array(many)).to_pydict()
    names = [IN_THE_ATLAS if is_old else sources[0] for is_old, sources in zip(old, rows["sources"], strict=True)]
    order = sorted(range(len(names)), key=lambda i: (rows["paper_id"][i], not old[i], _place(names[i])))
    papers, fields = [], []
    for paper_id, group in groupby(order, key=rows["paper_id"].__getitem__):
        places = list(group)
        values = {column: [rows[column][i] for i in places] for column in _TOLD}
        won, told = _told(values, [names[i] for i in places])
        fields += [{"paper_id": paper_id} | one for one in told]
        papers.append({
            "paper_id": paper_id, "title": won["title"], "why": WHY[paper_id.partition(":")[0]],
            "n_records": len(places), "sources": [names[i] for i in places], "known": bool(old[places[0]]),
            "n_fields": len(told),
        })  # fmt: skip
    return Merges(
        pd.DataFrame(papers, columns=["paper_id", "title", "why", "n_records", "sources", "known", "n_fields"]),
        pd.DataFrame(fields, columns=["paper_id", "field", "value", "source", "because", "others"]),
    )


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


def _identified(records: pd.DataFrame) -> tuple[pa.Table, pa.Array]:
    """Return records with their ids in order and that of their paper, and the latter alone."""
    table = pa.Table.from_pandas(records, schema=schema("papers"), preserve_index=False).combine_chunks()
    table = _set(table, doi=pc.ascii_lower(table["doi"]), arxiv_id=_without_version(table["arxiv_id"]))
    ids, nothing = _identities(table), pa.nulls(len(table), pa.float64())
    return _set(table, paper_id=ids, x=nothing, y=nothing), ids


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

IN_THE_ATLAS = "the atlas"
"""What the report calls a record that is a paper of the atlas."""
WHY = {"doi": "same DOI", "arxiv": "same arXiv id", "openalex": "same OpenAlex id", "title": "same title"}
"""What the records of a paper share, by how its id begins."""
_TOLD = tuple(column.name for column in TABLES["papers"] if column.name not in ("paper_id", "sources", "x", "y"))
_Told = dict[str, Any]


def _told(values: dict[str, list[Any]], sources: list[str]) -> tuple[_Told, list[_Told]]:
    """Return the value that wins in every field, and what is to be told of those in which records differ.

    Args:
        values: by field, one of every record.
        sources: where every record is from.
    """
    won = {}
    for field, given in values.items():
        won[field] = _CHOICES.get(field, _fullest)([value for value in given if value is not None])
    if won["date"] and re.match(_STATES_YEAR, won["date"]):  # as `merge` does
        dated, won["year"] = True, int(won["date"][:4])
    else:
        dated = False
    told = []
    for field, given in values.items():
        if all(value == given[0] for value in given) and won[field] == given[0]:
            continue
        said_by = values["date"] if field == "year" and dated else given
        winner = won["date"] if field == "year" and dated else won[field]
        others = dict.fromkeys(shown(v) for v in given if v not in (None, "", []) and v != won[field])
        because = _because(field, won[field], [v for v in given if v not in (None, "", [])], dated)
        source = sources[said_by.index(winner)]
        told.append({"field": field, "value": shown(won[field]), "source": source, "because": because,
                     "others": list(others)})  # fmt: skip
    return won, told


def _because(field: str, won: Any, given: list[Any], dated: bool) -> str:
    """Say why a value won over the others that say something."""
    if field == "year" and dated:
        return "the date says so"
    if all(value == won for value in given):
        return "the only one given"
    if field == "date" and not all(re.match(_STATES_YEAR, value) for value in given):
        return "states the year"
    if not isinstance(won, str | list):
        return "the largest"
    longest = [value for value in given if len(value) == len(won)]
    full = "the longest list" if isinstance(won, list) else "the fullest"
    return full if all(value == won for value in longest) else "equally full, first by alphabet"


def shown(value: Any) -> str:
    """Return a value of a paper as a text: lists with semicolons between, nothing as an empty text."""
    return "; ".join(value) if isinstance(value, list) else "" if value is None else str(value)


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
