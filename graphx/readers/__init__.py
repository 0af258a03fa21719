"""From files to records: one file per format, registered in one tuple.

A record is one entry of one file, before entries about the same paper are merged.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd

from graphx.errors import InputError
from graphx.readers import delimited, fields, jsonl, listing, parquet
from graphx.readers.source import Columns, Found, Source
from graphx.readers.text import clean
from graphx.tables import frame

LONGEST_ABSTRACT = 20_000
"""Characters; of 74,688 arXiv abstracts the longest has 3,488."""


class Reader(NamedTuple):
    """A format: its name, how to know it, and how to read it."""

    name: str
    recognises: Callable[[Source], bool]
    read: Callable[[Source], Found]


READERS = tuple(Reader(module.NAME, module.recognises, module.read) for module in (parquet, jsonl, delimited, listing))
"""The first that recognises a file reads it."""


class File(NamedTuple):
    """What a file was read as: the name of the format, and which of its fields was taken for which column."""

    format: str
    columns: Mapping[str, str]


class Reading(NamedTuple):
    """What was read.

    Attributes:
        records: one row an entry, columns of `papers` without ids and positions on the map.
        problems: the table `problems`.
        inputs: SHA-256 of every file, by its name.
        files: what every file was read as, by its name; nothing of those in no format that is read here.
    """

    records: pd.DataFrame
    problems: pd.DataFrame
    inputs: dict[str, str]
    files: Mapping[str, File] = MappingProxyType({})


def read(
    inputs: Iterable[Path],
    progress: Callable[[int, int], None] = lambda done, of: None,
    columns: Columns = (),
    all_found: bool = True,
) -> Reading:
    """Read files and folders: every file below them that is not hidden and no part of an atlas.

    A file is named by its path below the folder that all inputs share, so that the same
    files give the same records wherever they lie. What cannot be read is a problem.

    Args:
        inputs: files and folders.
        progress: is told how many files are done, and of how many.
        columns: fields that hold columns of `papers` though their names do not say so, as
            `fields.parse` gives them.
        all_found: whether some file must have each of these fields; not so where the columns were named
            for other files than these.

    Raises:
        InputError: an input does not exist, a folder holds no files, or `columns` names a column
            that there is not, or a field that no file has.
    """
    fields.check(columns)
    files = _files(list(inputs))
    rows: list[dict[str, Any]] = []
    problems: list[dict[str, str]] = []
    hashes: dict[str, str] = {}
    names: dict[str, None] = {}
    read_as: dict[str, File] = {}
    for done, (name, path) in enumerate(files):
        progress(done, len(files))
        try:
            data = path.read_bytes()
        except OSError as error:
            message = f"cannot be opened ({error.strerror}); check its permissions"
            problems.append({"source": name, "position": "file", "message": message})
            continue
        hashes[name] = hashlib.sha256(data).hexdigest()
        found = _read(Source(data, path.suffix.lower(), columns))
        for row in found.rows:
            row["sources"] = [f"{name}#{row.pop('position')}"]
        rows += found.rows
        problems += [{"source": name, "position": at, "message": message} for at, message in found.problems]
        names |= dict.fromkeys(found.fields)
        if found.format:
            read_as[name] = File(found.format, fields.choose(found.fields, columns))
    progress(len(files), len(files))
    if all_found:
        fields.check_found(columns, list(names))
    return Reading(frame("papers", rows), frame("problems", problems), hashes, read_as)


def read_file(
    data: bytes, suffix: str = "", columns: Columns = ()
) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """Read the bytes of one file with the first reader that recognises them.

    Args:
        data: the bytes.
        suffix: how the file's name ends, such as ".csv".
        columns: as for `read`.

    Returns:
        Rows with `position` and clean texts, and problems as (position, message).
    """
    found = _read(Source(data, suffix, columns))
    return found.rows, found.problems


def _read(source: Source) -> Found:
    if not source.data.strip():
        return Found([], [("file", "empty file: nothing to read")])
    reader = next((r for r in READERS if r.recognises(source)), None)
    if reader is None and source.is_binary:
        return Found([], [("file", "not text (PDF, image, archive?): nothing was read from it")])
    problems = [("file", source.warning)] if source.warning else []
    if reader is None:
        known = ", ".join(r.name for r in READERS)
        return Found([], [*problems, ("file", f"no format that is read here. Known: {known}")])
    found = reader.read(source)
    for row in found.rows:
        if len(row["abstract"]) > LONGEST_ABSTRACT:
            row["abstract"] = row["abstract"][:LONGEST_ABSTRACT]
            problems.append(
                (row["position"], f"the abstract was cut after {LONGEST_ABSTRACT:,} characters: is it one?")
            )
    problems += [(at, clean(what)) for at, what in found.problems]
    if not found.rows and not any(at == "file" for at, _ in problems):
        problems.append(("file", f"no paper found; it was read as: {reader.name}"))
    return found._replace(problems=problems, format=reader.name)


def _files(inputs: Sequence[Path]) -> list[tuple[str, Path]]:
    """Return every file with the name it goes by, sorted by name."""
    if not inputs:
        raise InputError("no input was given. Name at least one file or folder.")
    for path in inputs:
        if not path.exists():
            raise InputError(f"{path}: no such file or folder. Check the path.")
    given = [Path(os.path.abspath(path)) for path in inputs]  # noqa: PTH100  (links stay as they are named)
    shared = os.path.commonpath([path if path.is_dir() else path.parent for path in given])
    found: dict[str, Path] = {}
    for path in given:
        for file in path.rglob("*") if path.is_dir() else [path]:
            hidden = path.is_dir() and any(part.startswith(".") for part in file.relative_to(path).parts)
            in_atlas = path.is_dir() and (file.parent / "atlas.json").exists()  # written by an earlier build
            if file.is_file() and not hidden and not in_atlas:
                found[clean(file.relative_to(shared).as_posix())] = file
    if not found:
        raise InputError(f"{inputs[0]}: the folder holds no files. Put your saved pages there.")
    return sorted(found.items())
