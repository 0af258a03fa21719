"""Parquet: a table with one paper a row.

Format: https://parquet.apache.org/docs/file-format. What the columns may be called and hold is told in
`graphx.readers.fields`; here they become plain texts, numbers and lists of texts.
"""

from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import types

from graphx.readers import fields
from graphx.readers.source import Found, Source

NAME = "Parquet (one paper a row, with a column of titles)"

_BATCH = 10_000
"""Rows that are taken out at a time, so that memory never holds a large file twice."""


def recognises(source: Source) -> bool:
    """Tell whether a file begins as Parquet does."""
    return source.data.startswith(b"PAR1")


def read(source: Source) -> Found:
    """Read the papers; the position of each is its row, from 1."""
    found, done = Found([], []), 0
    try:
        file = pq.ParquetFile(pa.BufferReader(source.data))
        schema = file.schema_arrow
        found = found._replace(fields=schema.names)
        chosen = _choose(schema, source, found.problems)
        if "title" not in chosen:
            return found
        for batch in file.iter_batches(_BATCH, columns=sorted(set(chosen.values()))):
            columns = [_values(batch.column(batch.schema.names.index(name))) for name in chosen.values()]
            for number, values in enumerate(zip(*columns, strict=True), start=done + 1):
                fields.add(found, f"row {number}", dict(zip(chosen, values, strict=True)), values)
            done += batch.num_rows
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).partition("\n")[0][:120]
        found.problems.append(("file", f"damaged Parquet, of which {done} rows were read ({reason})"))
    return found


def _choose(schema: pa.Schema, source: Source, problems: list[tuple[str, str]]) -> dict[str, str]:
    """Choose the columns to read, and tell of those whose types no value can be read from."""
    chosen = fields.choose(schema.names, source.columns)
    if "title" not in chosen:
        problems.append(("file", fields.no_title(schema.names)))
    for column, name in list(chosen.items()):
        kind = schema.field(schema.names.index(name)).type
        if column == "title" and not (_is_text(kind) or types.is_null(kind)):
            problems.append(("file", f"column {name!r} holds {kind}, so {fields.no_title(schema.names)}"))
            del chosen[column]
        elif not _is_plain(kind):
            problems.append(("file", f"column {name!r} holds {str(kind)[:60]}: not understood and left out"))
            del chosen[column]
    return chosen


def _is_text(kind: pa.DataType) -> bool:
    if types.is_dictionary(kind):
        return _is_text(kind.value_type)
    texts = (types.is_string, types.is_large_string, types.is_string_view, types.is_binary, types.is_large_binary)
    return any(is_it(kind) for is_it in texts)


def _is_plain(kind: pa.DataType) -> bool:
    """Tell texts, numbers, dates and lists of texts from all else."""
    if types.is_list(kind) or types.is_large_list(kind):
        return _is_text(kind.value_type) or types.is_null(kind.value_type)
    if types.is_dictionary(kind):
        return _is_plain(kind.value_type)
    others = (types.is_null, types.is_integer, types.is_floating, types.is_decimal, types.is_date, types.is_timestamp)
    return _is_text(kind) or any(is_it(kind) for is_it in others)


def _values(array: pa.Array) -> list[Any]:
    """Return values as Python has them, dates as ISO texts; bytes that are no UTF-8 become �."""
    if types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if types.is_timestamp(array.type):
        array = array.cast(pa.timestamp(array.type.unit))  # as text a zone would need the system's list of zones
    if types.is_timestamp(array.type) or types.is_date(array.type):
        array = array.cast(pa.string())
    try:
        values = array.to_pylist()
    except UnicodeDecodeError:
        as_bytes = pa.list_(pa.binary()) if types.is_nested(array.type) else pa.binary()
        values = array.cast(as_bytes).to_pylist()
    return [_text(value) for value in values]


def _text(value: Any) -> Any:
    if isinstance(value, list):
        return [_text(part) for part in value]
    return value.decode(errors="replace") if isinstance(value, bytes) else value
