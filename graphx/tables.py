"""The words and tables of an atlas: every column, its type and its meaning, in one place.

A table is a pandas data frame whose columns have Arrow types, in the order given here.
Whatever leaves a step passes through `frame`, so that no column is ever missing, of
another type, or in another place.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pandas as pd
import pyarrow as pa

FORMAT_VERSION = 2


class Kind(StrEnum):
    """What a mention or concept is."""

    METHOD = "method"
    DATASET = "dataset"
    TASK = "task"
    METRIC = "metric"


class Role(StrEnum):
    """How a paper relates to a concept, the strongest first."""

    INTRODUCES = "introduces"
    USES = "uses"
    COMPARES = "compares"
    MENTIONS = "mentions"


ROLE_ORDER = {str(role): i for i, role in enumerate(Role)}
"""The rank of every role, 0 the strongest."""


class Relation(StrEnum):
    """What a link between two papers says."""

    SHARES = "shares"
    BUILDS_ON = "builds_on"
    CITES = "cites"
    SIMILAR = "similar"


REST_LABEL = "On their own"
"""The last community of the coarsest level: papers tied to nothing, or to too few."""


@dataclass(frozen=True)
class Settings:
    """What a build was asked for; the same papers and settings give the same atlas."""

    seed: int = 1
    terms: tuple[tuple[str, Any], ...] = ()
    """The user's own terms: a kind, and a text or spaCy token pattern."""
    thesaurus: tuple[tuple[str, str], ...] = ()
    """The user's thesaurus: a label, and what replaces it, or "" to drop it."""
    resolution: float = 1.0
    """How fine the coarsest communities are: more gives more and smaller ones."""
    columns: tuple[tuple[str, str], ...] = ()
    """Which column of a CSV or Parquet file holds which column of `papers`, where its name does not say so."""
    kinds: tuple[tuple[str, str], ...] = ()
    """What the user says of kinds: a concept's label, and its kind whatever most papers see in it."""


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    name: str
    type: pa.DataType
    meaning: str


TEXT, COUNT, YEAR, NUMBER, FLAG = pa.string(), pa.int32(), pa.int16(), pa.float64(), pa.bool_()
TEXTS = pa.list_(pa.string())

