"""From an atlas to files: one file per format, registered in one tuple."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from graphx.atlas import Atlas
from graphx.errors import ExportError
from graphx.query import READABLE, Selection
from graphx.writers import gexf, graphml, html, node_link, reading_list


class Writer(NamedTuple):
    """A format: its suffix, its media type, who reads it, and how to write it.

    `write` returns the bytes of a file. `selection` is what it holds unless told otherwise.
    """

    suffix: str
    media_type: str
    for_whom: str
    write: Callable[[Atlas, Selection], bytes]
    selection: Selection


WRITERS = (
    Writer(".graphml", "application/xml", "Gephi, Cytoscape, yEd, igraph, networkx", graphml.write, Selection()),
    Writer(".gexf", "application/xml", "Gephi, with colours, sizes and positions", gexf.write, Selection()),
    Writer(
        ".json",
        "application/json",
        "your own scripts: node-link JSON, as networkx and d3 read",
        node_link.write,
        Selection(),
    ),
    Writer(".html", "text/html", "anyone with a browser: the map in one file", html.write, READABLE),
)


READING_LISTS = {".md": reading_list.markdown, ".bib": reading_list.bibtex, ".ris": reading_list.ris}
"""What writes a reading list, by suffix."""


def to_bytes(atlas: Atlas, suffix: str, selection: Selection | None = None) -> bytes:
    """Return the bytes of a file in the format that goes by a suffix.

    Raises:
        ExportError: no format goes by that suffix.
    """
    writer = next((w for w in WRITERS if w.suffix == suffix.lower()), None)
    if writer is None:
        raise ExportError.unknown_format(suffix or "a name without a suffix", [w.suffix for w in WRITERS])
    return writer.write(atlas, selection or writer.selection)


def write(atlas: Atlas, path: Path, selection: Selection | None = None) -> None:
    """Write a file in the format of its suffix, whole or not at all.

    Raises:
        ExportError: no format goes by that suffix, or the file cannot be written.
    """
    _replace(path, to_bytes(atlas, path.suffix, selection))


def write_reading_list(papers: pd.DataFrame, path: Path) -> None:
    """Write a reading list as Markdown (.md), BibTeX (.bib) or RIS (.ris), whole or not at all.

    Raises:
        ExportError: no format goes by that suffix, or the file cannot be written.
    """
    form = READING_LISTS.get(path.suffix.lower())
    if form is None:
        raise ExportError.unknown_format(path.name, READING_LISTS)
    _replace(path, form(papers).encode("utf-8"))


def _replace(path: Path, data: bytes) -> None:
    """Put a file in its place once it is complete."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_bytes(data)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise ExportError(f"{path}: cannot be written ({error.strerror}). Choose another place.") from None
