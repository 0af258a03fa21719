"""What rises, what fades, and what had its burst."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphx.atlas import Atlas
from graphx.query.timelines import COLUMNS, bursts, periods, trend_test, trends
from graphx.tables import Kind
from tests.handmade import Made, atlas_of


def made(counts: dict[str, list[int]], total: int, year: int = 2010) -> Atlas:
    """Make `total` papers a year; the first of them name each concept as often as said."""
    papers = [
        Made([name for name, of in counts.items() if i < of[t]], f"{year + t}-05-01")
        for t in range(len(next(iter(counts.values()))))
        for i in range(total)
    ]
    return atlas_of(papers, {"glue": Kind.DATASET})


COUNTS = {
    "steady": [10] * 10,
    "rises": [0, 0, 1, 2, 3, 5, 7, 9, 11, 14],
    "fades": [14, 11, 9, 7, 5, 3, 2, 1, 0, 0],
    "burst": [1, 1, 1, 1, 12, 13, 1, 1, 1, 1],
    "glue": [0, 0, 0, 0, 0, 4, 5, 6, 7, 8],
    "rare": [0, 0, 0, 0, 0, 0, 0, 0, 2, 2],
}


def test_what_was_planted_is_found() -> None:
    found = trends(made(COUNTS, 40)).set_index("concept_id")
    assert found["trend"].to_dict() == {"rises": "rising", "glue": "rising", "burst": "burst", "fades": "fading"}
    assert list(found.columns) == COLUMNS[1:]
    burst = found.loc["burst"]
    assert (burst["burst_start"], burst["burst_end"]) == ("2014", "2015")
    assert burst["counts"] == COUNTS["burst"]
    assert burst["periods"] == [str(2010 + i) for i in range(10)]
    rises = found.loc["rises"]
    assert (rises["first"], rises["last"], rises["n_papers"], rises["burst_end"]) == ("2012", "2019", 52, "2019")
    assert rises["slope"] > 0 > found.loc["fades", "slope"]
    assert found["score"].iloc[0] == found["score"].max()


def test_one_kind_and_how_many() -> None:
    atlas = made(COUNTS, 40)
    assert list(trends(atlas, kind="dataset")["concept_id"]) == ["glue"]
    assert list(trends(atlas, n=1)["trend"]) == ["rising", "burst", "fading"]


def test_a_growing_pile_makes_nothing_rise() -> None:
    papers = [Made(["everywhere"] if i % 2 else [], f"{2010 + t}") for t in range(8) for i in range(20 * (t + 1))]
    found = trends(atlas_of(papers))
    assert found.empty
    assert "720 of 720 papers have a date" in found.attrs["note"]


def test_papers_without_a_year_are_left_out_and_counted() -> None:
    atlas = made(COUNTS, 40)
    undated = [Made(["rises"], "--12-29"), Made(["rises"])]
    dated = [Made(["a"] * (i > 50), year=2010 + i // 10) for i in range(100)]
    both = trends(atlas_of([*dated, *undated]))
    assert both.attrs["note"].startswith("100 of 102 papers have a date with a year, from 2010 to 2019")
    assert "rises" not in set(both["concept_id"])
    assert trends(atlas).attrs["note"].startswith("400 of 400")


@pytest.mark.parametrize(
    ("papers", "why"),
    [
        ([Made(["a"], "--12-29")] * 100, "only 0 of 100 papers have a date"),
        ([Made(["a"], "2020-01-01")] * 29, "only 29 of 29 papers have a date"),
        ([Made(["a"], year=2020 + i % 2) for i in range(60)], "all within 2020 and 2021"),
    ],
)
def test_too_few_dates_say_so(papers: list[Made], why: str) -> None:
    found = trends(atlas_of(papers))
    assert found.empty
    assert list(found.columns) == COLUMNS
    assert why in found.attrs["note"]


@pytest.mark.parametrize(
    ("dates", "names"),
    [
        (["2024-11-30", "2025-02-01"], ["2024-11", "2024-12", "2025-01", "2025-02"]),
        (["2022-03-01", "2024-05"], [f"{y}-Q{q}" for y in (2022, 2023) for q in range(1, 5)] + ["2024-Q1", "2024-Q2"]),
        (["2010-03-01", "2013", "2020-01-01"], [str(y) for y in range(2010, 2021)]),
        (["2022", "2023-01-01"], ["2022", "2023"]),
        (["--03-01", None], []),
    ],
)
def test_time_is_cut_to_its_length(dates: list[str | None], names: list[str]) -> None:
    cut = periods(atlas_of([Made([], date) for date in dates]).papers)
    assert cut.names == names
    if names:
        assert (cut.of[0], cut.of[-1]) == (0, len(names) - 1)


def cheapest(counts: list[int], totals: list[int]) -> float:
    """Return the least cost of any sequence of states, by trying all of them."""
    p = sum(counts) / sum(totals)
    shares = (p, min(2 * p, (1 + p) / 2))
    best = np.inf
    for code in range(2 ** len(counts)):
        states = [code >> t & 1 for t in range(len(counts))]
        cost = np.log(len(counts)) * sum(b > a for a, b in zip([0, *states], states, strict=False))
        for state, r, d in zip(states, counts, totals, strict=True):
            cost -= r * np.log(shares[state]) + (d - r) * np.log(1 - shares[state])
        best = min(best, cost)
    return float(best)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=3, max_size=7))
def test_the_heaviest_burst_is_part_of_the_cheapest_sequence(cells: list[tuple[int, int]]) -> None:
    counts, totals = [a for a, _ in cells], [a + b for a, b in cells]
    if 0 < sum(counts) < sum(totals):
        start, end, weight = (x[0] for x in bursts(np.array([counts]), np.array(totals)))
        quiet = sum(counts) / sum(totals)
        at_rest = -sum(r * np.log(quiet) + (d - r) * np.log(1 - quiet) for r, d in zip(counts, totals, strict=True))
        saved = at_rest - cheapest(counts, totals)
        assert (start >= 0) == (saved > 1e-9)
        if start >= 0:
            assert start <= end
            assert weight > np.log(len(counts))


def test_the_trend_test_is_the_regression_of_the_share_on_time() -> None:
    counts, totals = np.array([[1, 4, 6], [3, 3, 3]]), np.array([10, 20, 30])
    named = np.concatenate([np.repeat([1.0, 0.0], [r, d - r]) for r, d in zip(counts[0], totals, strict=True)])
    time = np.repeat(np.arange(3), totals)
    z, slope = trend_test(counts, totals)
    assert slope[0] == pytest.approx(np.polyfit(time, named, 1)[0])
    assert z[0] == pytest.approx(np.corrcoef(time, named)[0, 1] * np.sqrt(60))
    assert z[1] < 0


def test_the_listing_pages(atlas: Atlas) -> None:
    found = trends(atlas)
    assert isinstance(found, pd.DataFrame)
    assert list(found.columns) == COLUMNS
    assert "31 of 352 papers have a date with a year" in found.attrs["note"]


def test_an_atlas_without_papers_answers_too() -> None:
    assert "0 of 0 papers" in trends(atlas_of([])).attrs["note"]
