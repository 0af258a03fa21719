"""An atlas seen anew: its links weighed otherwise, and the communities and the map that follow from that."""

from collections.abc import Mapping
from dataclasses import replace

from graphx.atlas import Atlas
from graphx.atlas.origin import settings_of
from graphx.communities import group
from graphx.layout import lay_out
from graphx.links import NOISE, backbone, reweigh
from graphx.similar import neighbours
from graphx.tables import frame

LARGEST = 5_000
"""Papers; more would take longer than anybody waits for a slider."""


def reweighed(atlas: Atlas, kinds: Mapping[str, float], noise: float = NOISE) -> Atlas:
    """Return an atlas whose links count each kind by a factor, grouped and laid out anew.

    Papers, mentions and concepts stay. Communities keep the ids of those that they overlap most, and
    nodes move only as far as the new communities ask for.

    Args:
        atlas: the atlas.
        kinds: a factor for methods, datasets, tasks and metrics; what is missing counts 1.
        noise: links that stand out at this level tie communities; see `links.backbone`.
    """
    settings = settings_of(atlas.info.get("settings", {}))
    links = reweigh(atlas.links, kinds, noise) if kinds else atlas.links.assign(backbone=backbone(atlas.links, noise))
    near = atlas.once("near texts", lambda atlas: neighbours(atlas.papers))
    previous = (atlas.communities, atlas.membership)
    communities, membership = group(
        atlas.papers, links, atlas.concepts, atlas.paper_concepts, atlas.mentions, settings, near, previous
    )
    old = (atlas.papers, atlas.concepts)
    places = lay_out(atlas.papers, atlas.concepts, atlas.paper_concepts, links, membership, settings.seed, old)
    return replace(
        atlas,
        papers=frame("papers", atlas.papers.assign(x=places.papers[:, 0], y=places.papers[:, 1])),
        concepts=frame("concepts", atlas.concepts.assign(x=places.concepts[:, 0], y=places.concepts[:, 1])),
        links=frame("links", links),
        communities=communities,
        membership=membership,
        info=atlas.info | {"lens": {"kinds": dict(kinds), "noise": noise}},
    )
