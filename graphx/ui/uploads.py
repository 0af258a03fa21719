"""What a visitor gives to the Import page, and what is understood of it before anything is built.

Everything is read once: what was understood of a file stays with the visitor as long as the file is given.
"""

import hashlib
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from graphx.papers import Merges, identities, merge_report
from graphx.readers import Reading, read
from graphx.readers.source import Columns
from graphx.tables import frame
from graphx.ui import kept

MEGABYTE = 2**20
FILE_LIMIT = 200 * MEGABYTE
"""Bytes of one file; Streamlit refuses more, by `maxUploadSize` in .streamlit/config.toml."""
TOTAL_LIMIT = 500 * MEGABYTE
"""Bytes of all files together: they and what is read of them are in memory until an atlas is built."""
TYPES = ["txt", "text", "md", "csv", "tsv", "tab", "jsonl", "ndjson", "json", "parquet"]
"""How the names of files end that the readers may know."""
SHOWN_TITLES = 5

_READ = "understood"


class Given(NamedTuple):
    """A file or pasted text.

    Attributes:
        key: tells it from all others.
        name: what it is called here: safe, and no other's.
        size: bytes.
        data: returns the bytes.
    """

    key: str
    name: str
    size: int
    data: Callable[[], bytes]


class FileUnderstood(NamedTuple):
    """What was understood of one file.

    Attributes:
        name: its name.
        format: what it was read as; empty if as nothing.
        columns: which of its fields holds which column of `papers`, where its fields have names.
        n_records: entries.
        titles: the first of their titles.
        problems: rows of the table `problems`.
        again: whether the atlas was made from it already, or another of the files is the same.
    """

    name: str
    format: str
    columns: Mapping[str, str]
    n_records: int
    titles: Sequence[str]
    problems: pd.DataFrame
    again: bool


class Understood(NamedTuple):
    """What was understood of everything that was given, seen from the atlas that it is for.

    Attributes:
        files: one by one.
        problems: the table, of all files.
        n_records: entries, without those of files that are there already.
        n_papers: papers that these entries are about.
        n_known: how many of them the atlas has.
        merges: what merges and why, with what the atlas has.
    """

    files: Sequence[FileUnderstood]
    problems: pd.DataFrame
    n_records: int
    n_papers: int
    n_known: int
    merges: Merges


def given(files: Sequence[UploadedFile], pasted: str, taken: Collection[str]) -> list[Given]:
    """Return what was given, by names that are safe and not taken."""
    names = kept.names([*(file.name for file in files), "pasted.txt"], taken)
    found = [
        Given(file.file_id, name, file.size, file.getvalue)
        for file, name in zip(files, names[:-1], strict=True)
    ]  # fmt: skip
    if pasted.strip():
        data = pasted.encode()
        found.append(Given(hashlib.sha256(data).hexdigest(), names[-1], len(data), lambda: data))
    return found


def understand(
    given: Sequence[Given],
    columns: Columns,
    papers: pd.DataFrame | None = None,
    inputs: Mapping[str, str] | None = None,
) -> Understood:
    """Tell what is understood of files, and how it meets what an atlas has.

    Args:
        given: the files.
        columns: as for `readers.read`.
        papers: the papers of the atlas that they are for, if it is there already.
        inputs: the files of that atlas, with their SHA-256.
    """
    known = tuple((inputs or {}).values())
    asked = (tuple((g.key, g.name) for g in given), columns, hash(known))
    before = st.session_state.get(_READ)
    if before is None or before[0] != asked:
        readings = {} if before is None else before[1]
        readings = {
            (g.key, g.name, columns): readings.get((g.key, g.name, columns)) or _read(g, columns) for g in given
        }
        before = (asked, readings, _together(list(readings.values()), papers, set(known)))
        st.session_state[_READ] = before
    found: Understood = before[2]
    return found


def forget() -> None:
    """Let go of what was understood."""
    st.session_state.pop(_READ, None)


def _read(given: Given, columns: Columns) -> Reading:
    """Read one file as a build will: from a folder, by its name there."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, given.name)
        path.write_bytes(given.data())
        return read([path], columns=columns, all_found=False)


def _together(readings: Sequence[Reading], papers: pd.DataFrame | None, seen: set[str]) -> Understood:
    files, fresh = [], []
    for reading in readings:
        ((name, digest),) = reading.inputs.items()
        read_as = reading.files.get(name)
        titles = reading.records["title"].head(SHOWN_TITLES).to_list()
        files.append(
            FileUnderstood(
                name, read_as.format if read_as else "", read_as.columns if read_as else {}, len(reading.records),
                titles, reading.problems, digest in seen,
            )
        )  # fmt: skip
        if digest not in seen:
            seen.add(digest)
            fresh.append(reading)
    records = pd.concat([frame("papers", []), *(reading.records for reading in fresh)], ignore_index=True)
    problems = pd.concat([frame("problems", []), *(reading.problems for reading in readings)], ignore_index=True)
    ids = set(identities(records))
    there = set() if papers is None else set(papers["paper_id"])
    return Understood(files, problems, len(records), len(ids), len(ids & there), merge_report(records, papers))
