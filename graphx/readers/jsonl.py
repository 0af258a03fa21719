"""JSON lines: one object a line with `title` and `abstract`, and what else is known of the paper.

Format: https://jsonlines.org. Fields are named as the columns of the table `papers`; `id` may be
an arXiv id or a DOI; authors, keywords and references may be a list or one text split at semicolons.
"""

import json
import re
from typing import Any

NAME = "JSON lines (one object a line with title and abstract)"

_TEXTS = ("date", "venue", "url", "doi", "arxiv_id", "openalex_id", "organisation")
_LISTS = ("authors", "keywords", "references")
_COUNTS = ("citations", "upvotes", "n_authors")
_ARXIV = re.compile(r"(?:arxiv:)?((?:\d{4}\.\d{4,5}|[a-z.-]+/\d{7})(?:v\d+)?)", re.I)
_DOI = re.compile(r"(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:)?(10\.\d{4,9}/\S+)", re.I)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def recognises(text: str) -> bool:
    """Tell whether the first line that is not empty is, or begins as, a JSON object."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return re.match(r'\s*\{\s*"', first) is not None


def read(text: str) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """Read the papers, one a line.

    Returns:
        Rows with `position` (the line), `title`, `abstract` and the columns of `papers` that are
        given, and problems as (position, message).
    """
    rows: list[dict[str, Any]] = []
    problems: list[tuple[str, str]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            reason = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply or no number"
            problems.append((f"line {number}", f"no JSON object ({reason}), left out: {line[:60]}"))
            continue
        title = record.get("title") if isinstance(record, dict) else None
        if not isinstance(title, str) or not title.strip():
            problems.append((f"line {number}", f"no title, left out: {line[:60]}"))
            continue
        row, odd = _row(record)
        rows.append({"position": f"line {number}", "title": title, **row})
        problems += [(f"line {number}", f"{field}: not understood and left out") for field in odd]
    return rows, problems


def _row(record: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the columns that an object gives, and the fields whose values are of no use."""
    abstract = record.get("abstract")
    row: dict[str, Any] = {"abstract": abstract if isinstance(abstract, str) else ""}
    odd = [] if isinstance(abstract, str | None) else ["abstract"]
    identifier = str(record.get("id") or "")
    if found := _ARXIV.fullmatch(identifier):
        row["arxiv_id"] = found[1]
    elif found := _DOI.fullmatch(identifier):
        row["doi"] = found[1].lower()
    for field in (*_TEXTS, *_LISTS, *_COUNTS, "year"):
        given = record.get(field)
        value = None if given is None or given == "" or given == [] else _value(field, given)
        if value is not None:
            row[field] = value
        elif given not in (None, "", []):
            odd.append(field)
    if "authors" in row:
        row.setdefault("n_authors", len(row["authors"]))
    return row, odd


def _value(field: str, given: Any) -> Any:
    """Return a field's value as its column wants it, or None if it can't be."""
    if field in _LISTS:
        parts = given.split(";") if isinstance(given, str) else given
        if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
            return None
        return [part.strip() for part in parts if part.strip()]
    if field in _COUNTS or field == "year":
        plain = str(given)
        low, high = (1000, 3000) if field == "year" else (0, 2**31)
        return int(plain) if plain.isascii() and plain.isdigit() and low <= int(plain[:12]) < high else None
    if not isinstance(given, str):
        return None
    if field == "date":
        return given if _DATE.fullmatch(given) else None
    if field in ("doi", "arxiv_id"):
        found = (_DOI if field == "doi" else _ARXIV).fullmatch(given.strip())
        return (found[1].lower() if field == "doi" else found[1]) if found else None
    return given.strip()
