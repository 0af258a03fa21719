"""Positions: everything has room, communities lie together, and an older map stays as it is."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from graphx.atlas import Atlas
from graphx.layout import SATELLITE, Positions, lay_out
from graphx.layout.discs import APART, GAP, INWARD, SPACING, _spread, _sunflower, enclosed, pack
from graphx.layout.updates import CLOSEST
from graphx.tables import frame


@dataclasses.dataclass
class Corpus:
    """Made-up tables: 8 communities of 15 papers, the first four of which divide into parts of 5."""

    papers: pd.DataFrame
    concepts: pd.DataFrame
    paper_concepts: pd.DataFrame
    links: pd.DataFrame
    membership: pd.DataFrame

    def without(self, gone: list[int]) -> "Corpus":
        """Return the tables as they were before some of the papers came."""
        ids = set(self.papers["paper_id"].iloc[gone])
        named = self.paper_concepts[~self.paper_concepts["paper_id"].isin(ids)]
        count = self.concepts["concept_id"].map(named["concept_id"].value_counts()).fillna(0)
        concepts = self.concepts.assign(n_papers=count.to_numpy(dtype=int))
        links = self.links[~self.links["source"].isin(ids) & ~self.links["target"].isin(ids)]
        return Corpus(
            self.papers[~self.papers["paper_id"].isin(ids)],
            concepts[concepts["n_papers"] > 0],
            named,
            links,
            self.membership[~self.membership["paper_id"].isin(ids)],
        )

    def laid_out(self, old: tuple[pd.DataFrame, pd.DataFrame] | None = None) -> Positions:
        """Return positions."""
        return lay_out(self.papers, self.concepts, self.paper_concepts, self.links, self.membership, 1, old)

    def as_old(self, positions: Positions) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return papers and concepts with their positions."""
        return with_positions(self.papers, positions.papers), with_positions(self.concepts, positions.concepts)

    @property
    def community(self) -> np.ndarray:
        """The coarsest community of every paper."""
        coarsest = self.membership[self.membership["level"] == 0].set_index("paper_id")["community_id"]
        return coarsest[self.papers["paper_id"]].to_numpy(dtype=str)

    @property
    def shared(self) -> np.ndarray:
        """Which concepts several papers name."""
        return self.concepts["n_papers"].to_numpy(dtype=int) > 1