TABLES: Mapping[str, tuple[Column, ...]] = {
    "papers": (
        Column("paper_id", TEXT, "doi:… › arxiv:… › openalex:… › title:<hash>, the first that is known"),
        Column("title", TEXT, "the title, on one line"),
        Column("abstract", TEXT, "the abstract, on one line; empty if no source gives one"),
        Column("authors", TEXTS, "names as the source writes them; empty if it only counts them"),
        Column("n_authors", COUNT, "number of authors"),
        Column("organisation", TEXT, "who published it, where a source names that instead of authors"),
        Column("year", YEAR, "year, only where a source states it"),
        Column("date", TEXT, "ISO 8601 (2010-09-09); --12-29 where the source names no year"),
        Column("venue", TEXT, "journal or conference"),
        Column("url", TEXT, "where to read it"),
        Column("doi", TEXT, "lower case, without an address before it"),
        Column("arxiv_id", TEXT, "without its version"),
        Column("openalex_id", TEXT, "W…"),
        Column("citations", COUNT, "times cited, as the source counts"),
        Column("upvotes", COUNT, "votes on the listing page"),
        Column("keywords", TEXTS, "as the source gives them"),
        Column("references", TEXTS, "raw ids or references, as the source gives them"),
        Column("sources", TEXTS, "file#position of every record that became this paper"),
        Column("x", NUMBER, "position on the map"),
        Column("y", NUMBER, "position on the map"),
    ),
    "mentions": (
        Column("paper_id", TEXT, "the paper whose text names it"),
        Column("start", COUNT, "first character in the paper's text (title + newline + abstract)"),
        Column("end", COUNT, "character after the last"),
        Column("text", TEXT, "exactly text[start:end]"),
        Column("kind", TEXT, "method, dataset, task or metric, as seen at this place"),
        Column("role", TEXT, "introduces, uses, compares or mentions, as seen at this place"),
        Column("score", NUMBER, "how sure the finder is, 0 to 1"),
        Column("concept_id", TEXT, "the concept it names"),
        Column("sentence_start", COUNT, "first character of its sentence"),
        Column("sentence_end", COUNT, "character after its sentence"),
        Column("by", TEXT, "what found it: encoder, known term, own list, acronym, or said before"),
        Column("joined_by", TEXT, "why it names its concept: form, acronym, acronym elsewhere, synonym or thesaurus"),
    ),
    "concepts": (
        Column("concept_id", TEXT, "slug of the label; the kind is no part of it"),
        Column("label", TEXT, "the form to title it with"),
        Column("kind", TEXT, "the kind most of its mentions have; the others stay in mentions"),
        Column("forms", TEXTS, "every form found, the most frequent first"),
        Column("n_papers", COUNT, "papers that name it"),
        Column("n_mentions", COUNT, "times it is named"),
        Column("first_year", YEAR, "earliest known year of a paper that names it"),
        Column("introduced_by", TEXT, "the paper that introduces it, if one here does"),
        Column("x", NUMBER, "position on the map"),
        Column("y", NUMBER, "position on the map"),
    ),
    "paper_concepts": (
        Column("paper_id", TEXT, "paper"),
        Column("concept_id", TEXT, "concept"),
        Column("role", TEXT, "the strongest role among its mentions; introduces only if no older paper names it"),
        Column("n_mentions", COUNT, "times this paper names it"),
        Column("weight", NUMBER, "how characteristic the concept is of the paper (tf-idf)"),
    ),
    "links": (
        Column("source", TEXT, "paper"),
        Column("target", TEXT, "paper; of an undirected link the one that sorts later"),
        Column("relation", TEXT, "shares, builds_on, cites or similar"),
        Column("weight", NUMBER, "strength; of shares the product of the two papers' scaled concept weights, 0 to 1"),
        Column("methods", NUMBER, "part of the weight that shared methods give"),
        Column("datasets", NUMBER, "part of the weight that shared datasets give"),
        Column("tasks", NUMBER, "part of the weight that shared tasks give"),
        Column("metrics", NUMBER, "part of the weight that shared metrics give"),
        Column("n_shared", COUNT, "number of shared concepts"),
        Column("evidence", TEXTS, "shares: concept ids, heaviest first; cites: references; others: sentences"),
        Column("places", TEXTS, "builds_on, similar: start:end of each sentence in the source's text"),
        Column("target_places", TEXTS, "builds_on, similar: start:end of what answers it in the target's text"),
        Column("via", TEXT, "builds_on: the concept that the target introduces; cites: doi, arxiv …"),
        Column("significance", NUMBER, "shares: disparity filter's p-value; small is significant"),
        Column("backbone", FLAG, "drawn at first: significant, or a paper's strongest link"),
    ),
    "communities": (
        Column("community_id", TEXT, "c01 is the largest when built; an update keeps ids"),
        Column("level", COUNT, "0 is the coarsest"),
        Column("parent", TEXT, "the community one level up that holds it"),
        Column("label", TEXT, "its most characteristic concepts"),
        Column("n_papers", COUNT, "papers in it"),
        Column("terms", TEXTS, "labels of its characteristic concepts, the most telling first"),
        Column("central", TEXTS, "papers most strongly tied within it, the strongest first"),
        Column("bridging", TEXTS, "papers most evenly tied to other communities, the best bridge first"),
        Column("evidence", TEXTS, "sentences that justify the label"),
        Column("places", TEXTS, "paper_id and start:end of each of these sentences, with a space between"),
    ),
    "membership": (
        Column("paper_id", TEXT, "paper"),
        Column("level", COUNT, "level of the community; finer ones only where it divides"),
        Column("community_id", TEXT, "community"),
        Column("certainty", NUMBER, "share of the community that other runs put with it, 0 to 1"),
    ),
    "references": (
        Column("paper_id", TEXT, "the paper that cites"),
        Column("reference", TEXT, "as the source gives it"),
        Column("target", TEXT, "the paper here that it means; empty if it dangles"),
        Column("by", TEXT, "what they were matched by: doi, arxiv, openalex or title"),
    ),
    "problems": (
        Column("source", TEXT, "file"),
        Column("position", TEXT, "where in it"),
        Column("message", TEXT, "what could not be understood, and what became of it"),
    ),
}


def by_number(community_id: str) -> tuple[int, ...]:
    """Return what sorts the ids of communities: "c01.2" is (1, 2), so that c2 comes before c10."""
    return tuple(int(part) for part in community_id.removeprefix("c").split("."))


def frame(table: str, rows: Iterable[Mapping[str, Any]] | pd.DataFrame) -> pd.DataFrame:
    """Give rows the columns, order and Arrow types of a table.

    Args:
        table: a name in `TABLES`.
        rows: dictionaries or a data frame; columns the table lacks are left out, and
            columns that are missing are filled with nulls (lists with empty ones).

    Raises:
        ValueError: a value does not fit its column's type.
    """
    columns = TABLES[table]
    if isinstance(rows, pd.DataFrame):
        given = {name: rows[name] for name in rows.columns}
        length = len(rows)
    else:
        records = list(rows)
        given = {c.name: [r.get(c.name) for r in records] for c in columns}
        length = len(records)
    series: dict[str, pd.Series[Any]] = {}
    for column in columns:
        values = given.get(column.name)
        if values is None:
            values = [None] * length
        if column.type == TEXTS and getattr(values, "dtype", None) != pd.ArrowDtype(TEXTS):
            values = [list(value) if hasattr(value, "__len__") else [] for value in values]
        try:
            array = pa.array(values, type=column.type, from_pandas=True)
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
            raise ValueError(f"{table}.{column.name}: {error}") from error
        series[column.name] = pd.Series(array, dtype=pd.ArrowDtype(column.type))
    return pd.DataFrame(series)


def schema(table: str) -> pa.Schema:
    """Return the Arrow schema of a table's Parquet file."""
    return pa.schema([pa.field(c.name, c.type) for c in TABLES[table]])
