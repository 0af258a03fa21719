"""Reading lists, and their Markdown, BibTeX and RIS, read back by other libraries."""

import re

import pandas as pd
import pytest
import rispy
from hypothesis import given, settings
from hypothesis import strategies as st
from pybtex.database import parse_string

from graphx.atlas import Atlas
from graphx.errors import NotFoundError
from graphx.query.finding import find
from graphx.query.pathways import path
from graphx.query.reading import COLUMNS, KEYWORDS, reading_list
from graphx.writers.reading_list import bibtex, markdown, ris


def listed(*rows: dict[str, object]) -> pd.DataFrame:
    """Return a reading list of papers of which only some things are known."""
    usual = dict.fromkeys(COLUMNS) | {"title": "T", "authors": [], "why": "on T", "keywords": []}
    filled = [usual | {"rank": n, "paper_id": f"p{n}"} | row for n, row in enumerate(rows, 1)]
    return pd.DataFrame(filled, columns=COLUMNS).astype({"year": "Int64"})


KNOWN = {
    "paper_id": "arxiv:2006.06856",
    "title": "BanditPAM: Almost Linear Time k-Medoids & 50% less {cost}",
    "authors": ["Tiwari, Mo", "Wei Zhang"],
    "year": 2020,
    "date": "2020-06-11",
    "venue": "Journal of X_1",
    "doi": "10.1/a_b%c",
    "url": "https://e.org/a_b?x=1&y={z}",
    "why": "introduces BanditPAM",
    "keywords": ["k-medoids", "PAM", "a, b"],
}


def test_a_list_of_a_community(atlas: Atlas) -> None:
    found = reading_list(atlas, community="c01", n=12)
    members = set(atlas.membership.loc[atlas.membership["community_id"] == "c01", "paper_id"])
    assert list(found.columns) == COLUMNS
    assert found["rank"].tolist() == list(range(1, 13))
    assert found["paper_id"].is_unique
    assert set(found["paper_id"]) <= members
    parts = [why.split()[0] for why in found["why"]]
    assert parts == sorted(parts, key=["introduces", "ties", "newest", "on"].index)
    assert {"ties", "on"} <= set(parts)
    assert all(0 < len(words) <= KEYWORDS for words in found["keywords"])
    assert found.equals(reading_list(atlas, community="c01", n=12))


def test_what_introduces_a_concept_comes_first(atlas: Atlas) -> None:
    found = reading_list(atlas, [find(atlas, "HNSW"), find(atlas, "ANNS")])
    assert found["why"].iloc[0] == "introduces HNSW"
    assert "Hierarchical Navigable Small World" in found["title"].iloc[0]
    named = atlas.where("paper_concepts", "concept_id", "anns")["paper_id"]
    assert set(found["paper_id"]) == set(named)


def test_a_list_of_a_path(atlas: Atlas) -> None:
    hops = path(atlas, find(atlas, "HNSW"), find(atlas, "LLM serving"), k=1)
    found = reading_list(atlas, list(hops["node_id"]), n=50)
    assert set(hops.loc[hops["type"] == "paper", "node_id"]) <= set(found["paper_id"])
    labels = set(hops.loc[hops["type"] == "concept", "label"])
    bridge = found[found["why"].str.startswith("ties")]["why"].iloc[0]
    assert set(bridge.removeprefix("ties ").split(" to ")) <= labels


def test_papers_without_a_date_come_last_in_their_part(atlas: Atlas) -> None:
    found = reading_list(atlas, list(atlas.papers["paper_id"]), n=300)
    for part in ("introduces", "ties"):
        dated = found[found["why"].str.startswith(part)]
        known = dated["date"].where(dated["year"].notna())
        assert known.notna().any()
        assert known.isna().is_monotonic_increasing
        assert known.dropna().is_monotonic_increasing
    newest = found[~found["why"].str.startswith(("introduces", "ties"))]
    known = newest["date"].where(newest["year"].notna())
    assert known.isna().is_monotonic_increasing
    assert known.dropna().is_monotonic_decreasing
    assert (newest["why"].str.startswith("newest") == known.notna()).all()


def test_nothing_and_what_is_not_there(small: Atlas) -> None:
    assert reading_list(small).empty
    assert list(reading_list(small).columns) == COLUMNS
    assert len(reading_list(small, list(small.papers["paper_id"]), n=2)) == 2
    assert markdown(reading_list(small)) == bibtex(reading_list(small)) == ris(reading_list(small)) == ""
    with pytest.raises(NotFoundError):
        reading_list(small, ["concept:nothing"])
    with pytest.raises(NotFoundError):
        reading_list(small, community="c99")


