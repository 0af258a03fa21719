"""When papers came out, and when a concept was named."""

import pytest

from graphx.atlas import Atlas
from graphx.errors import NotFoundError
from graphx.query import dated, history
from graphx.tables import Role
from tests.handmade import Made, atlas_of

PAPERS = [
    Made(["BERT"], year=2018),
    Made(["BERT", "GLUE"], year=2020),
    Made(["BERT"], "2020-05-01"),
    Made(["BERT"]),
    Made(["GLUE"], "--12-29"),
    Made([], year=2021),
]


def test_the_periods_of_a_concept() -> None:
    found = history(atlas_of(PAPERS), "BERT")
    assert list(found.columns) == ["period", *map(str, Role), "papers"]
    assert found["period"].tolist() == ["2018", "2019", "2020", "2021"]
    assert found["uses"].tolist() == [1, 0, 2, 0]
    assert found["introduces"].sum() == 0
    assert found["papers"].tolist() == [1, 0, 2, 1]
    assert found.attrs["note"] == "3 of the 4 papers that name it have a date with a year."
    assert history(atlas_of(PAPERS), "GLUE")["period"].tolist() == ["2020", "2021"]


def test_a_concept_without_dates_or_that_is_not_there() -> None:
    atlas = atlas_of([Made(["BERT"], "--12-29")])
    found = history(atlas, "BERT")
    assert found.empty
    assert "No paper that names it" in found.attrs["note"]
    with pytest.raises(NotFoundError):
        history(atlas, "nothing")


def test_dated_papers_stand_in_order_and_no_year_is_guessed(atlas: Atlas) -> None:
    found = dated(atlas_of(PAPERS))
    assert found["year"].tolist()[:4] == [2018, 2020, 2020, 2021]
    assert found["year"].isna().tolist() == [False] * 4 + [True]
    assert found["date"].iloc[4] == "--12-29"
    assert found.attrs["note"] == "4 of 6 papers have a year, 1 only a month and day, 1 neither."
    assert dated(atlas_of(PAPERS), n=1)["year"].tolist()[0] == 2021
    assert dated(atlas).attrs["note"] == "31 of 352 papers have a year, 8 only a month and day, 313 neither."
    assert dated(atlas_of([])).empty
