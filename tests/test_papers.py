"""Identity and merging."""

from random import Random

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from graphx.papers import merge, normalised_title, text
from graphx.readers import read
from graphx.tables import TABLES, frame
from tests.conftest import SEEDS


def records(*rows: dict[str, object]) -> pd.DataFrame:
    defaults = {"abstract": "An abstract.", "sources": ["f#line 1"]}
    return frame("papers", [defaults | row for row in rows])


def test_the_five_pages_hold_352_papers() -> None:
    reading = read([SEEDS])
    papers = merge(reading.records)
    assert len(reading.records) == 444
    assert len(papers) == 352
    assert reading.problems.empty
    assert sum(len(sources) for sources in papers["sources"]) == 444
    assert list(papers.columns) == [column.name for column in TABLES["papers"]]


def test_copies_of_a_title_are_one_paper() -> None:
    merged = merge(
        records(
            {"title": "Deep-Nets: A Café", "abstract": "Short.", "date": "--12-29", "sources": ["b#line 9"]},
            {"title": "DEEP nets – a Cafe", "date": "2021-03-04", "year": 2021, "upvotes": 3, "sources": ["a#line 10"]},
            {"title": "Deep nets: a cafe!", "year": 2019, "upvotes": 7, "sources": ["a#line 2"]},
        )
    )
    assert len(merged) == 1
    paper = merged.iloc[0]
    assert (paper["abstract"], paper["upvotes"]) == ("An abstract.", 7)
    assert (paper["date"], paper["year"]) == ("2021-03-04", 2021)
    assert list(paper["sources"]) == ["a#line 2", "a#line 10", "b#line 9"]


def test_ids_in_the_order_of_their_worth() -> None:
    merged = merge(
        records(
            {"title": "A", "doi": "10.1/ABC", "arxiv_id": "2410.21155"},
            {"title": "B", "arxiv_id": "2410.21155v3", "openalex_id": "W1"},
            {"title": "C", "openalex_id": "W1"},
            {"title": "D"},
            {"title": "!!!"},
            {"title": "???"},
        )
    )
    prefixes = [paper_id.split(":")[0] for paper_id in merged["paper_id"]]
    assert prefixes == ["arxiv", "doi", "openalex", "title", "title", "title"]
    assert {"doi:10.1/abc", "arxiv:2410.21155", "openalex:W1"} <= set(merged["paper_id"])


def test_no_year_is_guessed() -> None:
    merged = merge(records({"title": "A", "date": "--12-29"}))
    assert pd.isna(merged["year"].iloc[0])


@given(st.permutations(range(5)))
def test_the_order_of_records_does_not_matter(order: list[int]) -> None:
    rows = [{"title": "Same " * (i % 2), "upvotes": i, "sources": [f"f#line {i}"]} for i in range(5)]
    rows = [row | {"title": row["title"] or "Other"} for row in rows]
    assert merge(records(*[rows[i] for i in order])).equals(merge(records(*rows)))


IDENTITIES = [
    {"title": "A Study"},
    {"title": "a  study!"},
    {"title": "Ä Study", "openalex_id": "W1"},
    {"title": "A Study", "arxiv_id": "2410.21155v2"},
    {"title": "Another", "arxiv_id": "2410.21155v10", "openalex_id": "W1"},
    {"title": "Another", "doi": "10.1000/a", "arxiv_id": "2410.21155"},
    {"title": "Another Study", "doi": "10.1000/A"},
]
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "abstract": st.sampled_from(["", "Short.", "Other.", "A longer one."]),
        "authors": st.lists(st.sampled_from(["Ann Lee", "Bo Ek"]), max_size=2),
        "year": st.integers(2019, 2022),
        "date": st.sampled_from(["2020-03-04", "2021", "--12-29", "--12-29 (about)"]),
        "citations": st.integers(0, 3),
        "sources": st.lists(st.sampled_from(["f#line 2", "f#line 10", "g#row 1"]), min_size=1, max_size=2),
    },
)
RECORDS = st.lists(st.tuples(st.sampled_from(IDENTITIES), FIELDS).map(lambda parts: parts[0] | parts[1]), max_size=6)


@settings(deadline=None, max_examples=50)
@given(RECORDS, RECORDS, st.randoms(use_true_random=False))
def test_papers_merged_with_new_records_are_as_if_all_were_merged_at_once(
    old: list[dict[str, object]], new: list[dict[str, object]], random: Random
) -> None:
    at_once = merge(records(*old, *new))
    again = pd.concat([records(*new), merge(records(*old)).assign(x=1.0, y=2.0)], ignore_index=True)
    order = random.sample(range(len(again)), len(again))
    assert merge(again.take(order)).equals(at_once)
    assert merge(at_once).equals(at_once)
    assert dict(zip(at_once.columns, at_once.dtypes, strict=True)) == dict(frame("papers", []).dtypes)


def test_a_date_that_states_a_year_wins_over_a_longer_one() -> None:
    rows = [{"title": "A", "date": "2021"}, {"title": "A", "date": "--12-29", "year": 2019}]
    paper = merge(records(*rows)).iloc[0]
    assert (paper["date"], paper["year"]) == ("2021", 2021)


def test_ids_are_kept_as_the_table_says() -> None:
    paper = merge(records({"title": "A", "doi": "10.1000/ABC", "arxiv_id": "2410.21155v2"})).iloc[0]
    assert (paper["doi"], paper["arxiv_id"]) == ("10.1000/abc", "2410.21155")


def test_no_records_make_no_papers() -> None:
    assert merge(frame("papers", [])).equals(frame("papers", []))


@given(st.text(min_size=1))
def test_normalising_a_title_is_final(title: str) -> None:
    assert normalised_title(normalised_title(title)) == normalised_title(title)


def test_the_text_that_offsets_count_into() -> None:
    assert text("Title", "Abstract") == "Title\nAbstract"


def test_titles_that_differ_by_more_than_spelling_are_two_papers() -> None:
    titles = ["A study of C", "A study of C++", "A study of C#", "がく", "かく", "काल की बात", "कील की बात"]
    assert len({normalised_title(title) for title in titles}) == len(titles)