def test_bibtex() -> None:
    text = bibtex(listed(KNOWN))
    (key,) = parse_string(text, "bibtex").entries
    assert key == "tiwari2020banditpam"
    entry = parse_string(text, "bibtex").entries[key]
    assert entry.type == "article"
    assert [str(person) for person in entry.persons["author"]] == ["Tiwari, Mo", "Zhang, Wei"]
    fields = entry.fields
    assert fields["title"].startswith(
        "{BanditPAM:} Almost Linear Time {k-Medoids} \\& 50\\% less \\textbraceleft{}cost"
    )
    assert fields["journal"] == r"Journal of X\_1"
    assert fields["doi"] == "10.1/a_b%c"
    assert fields["url"] == "https://e.org/a_b?x=1&y=%7Bz%7D"
    assert (fields["eprint"], fields["archiveprefix"]) == ("2006.06856", "arXiv")
    assert fields["keywords"] == "k-medoids, PAM, a b"
    assert fields["annote"] == "introduces BanditPAM"


@pytest.mark.parametrize(
    ("paper", "key"),
    [
        ({"title": "On the Price of Privacy", "authors": ["José Núñez"], "year": 2021}, "nunez2021price"),
        ({"title": "The Price of Privacy in Graphs"}, "pricePrivacyGraphs".lower()),
        ({"title": "Attention Is All", "year": 2017}, "attentionall2017"),
        ({"title": "深度学习", "authors": ["王伟"], "year": 2020}, "2020"),
        ({"title": "?!"}, "paper"),
    ],
)
def test_citation_keys(paper: dict[str, object], key: str) -> None:
    assert list(parse_string(bibtex(listed(paper)), "bibtex").entries) == [key]


def test_citation_keys_are_unique() -> None:
    text = bibtex(
        listed(*[{"title": "Graphs", "authors": ["A. Li"], "year": 2020}] * 30, {"title": "Ab", "authors": []})
    )
    keys = re.findall(r"@misc\{(.*),", text)
    assert len(set(keys)) == 31
    assert keys[:3] == ["li2020graphs", "li2020graphsa", "li2020graphsb"]


def test_ris() -> None:
    (entry,) = rispy.loads(ris(listed(KNOWN)))
    assert entry["type_of_reference"] == "JOUR"
    assert entry["title"] == KNOWN["title"]
    assert entry["authors"] == KNOWN["authors"]
    assert (entry["year"], entry["date"], entry["doi"]) == ("2020", "2020/06/11", KNOWN["doi"])
    assert entry["urls"] == [KNOWN["url"]]
    assert entry["keywords"] == KNOWN["keywords"]
    (talk, other) = rispy.loads(ris(listed({"venue": "Proceedings of KDD"}, {"date": "--12-29"})))
    assert (talk["type_of_reference"], other["type_of_reference"]) == ("CONF", "GEN")
    assert "date" not in other


def test_markdown() -> None:
    text = markdown(listed(KNOWN, {"title": "<b>[x](javascript:alert(1))</b>", "url": "javascript:alert(1)"}))
    assert text.startswith(
        "1. **[BanditPAM: Almost Linear Time k-Medoids \\& 50% less {cost}](<https://doi.org/10.1/a_b%c>)**"
    )
    assert "   Tiwari, Mo, Wei Zhang · Journal of X\\_1 · 2020" in text
    assert "   *introduces BanditPAM*" in text
    assert "2. **\\<b\\>\\[x\\](javascript:alert(1))\\</b\\>**" in text
    assert "](javascript" not in text.replace("\\]", "")


HOSTILE = st.text(
    alphabet=st.one_of(
        st.sampled_from('{}\\%$&#_~^"@,=\n\r\x00\x0b\x1e\u2028\x85 -ERTYab'), st.characters(exclude_categories=["Cs"])
    ),
    max_size=40,
) | st.sampled_from(["ER  - \nTY  - JOUR", "}\n@article{x,", "\\", "{", "}}}", "a and b", "%", "@comment{"])


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(HOSTILE, HOSTILE, HOSTILE), min_size=1, max_size=3))
def test_no_text_breaks_a_file(texts: list[tuple[str, str, str]]) -> None:
    papers = listed(
        *(
            {"title": a, "authors": [b], "venue": c, "url": a, "doi": b, "keywords": [c], "why": a, "year": 2020}
            for a, b, c in texts
        )
    )
    one_line = [" ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", title).split()) for title, _, _ in texts]
    entries = rispy.loads(ris(papers))
    assert [entry.get("title", "") for entry in entries] == one_line
    assert len(parse_string(bibtex(papers), "bibtex").entries) == len(texts)
    assert len(re.findall(r"^\d+\. \*\*", markdown(papers), re.M)) == len(texts)
    for text in (bibtex(papers), ris(papers), markdown(papers)):
        text.encode()
        assert not re.search(r"[\x00-\x09\x0b-\x1f]", text)
