"""An atlas whose links are weighed otherwise."""

import numpy as np

from graphx.atlas import Atlas
from graphx.lens import reweighed
from graphx.links import NOISE
from graphx.tables import Relation


def test_links_communities_and_places_follow_and_the_rest_stays(atlas: Atlas) -> None:
    before = atlas.links.copy()
    seen = reweighed(atlas, {"methods": 0.0, "tasks": 2.0})
    shares = seen.links[seen.links["relation"] == Relation.SHARES]
    assert (shares["methods"] == 0).all()
    parts = shares[["methods", "datasets", "tasks", "metrics"]].sum(axis=1).to_numpy(dtype=float)
    np.testing.assert_allclose(shares["weight"].to_numpy(dtype=float), parts)
    was = atlas.links.set_index(["relation", "source", "target"])
    own = shares.set_index(["relation", "source", "target"])
    twice = was.loc[own.index, "tasks"].to_numpy(dtype=float) * 2
    np.testing.assert_allclose(own["tasks"].to_numpy(dtype=float), twice)
    assert set(seen.membership["paper_id"]) == set(atlas.papers["paper_id"])
    assert not seen.membership.equals(atlas.membership)
    for table in ("mentions", "paper_concepts", "references", "problems"):
        assert getattr(seen, table) is getattr(atlas, table)
    assert np.isfinite(seen.papers[["x", "y"]].to_numpy(dtype=float)).all()
    assert atlas.links.equals(before)


def test_the_same_weights_give_the_same(atlas: Atlas) -> None:
    one, two = (reweighed(atlas, {"metrics": 0.5}, 0.2) for _ in range(2))
    for table in ("papers", "concepts", "links", "communities", "membership"):
        assert getattr(one, table).equals(getattr(two, table))


def test_noise_says_which_links_tie(atlas: Atlas) -> None:
    few, many = (reweighed(atlas, {}, noise).links["backbone"].sum() for noise in (0.0, 0.2))
    assert few < atlas.links["backbone"].sum() < many
    assert reweighed(atlas, {}, NOISE).links["backbone"].equals(atlas.links["backbone"])


def test_all_weights_may_be_nought(atlas: Atlas) -> None:
    seen = reweighed(atlas, dict.fromkeys(("methods", "datasets", "tasks", "metrics"), 0.0))
    assert Relation.SHARES not in set(seen.links["relation"])
    assert len(seen.membership[seen.membership["level"] == 0]) == len(atlas.papers)
