"""From the fields of a source to columns of `papers`: which field is which column, and what its values mean.

Shared by every format whose fields have names.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from graphx.errors import InputError
from graphx.readers.source import Columns, Found
from graphx.readers.text import clean

GUESSES: Mapping[str, tuple[str, ...]] = {
    # Names as arXiv, Crossref, OpenAlex, Semantic Scholar, Scopus, Web of Science, PubMed, IEEE Xplore, Lens,
    # Dimensions and Zotero write them, the best first. A field comes after those that also tell what it says.
    "id": ("id", "paper id"),
    "title": ("title", "paper title", "document title", "article title", "TI"),
    "abstract": ("abstract", "abstract note", "summary", "description", "AB"),
    "authors": ("authors", "author", "creators", "creator", "AU"),
    "n_authors": ("n authors", "number of authors"),
    "organisation": ("organisation", "organization"),
    "date": ("date", "published", "publication date", "date published", "listed date", "update date"),
    "year": ("year", "publication year", "pub year", "PY"),
    "venue": ("venue", "journal", "source title", "publication title", "journal title", "journal book", "SO"),
    "url": ("url", "link"),
    "doi": ("doi", "DI"),
    "arxiv_id": ("arxiv id", "arxiv"),
    "openalex_id": ("openalex id", "openalex"),
    "citations": ("citations", "cited by", "cited by count", "citation count", "times cited", "TC"),
    "upvotes": ("upvotes",),
    "keywords": ("keywords", "author keywords", "categories", "DE"),
    "references": ("references", "cited references", "referenced works", "CR"),
}
"""What may hold each column of `papers`; `id` is an arXiv id, DOI or OpenAlex id, whichever it looks like."""

NO_TITLE = "no title, left out"

_ARXIV = re.compile(
    r"(?:arxiv:|(?:https?://)?(?:www\.)?arxiv\.org/abs/)?((?:[0-9]{4}\.[0-9]{4,5}|[a-z.-]+/[0-9]{7})(?:v[0-9]+)?)", re.I
)
_DOI = re.compile(r"(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:)?(10\.[0-9]{4,9}/\S+)", re.I)
_OPENALEX = re.compile(r"(?:https?://openalex\.org/|openalex:)?(W[0-9]+)", re.I)
_WHOLE_DATE = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})(?:[T ].*)?")
_PART_OF_A_DATE = re.compile(r"([0-9]{4})(?:[-/][0-9]{1,2})?")
_DAY = re.compile(r"--([0-9]{2})-([0-9]{2})")
_NUMBER = re.compile(r"([0-9]{1,12})(?:\.0+)?")  # tables with gaps write whole numbers as 12.0
_CATEGORIES = re.compile(
    r"(?:(?:cs|econ|eess|math|nlin|physics|q-bio|q-fin|stat|astro-ph|cond-mat)\.[A-Za-z-]{2,}"
    r"|astro-ph|cond-mat|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math-ph|nucl-ex|nucl-th|quant-ph)(?:[\s,;].*)?"
)


def parse(text: str) -> Columns:
    """Read what a user says of a source's fields: `title=Headline,abstract=Text`.

    Raises:
        InputError: it is no list of such pairs, or names what is no column.
    """
    columns: list[tuple[str, str]] = []
    for pair in re.split(r",(?=[^,=]*=)", text) if text else ():  # a name may have a comma
        column, _, name = (part.strip() for part in pair.partition("="))
        if not column or not name:
            raise InputError(f"--columns {pair.strip()}: no pair. Write it as in: title=Headline,abstract=Text")
        columns.append((column, name))
    check(columns)
    return tuple(sorted(columns))


def check(columns: Iterable[tuple[str, str]]) -> None:
    """Make sure that every column that a user named exists, and is named once.

    Raises:
        InputError: it isn't.
    """
    known: set[str] = set()
    for column, name in columns:
        if column not in GUESSES:
            raise InputError(
                f"--columns {column}={name}: no field goes by {column!r}. Use one of: {', '.join(GUESSES)}"
            )
        if column in known:
            raise InputError(f"--columns {column}={name}: {column} is named twice. Name it once.")
        known.add(column)


def check_found(columns: Columns, names: Sequence[str]) -> None:
    """Make sure that some file has each field that a user named.

    Raises:
        InputError: no file has it.
    """
    for column, name in columns:
        if _named(name, names) is None:
            raise InputError(f"--columns {column}={name}: no file has a column {name!r}. {listed(names)}")


def choose(names: Sequence[str], columns: Columns = ()) -> dict[str, str]:
    """Find the field that holds each column of `papers`.

    Args:
        names: names of a source's fields.
        columns: what the user named, which wins over any guess where the source has it.

    Returns:
        The name of the field by column, in the order in which `row` reads them.
    """
    given = {column: found for column, name in columns if (found := _named(name, names)) is not None}
    free: dict[str, str] = {}
    for name in names:
        if name not in given.values():
            free.setdefault(_key(name), name)
    chosen = {}
    for column, guesses in GUESSES.items():
        guessed = (free[key] for guess in guesses if (key := _key(guess)) in free)
        found = given.get(column) or next(guessed, None)
        if found is not None:
            chosen[column] = found
    return chosen


def no_title(names: Sequence[str]) -> str:
    """Say that none of a source's fields is known to hold titles, and what to do."""
    return f"no column is known to hold titles; name it with --columns title=NAME. {listed(names)}"