def with_positions(table: pd.DataFrame, points: np.ndarray) -> pd.DataFrame:
    return table.assign(x=points[:, 0], y=points[:, 1])


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    rng = np.random.default_rng(3)
    n = 120
    papers = [f"p{i:03}" for i in range(n)]
    rows = {(i, f"topic {i // 15} {rng.integers(8)}") for i in range(n) for _ in range(4)}
    rows |= {(i, f"part {i // 5} {rng.integers(2)}") for i in range(n) for _ in range(2)}
    rows |= {(i, f"own {i} {k}") for i in range(n) for k in range(rng.integers(4))}
    named = pd.DataFrame(sorted(rows), columns=["paper", "concept_id"])
    named["paper_id"] = [papers[i] for i in named["paper"]]
    named["weight"] = 1.0
    counts = named["concept_id"].value_counts().sort_index()
    links = [
        {"source": papers[a], "target": papers[b], "weight": rng.random(), "backbone": True}
        for a in range(n)
        for b in range(a + 1, n)
        if rng.random() < (0.6 if a // 5 == b // 5 else 0.2 if a // 15 == b // 15 else 0.005)
    ]
    membership = [{"paper_id": papers[i], "level": 0, "community_id": f"c{i // 15:02}"} for i in range(n)]
    membership += [
        {"paper_id": papers[i], "level": 1, "community_id": f"c{i // 15:02}.{i // 5 % 3}"} for i in range(60)
    ]
    return Corpus(
        frame("papers", pd.DataFrame({"paper_id": papers})),
        frame("concepts", pd.DataFrame({"concept_id": counts.index, "n_papers": counts.to_numpy()})),
        frame("paper_concepts", named),
        frame("links", links),
        frame("membership", membership),
    )


@pytest.fixture(scope="module")
def positions(corpus: Corpus) -> Positions:
    return corpus.laid_out()


def nearest_distance(points: np.ndarray) -> float:
    return float(cKDTree(points).query(points, k=2)[0][:, 1].min())


def homes(paper_concepts: pd.DataFrame, membership: pd.DataFrame) -> dict[str, str]:
    """Return for every concept the coarsest community whose papers name it with most weight."""
    coarsest = membership.loc[membership["level"] == 0, ["paper_id", "community_id"]]
    weight = paper_concepts.merge(coarsest, on="paper_id").groupby(["concept_id", "community_id"])["weight"].sum()
    weight = weight.round(9).reset_index().sort_values(["weight", "community_id"], ascending=[False, True])
    first = weight.drop_duplicates("concept_id")
    return dict(zip(first["concept_id"], first["community_id"], strict=True))


def discs(corpus: Corpus, positions: Positions) -> dict[str, np.ndarray]:
    """Return what lies in each coarsest community: its papers and the shared concepts at home there."""
    home = corpus.concepts["concept_id"].map(homes(corpus.paper_concepts, corpus.membership)).to_numpy(dtype=str)
    points = np.concatenate([positions.papers, positions.concepts[corpus.shared]])
    group = np.concatenate([corpus.community, home[corpus.shared]])
    return {name: points[group == name] for name in sorted(set(group))}


def test_nothing_on_the_map_lies_on_anything_else(atlas: Atlas) -> None:
    shared = atlas.concepts[atlas.concepts["n_papers"] > 1]
    points = pd.concat([atlas.papers[["x", "y"]], shared[["x", "y"]]]).to_numpy(dtype=float)
    assert np.isfinite(points).all()
    assert nearest_distance(points) > SPACING / 2
    assert np.ptp(points, axis=0).max() < 60 * SPACING


def test_communities_are_apart(atlas: Atlas) -> None:
    points = atlas.papers[["x", "y"]].to_numpy(dtype=float)
    coarsest = atlas.membership[atlas.membership["level"] == 0].set_index("paper_id")["community_id"]
    groups = coarsest[atlas.papers["paper_id"]].to_numpy(dtype=str)
    centres = {name: points[groups == name].mean(axis=0) for name in set(groups)}
    nearest = [min(centres, key=lambda name: np.hypot(*(p - centres[name]))) for p in points]
    assert np.mean(np.array(nearest) == groups) > 0.9


def test_discs_do_not_touch_and_hold_their_papers_and_concepts(corpus: Corpus, positions: Positions) -> None:
    """Of two discs, all nodes lie on their side of a gap, those of concepts where `homes` says they belong."""
    of = list(discs(corpus, positions).values())
    for i, one in enumerate(of):
        for other in of[i + 1 :]:
            assert cKDTree(one).query(other)[0].min() >= APART - 0.2
    circles = [enclosed(one @ np.array([1, 1j]), np.zeros(len(one))) for one in of]
    for i, (middle, reach) in enumerate(circles):
        assert reach < 1.6 * SPACING * np.sqrt(len(of[i]))
        for other, far in circles[i + 1 :]:
            assert abs(middle - other) > reach + far
    free = np.concatenate([positions.papers, positions.concepts[corpus.shared]])
    assert nearest_distance(free) > 0.8 * SPACING


def test_parts_of_a_community_lie_together(corpus: Corpus, positions: Positions) -> None:
    finest = corpus.membership.drop_duplicates("paper_id", keep="last").set_index("paper_id")["community_id"]
    part = finest[corpus.papers["paper_id"]].to_numpy(dtype=str)
    assert len(set(part)) == 16
    inside = np.flatnonzero([len(name) > 3 for name in part])
    centres = {name: positions.papers[part == name].mean(axis=0) for name in set(part)}
    nearest = [min(centres, key=lambda name: np.hypot(*(positions.papers[i] - centres[name]))) for i in inside]
    assert list(part[inside]) == nearest


def test_linked_papers_are_nearer_than_others(corpus: Corpus) -> None:
    """Within one disc that does not divide, papers that are linked like a net of 7 by 7 lie like one."""
    papers = corpus.papers.sample(49, random_state=1)
    net = papers["paper_id"].to_numpy(dtype=object).reshape(7, 7)
    pairs = [*zip(net[1:].flat, net[:-1].flat, strict=True), *zip(net[:, 1:].flat, net[:, :-1].flat, strict=True)]
    links = frame("links", [{"source": a, "target": b, "weight": 1.0, "backbone": True} for a, b in pairs])
    level = frame("membership", [{"paper_id": p, "level": 0, "community_id": "c01"} for p in net.flat])
    points = lay_out(papers, frame("concepts", []), frame("paper_concepts", []), links, level, 1).papers
    at = points.reshape(7, 7, 2)
    steps = np.concatenate([np.diff(at, axis=0).reshape(-1, 2), np.diff(at, axis=1).reshape(-1, 2)])
    usual = points[:, None] - points[None]
    assert np.hypot(*steps.T).mean() < 0.5 * np.hypot(*usual.reshape(-1, 2).T).mean()


def test_what_one_paper_names_lies_around_it(corpus: Corpus, positions: Positions) -> None:
    rows = corpus.paper_concepts.merge(corpus.concepts[~corpus.shared][["concept_id"]], on="concept_id")
    paper = pd.Index(corpus.papers["paper_id"]).get_indexer(rows["paper_id"])
    concept = pd.Index(corpus.concepts["concept_id"]).get_indexer(rows["concept_id"])
    assert len(rows) > 100
    distance = np.hypot(*(positions.concepts[concept] - positions.papers[paper]).T)
    assert (distance >= SATELLITE * SPACING - 0.2).all()
    assert (distance < 0.6 * SPACING).all()
    assert nearest_distance(positions.concepts[concept]) > 1


def test_the_same_positions_whatever_the_order_of_links_and_runs(corpus: Corpus, positions: Positions) -> None:
    again = corpus.laid_out()
    assert (again.papers == positions.papers).all()
    assert (again.concepts == positions.concepts).all()
    assert (positions.papers == np.round(positions.papers, 1)).all()


def test_an_old_map_of_the_same_papers_stays(corpus: Corpus, positions: Positions) -> None:
    again = corpus.laid_out(corpus.as_old(positions))
    assert (again.papers == positions.papers).all()
    assert (again.concepts == positions.concepts).all()


@pytest.mark.parametrize("gone", [[7, 33, 34, 90], list(range(0, 120, 4))])
def test_new_papers_come_beside_their_neighbours_and_old_ones_stay(corpus: Corpus, gone: list[int]) -> None:
    before = corpus.without(gone)
    old = before.as_old(before.laid_out())
    new = corpus.laid_out(old)
    stay = np.delete(np.arange(120), gone)
    assert (new.papers[stay] == old[0][["x", "y"]].to_numpy(dtype=float)).all()
    was = pd.Index(old[1]["concept_id"]).get_indexer(corpus.concepts["concept_id"])
    same = (was >= 0) & ((old[1]["n_papers"].to_numpy(dtype=int)[was] > 1) == corpus.shared)
    assert np.mean(same) > 0.7
    assert (new.concepts[same] == old[1][["x", "y"]].to_numpy(dtype=float)[was[same]]).all()

    free = np.concatenate([new.papers, new.concepts[corpus.shared]])
    assert nearest_distance(free) >= CLOSEST * SPACING - 0.2
    community = corpus.community
    of = discs(corpus, new)
    for i in gone:  # nearer to its own community than to any other, and within reach of its neighbours
        middle = {name: points.mean(axis=0) for name, points in of.items()}
        away = {name: np.hypot(*(new.papers[i] - point)) for name, point in middle.items()}
        assert min(away, key=lambda name: away[name]) == community[i]
    again = corpus.laid_out(old)
    assert (again.papers == new.papers).all()


def test_a_new_paper_takes_the_free_spot_next_to_the_paper_it_is_linked_to(corpus: Corpus) -> None:
    before = corpus.without([7])
    old = before.as_old(before.laid_out())
    friend = corpus.papers["paper_id"].iloc[9]
    link = frame("links", [{"source": "p007", "target": friend, "weight": 1.0, "backbone": True}])
    alone = corpus.paper_concepts[corpus.paper_concepts["paper_id"] != "p007"]
    new = lay_out(corpus.papers, corpus.concepts, alone, link, corpus.membership, 1, old)
    assert np.hypot(*(new.papers[7] - new.papers[9])) < 2 * SPACING


def test_a_new_community_gets_a_disc_beside_the_map(corpus: Corpus) -> None:
    gone = list(range(75, 90))  # all of c05
    before = corpus.without(gone)
    old = before.as_old(before.laid_out())
    new = corpus.laid_out(old)
    stay = np.delete(np.arange(120), gone)
    assert (new.papers[stay] == old[0][["x", "y"]].to_numpy(dtype=float)).all()
    of = discs(corpus, new)
    fresh = of.pop("c05")
    assert cKDTree(np.concatenate(list(of.values()))).query(fresh)[0].min() >= APART - 0.2


def test_a_paper_that_changes_its_community_moves_there(corpus: Corpus, positions: Positions) -> None:
    moved = corpus.membership.copy()
    moved.loc[moved["paper_id"] == "p100", "community_id"] = "c07"  # was in c06
    after = dataclasses.replace(corpus, membership=moved)
    new = after.laid_out(corpus.as_old(positions))
    same = (new.papers == positions.papers).all(axis=1)
    assert list(np.flatnonzero(~same)) == [100]
    others = after.community == "c07"
    others[100] = False
    assert np.hypot(*(new.papers[others] - new.papers[100]).T).min() < 2 * SPACING


def test_of_two_communities_that_become_one_the_larger_place_stays(corpus: Corpus, positions: Positions) -> None:
    """Where the discs are so far apart that others lie between them."""
    of = discs(corpus, positions)
    middle = {name: points.mean(axis=0) for name, points in of.items()}
    pairs = [(a, b) for a in middle for b in middle if a < b]
    far = max(pairs, key=lambda pair: np.hypot(*(middle[pair[0]] - middle[pair[1]])))
    merged = corpus.membership.copy()
    merged.loc[merged["community_id"] == far[1], "community_id"] = far[0]
    merged = merged[(merged["level"] == 0) | ~merged["community_id"].str.startswith(far[1])]
    new = dataclasses.replace(corpus, membership=merged).laid_out(corpus.as_old(positions))
    same = (new.papers == positions.papers).all(axis=1)
    in_pair = np.isin(corpus.community, far)
    assert same[~in_pair].all()
    assert same[in_pair].sum() == 15
    points = new.papers[in_pair]
    assert np.hypot(*(points - points.mean(axis=0)).T).max() < 8 * SPACING


def test_a_map_of_which_half_is_new_is_laid_out_afresh(corpus: Corpus, positions: Positions) -> None:
    before = corpus.without(list(range(75)))
    new = corpus.laid_out(before.as_old(before.laid_out()))
    assert (new.papers == positions.papers).all()
    assert (new.concepts == positions.concepts).all()


def test_layout_of_one_paper_without_concepts() -> None:
    papers = frame("papers", [{"paper_id": "p", "title": "t", "abstract": ""}])
    membership = frame("membership", [{"paper_id": "p", "level": 0, "community_id": "c01", "certainty": 0.0}])
    nothing = [frame(name, []) for name in ("concepts", "paper_concepts", "links")]
    positions = lay_out(papers, *nothing, membership, seed=1)
    assert positions.papers.shape == (1, 2)
    assert positions.concepts.shape == (0, 2)
    old = with_positions(papers, positions.papers + 5), frame("concepts", [])
    assert (lay_out(papers, *nothing, membership, 1, old).papers == positions.papers + 5).all()


def test_layout_of_nothing() -> None:
    nothing = [frame(name, []) for name in ("papers", "concepts", "paper_concepts", "links", "membership")]
    positions = lay_out(*nothing, seed=1)
    assert positions.papers.shape == positions.concepts.shape == (0, 2)
    old = lay_out(*nothing, 1, (nothing[0], nothing[1]))
    assert old.papers.shape == (0, 2)


def test_papers_without_links_have_room_too(corpus: Corpus) -> None:
    nothing = [frame(name, []) for name in ("concepts", "paper_concepts", "links")]
    membership = frame(
        "membership", [{"paper_id": p, "level": 0, "community_id": "c01"} for p in corpus.papers["paper_id"]]
    )
    points = lay_out(corpus.papers, *nothing, membership, seed=1).papers
    assert nearest_distance(points) > 0.8 * SPACING
    assert np.hypot(*(points - points.mean(axis=0)).T).max() < 0.7 * SPACING * np.sqrt(len(points))


@given(st.lists(st.floats(20, 3000), min_size=1, max_size=30), st.integers(0, 2**32 - 1), st.integers(0, 3))
@settings(max_examples=40, deadline=None)
def test_packed_discs_keep_their_gap_and_fixed_ones_their_place(radii: list[float], seed: int, n_fixed: int) -> None:
    rng = np.random.default_rng(seed)
    size = np.array([50.0] * n_fixed + radii)
    ties = rng.random((len(size), len(size))) * (rng.random((len(size), len(size))) < 0.3)
    fixed = np.arange(n_fixed) * 300.0 + 0j if n_fixed else None
    centres = pack(size, ties + ties.T, GAP, INWARD, fixed)
    assert (centres[:n_fixed] == (fixed if n_fixed else [])).all()
    between = np.abs(centres[:, None] - centres) - size - size[:, None]
    np.fill_diagonal(between, np.inf)
    assert between.min() >= GAP - 1e-3


@given(st.integers(4, 200), st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_spreading_fills_the_sunflower_and_keeps_the_middle_in_the_middle(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    places = rng.normal(size=n) + 1j * rng.normal(size=n)
    spread = _spread(places)
    assert sorted(np.round(np.abs(spread), 6)) == sorted(np.round(np.abs(_sunflower(n)), 6))
    farthest, last_ring = np.argmax(np.abs(places - places.mean())), 3 * int(np.sqrt((n - 1) / 3)) ** 2
    assert np.abs(spread[farthest]) >= np.abs(_sunflower(n)[last_ring]) - 1e-9


@given(st.lists(st.tuples(st.floats(-99, 99), st.floats(-99, 99), st.floats(1, 50)), min_size=1, max_size=20))
@settings(max_examples=60, deadline=None)
def test_the_circle_around_circles_holds_them_and_is_small(circles: list[tuple[float, float, float]]) -> None:
    x, y, radii = np.array(circles).T
    places = x + 1j * y
    middle, reach = enclosed(places, radii)
    away = np.abs(places - middle) + radii
    assert away.max() <= reach + 1e-9
    needed = (np.abs(places[:, None] - places) + radii + radii[:, None]).max() / 2
    assert reach <= 1.2 * max(needed, radii.max()) + 1e-9
