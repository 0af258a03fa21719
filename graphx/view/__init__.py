"""A selection to something to look at: the model of a map, and one self-contained HTML page."""

from graphx.view.looks import SIZE_BY, colours, columns_to_colour, node_size, short_title
from graphx.view.models import model, to_json
from graphx.view.network import vis_script
from graphx.view.page import page

__all__ = [
    "SIZE_BY",
    "colours",
    "columns_to_colour",
    "model",
    "node_size",
    "page",
    "short_title",
    "to_json",
    "vis_script",
]
