"""The grid of what was tried and what fits, and why a pair is in it."""

from itertools import product

import pytest

from graphx.atlas import Atlas
from graphx.errors import NotFoundError
from graphx.query import gaps, heat, pair
from graphx.query.heat import CELLS
from graphx.tables import Kind
from tests.handmade import Made, atlas_of

KINDS = {
    **dict.fromkeys(("roses", "tulips", "wheat", "maize", "roses 2"), Kind.DATASET),
    **dict.fromkeys(("flower naming", "crop counting", "everything"), Kind.TASK),
    "accuracy": Kind.METRIC,
}


def field(task: str, methods: list[str], datasets: list[str], community: str) -> list[Made]:
    """Make two papers of every method on every dataset, but for the first method on the first dataset."""
    pairs = list(product(methods, datasets))[1:]
    made = [Made([m, d, task, "everything", "accuracy"], community=community) for m, d in pairs for _ in range(2)]
    return [*made, *[Made([method, task], community=community) for method in methods]]


FLOWERS = field("flower naming", ["Forest", "ResNet", "ViT"], ["roses", "tulips"], "c01")
CROPS = field("crop counting", ["YOLO", "DETR", "Counter"], ["wheat", "maize"], "c02")


@pytest.fixture(scope="module")
def made() -> Atlas:
    return atlas_of([*FLOWERS, *CROPS, *[Made(["roses 2", "ResNet"], community="c01")] * 2], KINDS)


def cell(found: object, method: str, other: str) -> dict[str, object]:
    rows = found.cells[(found.cells["method_id"] == method) & (found.cells["other_id"] == other)]
    assert len(rows) == 1
    return rows.iloc[0].to_dict()


def test_tried_and_untried_cells(made: Atlas) -> None:
    found = heat(made)
    assert list(found.cells.columns) == CELLS
    assert set(found.rows["label"]) == {"Forest", "ResNet", "ViT", "YOLO", "DETR", "Counter"}
    assert set(found.columns["label"]) == {"roses", "tulips", "wheat", "maize", "roses 2"}
    assert len(found.cells) == 30
    assert cell(found, "ResNet", "roses")["n_papers"] == 2
    first = cell(found, "Forest", "roses")
    assert (first["n_papers"], first["rank"] in (1, 2), first["fit"] > 0.9) == (0, True, True)
    assert cell(found, "Forest", "wheat")["fit"] < 0.6  # of another field
    assert "pairs nobody tried" in found.note


def test_cells_agree_with_the_gaps(made: Atlas) -> None:
    found, listed = heat(made), gaps(made)
    for place, gap in enumerate(listed.itertuples(), 1):
        shown = cell(found, gap.method_id, gap.other_id)
        assert (shown["rank"], shown["n_papers"]) == (place, 0)
        assert shown["score"] == pytest.approx(gap.score)
        assert shown["fit"] == pytest.approx(gap.score / listed["score"][0], abs=1e-3)
    assert found.cells["rank"].notna().sum() == len(listed)


def test_what_fits_the_same_stands_side_by_side(made: Atlas) -> None:
    found = heat(made)
    fields = ["c" if label in ("YOLO", "DETR", "Counter") else "f" for label in found.rows["label"]]
    assert "".join(fields) in ("cccfff", "fffccc")
    again = heat(made)
    assert found.cells.equals(again.cells)


def test_names_that_hold_each_other_are_no_pair() -> None:
    papers = [*FLOWERS, *CROPS, *[Made(["roses classifier", "flower naming"])] * 3]
    found = heat(atlas_of(papers, KINDS))
    assert cell(found, "roses classifier", "roses")["same"]
    assert not cell(found, "roses classifier", "tulips")["same"]


def test_one_community_and_a_pair_that_must_be_there(made: Atlas) -> None:
    found = heat(made, within="c02")
    assert set(found.rows["label"]) == {"YOLO", "DETR", "Counter"}
    best = found.cells["rank"].min()
    listed = gaps(made, within="c02")
    assert best == 1
    assert set(listed["method"]) <= {"YOLO", "DETR", "Counter"}
    assert len(listed) < len(gaps(made))
    small = heat(made, rows=2, columns=2, pair=("ViT", "roses 2"))
    assert "ViT" in set(small.rows["label"])
    assert "roses 2" in set(small.columns["label"])
    assert len(heat(made, rows=2, columns=2, pair=("accuracy", "nothing")).cells) == 4
    with pytest.raises(NotFoundError):
        heat(made, within="c99")


def test_the_grid_is_as_large_as_asked(atlas: Atlas) -> None:
    found = heat(atlas, ("method", "task"), rows=5, columns=4)
    assert (len(found.rows), len(found.columns), len(found.cells)) == (5, 4, 20)
    assert set(found.rows["kind"]) == {"method"}
    assert set(found.columns["kind"]) == {"task"}
    papers_of = atlas.paper_concepts.groupby("concept_id")["paper_id"].apply(set)
    for row in found.cells.itertuples():
        assert row.n_papers == len(papers_of[row.method_id] & papers_of[row.other_id])
    order = [(m, o) for m in found.rows["concept_id"] for o in found.columns["concept_id"]]
    assert list(zip(found.cells["method_id"], found.cells["other_id"], strict=True)) == order


def test_why_a_gap_is_one(made: Atlas) -> None:
    found = pair(made, "Forest", "roses")
    assert (found.n_papers, found.rank in (1, 2)) == (0, True)
    assert found.tried.empty
    first = gaps(made).iloc[found.rank - 1]
    assert found.score == pytest.approx(first["score"])
    assert found.ties["label"].tolist()[: len(first["because"])] == first["because"]
    assert "accuracy" not in set(found.ties["label"])  # a metric ties nothing
    tie = found.ties[found.ties["label"] == "flower naming"].iloc[0]
    assert (tie["n_method"], tie["n_other"]) == (3, 4)
    assert set(found.apart["side"]) == {"method", "other"}
    for row in found.apart.itertuples():
        assert row.sentence[row.start : row.end] == ("Forest" if row.side == "method" else "roses")
        assert "flower naming" in row.ties


def test_who_tried_a_pair(made: Atlas) -> None:
    found = pair(made, "ResNet", "tulips")
    assert (found.n_papers, found.rank, len(found.tried)) == (2, None, 2)
    assert found.apart.empty
    for row in found.tried.itertuples():
        assert row.sentence[row.start : row.end] == "ResNet"
        assert row.other_sentence[row.other_start : row.other_end] == "tulips"


def test_what_is_no_pair(made: Atlas) -> None:
    with pytest.raises(NotFoundError):
        pair(made, "Forest", "nothing")
    with pytest.raises(ValueError, match="between"):
        pair(made, "roses", "Forest")
    with pytest.raises(ValueError, match="between"):
        heat(made, ("task", "dataset"))


def test_too_few_concepts_and_no_papers() -> None:
    for papers in ([], [Made(["ResNet", "roses"])]):
        found = heat(atlas_of(papers, KINDS))
        assert found.cells.empty
        assert list(found.cells.columns) == CELLS
        assert found.note.startswith("No pairs")
