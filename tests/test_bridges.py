"""Which papers and concepts tie communities together."""

import pytest

from graphx.atlas import Atlas
from graphx.communities import REST_LABEL
from graphx.query.connectors import COLUMNS, bridges
from graphx.tables import Kind
from tests.handmade import Made, atlas_of

SIZE = 12


def three_groups() -> Atlas:
    """Three communities of twelve papers; what ties them is planted, and p036 is on its own."""
    papers = []
    for group in "abc":
        for i in range(SIZE):
            names = [f"local {group}", "everywhere"]
            names += ["tie"] * (group in "ab" and i < 3) + ["accuracy"] * (group in "ab" and 3 <= i < 6)
            names += ["once"] * (i == 7)
            papers.append(Made(names, community=group))
    papers.append(Made(["tie"], community=REST_LABEL))
    links = [(g * SIZE, g * SIZE + i, 1.0, f"local {'abc'[g]}") for g in range(3) for i in range(1, SIZE)]
    links += [(1, SIZE + 1, 1.0, "tie"), (2, SIZE + 2, 0.2, "tie"), (2, 2 * SIZE + 2, 0.2, "everywhere")]
    links += [(36, 5, 3.0, "tie"), (36, 17, 3.0, "tie")]
    return atlas_of(papers, {"accuracy": Kind.METRIC}, links)


def test_papers_between_communities() -> None:
    found = bridges(three_groups())
    assert list(found.columns) == COLUMNS
    # p001 and p013 spread evenly over two communities; p002 less so; the hubs' links stay at home.
    assert list(found["node_id"]) == ["p001", "p013", "p002", "p014", "p026"]
    first = found.iloc[0]
    assert (first["participation"], first["score"], first["n_communities"]) == (0.5, 1.0, 2)
    assert first["communities"] == ["a", "b"]
    assert first["because"] == ["tie"]
    assert found["communities"][2] == ["a", "b", "c"]
    assert found["because"][2] == ["tie", "everywhere"]
    assert found["participation"][2] == pytest.approx(1 - (1 + 0.04 + 0.04) / 1.4**2)


def test_papers_on_their_own_tie_nothing() -> None:
    found = bridges(three_groups(), n=100)
    assert not {"p036", "p005", "p017"} & set(found["node_id"])
    assert not any(REST_LABEL in labels for labels in found["communities"])


def test_concepts_between_communities() -> None:
    found = bridges(three_groups(), of="concepts")
    assert list(found.columns) == COLUMNS
    # What is named everywhere, in one community only, or once in each, ties nothing; a metric counts half.
    assert list(found["node_id"]) == ["concept:tie", "concept:accuracy"]
    assert found["score"][0] == pytest.approx(2 * found["score"][1])
    first = found.iloc[0]
    assert (first["type"], first["kind"], first["participation"]) == ("concept", "method", 0.5)
    assert first["communities"] == ["a", "b"]
    assert first["because"] == ["Paper 0", "Paper 12"]


def test_nothing_ties_one_community() -> None:
    atlas = atlas_of([Made(["x"], community="a")] * 5, links=[(0, 1, 1.0, "x")])
    for of in ("papers", "concepts"):
        found = bridges(atlas, of=of)
        assert found.empty
        assert list(found.columns) == COLUMNS
        assert of in found.attrs["note"]
    with pytest.raises(ValueError, match="authors"):
        bridges(atlas, of="authors")


@pytest.mark.parametrize("of", ["papers", "concepts"])
def test_the_listing_pages(atlas: Atlas, of: str) -> None:
    found = bridges(atlas, n=10, of=of)
    assert len(found) == 10
    assert found["score"].is_monotonic_decreasing
    assert found["participation"].between(0, 1).all()
    assert (found["n_communities"] >= 2).all()
    for row in found.itertuples():
        assert len(row.communities) == row.n_communities
        assert row.because
    assert "LLM" not in list(found["label"][:3])


@pytest.mark.parametrize("of", ["papers", "concepts"])
def test_an_atlas_without_papers_answers_too(of: str) -> None:
    assert bridges(atlas_of([]), of=of).empty
