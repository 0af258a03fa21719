"""CSV and TSV: a table as text, with a line of names on top and one paper a record.

Format: RFC 4180, with a comma, semicolon or tab between. What the columns may be called and hold is told in
`graphx.readers.fields`. Python's own parser is used since it alone says in which line a record begins.
"""

import csv
from collections.abc import Iterator, Sequence

from graphx.readers import fields
from graphx.readers.source import Found, Source

NAME = "CSV or TSV (column names on top, one of them of titles)"

_DELIMITERS = ",;\t"
_SUFFIXES = (".csv", ".tsv", ".tab")
_TOP = 100
"""Lines among which the names are; a name in quotes may have line breaks."""


def recognises(source: Source) -> bool:
    """Tell whether two of three signs are there: several columns, one of titles, and a file name that says so."""
    names = _header(source)[1]
    return (len(names) > 1) + ("title" in fields.choose(names, source.columns)) + (source.suffix in _SUFFIXES) >= 2


def read(source: Source) -> Found:
    """Read the papers; the position of each is the line in which it begins."""
    delimiter, names = _header(source)
    chosen = fields.choose(names, source.columns)
    if "title" not in chosen:
        return Found([], [("file", fields.no_title(names))], names)
    found = Found([], [], names)
    places = {column: names.index(name) for column, name in chosen.items()}
    lines = source.text.split("\n")
    records = (record for record in _records(lines, delimiter) if any(map(str.strip, record[2])))
    next(records)  # the names
    for start, end, record in records:
        line = lines[start - 1]
        if isinstance(record, str):
            found.problems.append((f"line {start}", f"no record ({record}), left out: {line[:60]}"))
        elif len(record) < len(names) or any(record[len(names) :]):
            through = f" up to line {end}" if end > start else ""
            message = f"{len(record)} fields under {len(names)} names, left out{through}: {line[:60]}"
            found.problems.append((f"line {start}", message))
        else:
            fields.add(found, f"line {start}", {column: record[i] for column, i in places.items()}, line)
    return found


def _header(source: Source) -> tuple[str, list[str]]:
    """Return the delimiter with which the first record makes most sense as names, and these."""
    top = source.text.split("\n", _TOP)[:_TOP]
    best: tuple[tuple[bool, int], str, list[str]] = ((False, 0), ",", [])
    for delimiter in _DELIMITERS:
        first = next((record for *_, record in _records(top, delimiter) if any(map(str.strip, record))), "")
        names = [name.strip() for name in first] if isinstance(first, list) else []
        worth = ("title" in fields.choose(names, source.columns), len(names))
        if worth > best[0]:
            best = (worth, delimiter, names)
    return best[1:]


def _records(lines: Sequence[str], delimiter: str) -> Iterator[tuple[int, int, list[str] | str]]:
    """Yield every record with its first and last line, or what is wrong with it, and go on in the line below.

    Where quotes make no sense over several lines, these are taken one by one.
    """
    start = alone = 0  # lines before `alone` are taken one by one
    while start < len(lines):
        rest = range(start, start + 1 if start < alone else len(lines))
        parser = csv.reader((f"{lines[i]}\n" for i in rest), delimiter=delimiter, strict=True)
        try:
            for record in parser:
                yield start + 1, rest.start + parser.line_num, record
                start = rest.start + parser.line_num
        except csv.Error as error:
            alone = max(alone, rest.start + parser.line_num)
            unquoted = lines[start].split(delimiter)  # as many programs write TSV
            yield start + 1, start + 1, unquoted if delimiter == "\t" else str(error)
            start += 1
