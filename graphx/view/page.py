"""The map as one self-contained HTML page."""

from functools import lru_cache
from html import escape
from importlib.resources import files

from graphx.atlas import Atlas
from graphx.cards import card, welcome
from graphx.query import COMMUNITY, READABLE, Selection
from graphx.view.models import model, to_json
from graphx.view.network import vis_script


def page(atlas: Atlas, selection: Selection = READABLE) -> str:
    """Return the map as one HTML page with a card for every node; nothing in it is loaded from elsewhere."""
    data = model(atlas, selection, renderer="network")
    ids = [*(node["id"] for node in data["nodes"]), *(COMMUNITY + atlas.communities["community_id"])]
    cards = {node_id: card(atlas, node_id) for node_id in ids}
    counts = f"{len(atlas.papers)} papers, {len(atlas.concepts)} concepts, {len(atlas.coarsest)} communities"
    parts = {
        "counts": escape(counts),
        "welcome": welcome(atlas),
        "style": _frontend("card.css") + _frontend("map.css"),
        "vis": vis_script().replace("</script", "<\\/script"),
        "map": _frontend("map.js"),
        "data": to_json(data),
        "cards": to_json(cards),
    }
    html = files("graphx").joinpath("page.html").read_text(encoding="utf-8")
    before, *rest = html.split("{{")
    return before + "".join(parts[name] + after for name, after in (piece.split("}}", 1) for piece in rest))


@lru_cache
def _frontend(name: str) -> str:
    return files("graphx").joinpath("ui/frontend", name).read_text(encoding="utf-8")
