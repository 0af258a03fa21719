"""The map as one HTML file that needs no server and no network."""

from graphx.atlas import Atlas
from graphx.query import Selection
from graphx.view import page


def write(atlas: Atlas, selection: Selection) -> bytes:
    """Return the bytes of an HTML file."""
    return page(atlas, selection).encode(errors="replace")
