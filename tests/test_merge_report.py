"""The report of what merged and why says what merging does."""

import re

import pandas as pd
from hypothesis import given, settings

from graphx.papers import IN_THE_ATLAS, identities, merge, merge_report, shown
from graphx.readers import read
from graphx.tables import frame
from tests.conftest import SEEDS
from tests.test_papers import RECORDS, records


def test_which_value_won_from_where_and_why() -> None:
    told = merge_report(
        records(
            {"title": "Deep Nets", "abstract": "Short.", "date": "--12-29 (so)", "upvotes": 3, "sources": ["b#line 9"]},
            {"title": "DEEP nets", "abstract": "Not so short.", "date": "2021", "year": 2021, "sources": ["a#line 10"]},
            {"title": "deep nets", "abstract": "", "year": 2023, "upvotes": 7, "sources": ["a#line 2"]},
            {"title": "Alone", "sources": ["a#line 4"]},
        )
    )
    (paper,) = told.papers.to_dict("records")
    assert (paper["title"], paper["why"], paper["n_records"], paper["known"]) == ("DEEP nets", "same title", 3, False)
    assert paper["sources"] == ["a#line 2", "a#line 10", "b#line 9"]
    rows = told.fields.set_index("field")
    assert paper["n_fields"] == len(rows) == 5
    assert set(told.fields["paper_id"]) == {paper["paper_id"]}
    won = {field: tuple(rows.loc[field, ["value", "source", "because"]]) for field in rows.index}
    assert won == {
        "title": ("DEEP nets", "a#line 10", "equally full, first by alphabet"),
        "abstract": ("Not so short.", "a#line 10", "the fullest"),
        "year": ("2021", "a#line 10", "the date says so"),
        "date": ("2021", "a#line 10", "states the year"),
        "upvotes": ("7", "a#line 2", "the largest"),
    }
    assert rows.loc["abstract", "others"] == ["Short."]
    assert rows.loc["year", "others"] == ["2023"]


def test_it_says_what_entries_share() -> None:
    told = merge_report(
        records(
            *({"title": f"{n}", "doi": doi, "sources": [f"f#line {n}"]} for n, doi in enumerate(["10.1/A", "10.1/a"])),
            *({"title": f"{n}", "arxiv_id": f"2410.21155v{n}", "sources": [f"f#line {n}"]} for n in (2, 3)),
            *({"title": f"{n}", "openalex_id": "W1", "sources": [f"f#line {n}"]} for n in (4, 5)),
        )
    )
    assert set(told.papers["why"]) == {"same DOI", "same arXiv id", "same OpenAlex id"}
    assert set(told.fields["field"]) == {"title"}  # a version or capital is no difference


def test_what_only_one_entry_says_is_told_and_copies_are_not() -> None:
    told = merge_report(records({"title": "A"}, {"title": "A"}, {"title": "B", "venue": "ICML"}, {"title": "B"}))
    assert sorted(told.papers["n_fields"]) == [0, 1]
    assert list(told.fields[["field", "value", "because"]].iloc[0]) == ["venue", "ICML", "the only one given"]


def test_papers_of_the_atlas_are_told_apart() -> None:
    old = merge(records({"title": "A", "abstract": "The longest of all."}, {"title": "A"}, {"title": "C"}))
    told = merge_report(records({"title": "a", "sources": ["new#line 1"]}, {"title": "D"}, {"title": "D"}), old)
    assert dict(zip(told.papers["title"], told.papers["known"], strict=True)) == {"A": True, "D": False}
    paper = told.papers[told.papers["known"]].iloc[0]
    assert paper["sources"] == [IN_THE_ATLAS, "new#line 1"]
    assert set(told.fields.loc[told.fields["field"] == "abstract", "source"]) == {IN_THE_ATLAS}


def test_nothing_merges_nothing_told() -> None:
    told = merge_report(frame("papers", []))
    assert told.papers.empty
    assert told.fields.empty
    assert "title" in told.papers


def test_the_five_pages() -> None:
    found = read([SEEDS]).records
    told = merge_report(found)
    assert (told.papers["n_records"] - 1).sum() == 444 - 352
    assert set(told.papers["why"]) == {"same title"}


@settings(deadline=None, max_examples=80)
@given(RECORDS, RECORDS)
def test_what_it_says_won_is_what_the_merged_table_has(
    old: list[dict[str, object]], new: list[dict[str, object]]
) -> None:
    atlas, given = merge(records(*old)), records(*new)
    merged = merge(pd.concat([atlas, given], ignore_index=True)).set_index("paper_id")
    told = merge_report(given, atlas)
    together = pd.concat([pd.Series(atlas["paper_id"]), identities(given)]).value_counts()
    assert dict(zip(told.papers["paper_id"], told.papers["n_records"], strict=True)) == {
        paper: n for paper, n in together.items() if n > 1
    }
    for paper in told.papers.itertuples():
        assert merged.loc[paper.paper_id, "title"] == paper.title
        assert paper.known == (paper.paper_id in set(atlas["paper_id"]))
    ids = identities(given)
    for row in told.fields.itertuples():
        assert shown(_plain(merged.loc[row.paper_id, row.field])) == row.value
        assert row.value not in row.others
        there = given[(ids == row.paper_id).to_numpy() & [row.source in sources for sources in given["sources"]]]
        there = atlas[atlas["paper_id"] == row.paper_id] if row.source == IN_THE_ATLAS else there
        said = {shown(_plain(value)) for value in there[row.field]}
        if row.because == "the date says so":
            said = {date[:4] for date in there["date"].dropna()}
        if row.field in ("doi", "arxiv_id"):
            said = {re.sub(r"v\d+$", "", text).lower() for text in said}
        assert row.value in said
    told_of = set(zip(told.fields["paper_id"], told.fields["field"], strict=True))
    for paper in set(told.papers["paper_id"]):
        group = given[(ids == paper).to_numpy()]
        for field in ("abstract", "citations", "date"):
            if group[field].astype("string").fillna("").nunique() > 1:
                assert (paper, field) in told_of


def _plain(value: object) -> object:
    """Return a cell of a frame with Arrow types as Python has it."""
    if hasattr(value, "tolist"):
        return value.tolist()
    return None if value is pd.NA else value