def listed(names: Sequence[str]) -> str:
    """Name the fields of a source, on one line."""
    shown = [repr(clean(name)[:40]) for name in names[:30]]
    more = f" and {len(names) - 30} more" if len(names) > 30 else ""
    return f"Columns found: {', '.join(shown) or 'none'}{more}"


def row(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Put the values of one paper in order.

    Args:
        given: values as the source has them, by column of `papers`, in the order of `choose`.

    Returns:
        The columns that the values give, always with `abstract`, and with `title` only if it is a text
        that says something; and the columns whose values are of no use.
    """
    kept: dict[str, Any] = {"abstract": ""}
    odd = []
    for column, value in given.items():
        if isinstance(value, str):
            value = clean(value)
        if value is None or value == "" or value == [] or value != value:  # NaN is what tables have for nothing
            continue
        found = _MEANINGS.get(column, _text)(column, value)
        if found is None:
            odd.append(column)
        else:
            kept |= found
    return kept, odd


def add(found: Found, position: str, given: Mapping[str, Any], shown: object) -> None:
    """Add a paper to what a reader found, or a problem if there is no title among its values.

    Args:
        found: what was found before, to which this is added.
        position: where in the file it is.
        given: values as for `row`.
        shown: how the file has it, for the user to find it again.
    """
    paper, odd = row(given)
    if "title" not in paper:
        found.problems.append((position, f"{NO_TITLE}: {str(shown)[:60]}"))
        return
    found.rows.append({"position": position} | paper)
    found.problems.extend((position, f"{column}: not understood and left out") for column in odd)


def _key(name: str) -> str:
    """Return what is left of a name without case, spaces and signs: "Author(s)" is "authors"."""
    return re.sub(r"[\W_]+", "", name.casefold())


def _named(name: str, names: Sequence[str]) -> str | None:
    """Return the field that a user means."""
    if name in names:
        return name
    return next((other for other in names if _key(other) == _key(name) != ""), None)


# Each of these reads a value that is neither missing nor blank, and returns the columns that it gives,
# or None if it is of no use.


def _text(column: str, value: Any) -> dict[str, Any] | None:
    return {column: value} if isinstance(value, str) else None


def _texts(column: str, value: Any) -> dict[str, Any] | None:
    parts = value.split(";") if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str | None) for part in parts):
        return None
    kept = [text for part in parts if part and (text := clean(part))]
    return {column: kept} if kept else {}


def _authors(column: str, value: Any) -> dict[str, Any] | None:
    found = _texts(column, value)
    return found and found | {"n_authors": len(found[column])}


def _keywords(column: str, value: Any) -> dict[str, Any] | None:
    if isinstance(value, str) and _CATEGORIES.fullmatch(value):  # arXiv has spaces between them
        value = re.split(r"[\s,;]+", value)
    return _texts(column, value)


def _count(column: str, value: Any) -> dict[str, Any] | None:
    found = _NUMBER.fullmatch(str(value))
    return {column: int(found[1])} if found and int(found[1]) < 2**31 else None


def _year(column: str, value: Any) -> dict[str, Any] | None:
    found = _count(column, value)
    return found if found and 1000 <= found[column] < 3000 else None


def _date(column: str, value: Any) -> dict[str, Any] | None:
    """Read a date, of which a time is left off; of a part of one only the year."""
    text = str(value)
    try:
        if found := _WHOLE_DATE.fullmatch(text):
            day = dt.date(int(found[1]), int(found[2]), int(found[3]))
            return {column: day.isoformat(), "year": day.year} if 1000 <= day.year < 3000 else None
        if found := _DAY.fullmatch(text):
            dt.date(2000, int(found[1]), int(found[2]))  # 2000 has every day a year can have
            return {column: text}
    except ValueError:
        return None
    return _year("year", found[1]) if (found := _PART_OF_A_DATE.fullmatch(text)) else None


def _doi(column: str, value: Any) -> dict[str, Any] | None:
    found = _DOI.fullmatch(value) if isinstance(value, str) else None
    return {column: found[1].lower()} if found else None


def _arxiv(column: str, value: Any) -> dict[str, Any] | None:
    found = _ARXIV.fullmatch(value) if isinstance(value, str) else None
    return {column: found[1]} if found else None


def _openalex(column: str, value: Any) -> dict[str, Any] | None:
    found = _OPENALEX.fullmatch(value) if isinstance(value, str) else None
    return {column: found[1].upper()} if found else None


def _id(column: str, value: Any) -> dict[str, Any]:
    """Read whichever id it is; one of another kind says nothing that is kept."""
    return _arxiv("arxiv_id", value) or _doi("doi", value) or _openalex("openalex_id", value) or {}


_MEANINGS: Mapping[str, Callable[[str, Any], dict[str, Any] | None]] = {
    "id": _id,
    "authors": _authors,
    "n_authors": _count,
    "date": _date,
    "year": _year,
    "doi": _doi,
    "arxiv_id": _arxiv,
    "openalex_id": _openalex,
    "citations": _count,
    "upvotes": _count,
    "keywords": _keywords,
    "references": _texts,
}
