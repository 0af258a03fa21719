"""JSON lines: what is read of a paper, and what becomes a problem."""

import json

import pytest

from graphx.readers import read_file


def one(**record: object) -> dict[str, object]:
    rows, problems = read_file(json.dumps({"title": "T", "abstract": "A"} | record).encode())
    assert not problems
    return rows[0]


def test_papers_are_read_a_line_each() -> None:
    lines = [{"id": "x1", "title": "One", "abstract": "First."}, {"title": "Two ", "abstract": " Second\n part. "}]
    data = "\n\n".join(map(json.dumps, lines)).encode()
    rows, problems = read_file(data)
    assert not problems
    assert [(r["position"], r["title"], r["abstract"]) for r in rows] == [
        ("line 1", "One", "First."),
        ("line 3", "Two", "Second part."),
    ]


@pytest.mark.parametrize(
    ("field", "given", "column", "value"),
    [
        ("id", "arxiv:2503.16148v2", "arxiv_id", "2503.16148v2"),
        ("id", "2503.16148", "arxiv_id", "2503.16148"),
        ("id", "https://doi.org/10.1000/ABC", "doi", "10.1000/abc"),
        ("doi", "doi:10.1000/ABC", "doi", "10.1000/abc"),
        ("authors", "Ann Lee; Bo Ek", "authors", ["Ann Lee", "Bo Ek"]),
        ("authors", ["Ann Lee"], "n_authors", 1),
        ("year", 2024, "year", 2024),
        ("year", "2024", "year", 2024),
        ("date", "2024-05-06", "date", "2024-05-06"),
        ("citations", 7, "citations", 7),
        ("venue", "ICML", "venue", "ICML"),
        ("abstract", None, "abstract", ""),
        ("id", "http://arxiv.org/abs/2503.16148v2", "arxiv_id", "2503.16148v2"),
        ("id", "https://openalex.org/W12", "openalex_id", "W12"),
        ("publication_year", 2024, "year", 2024),
        ("update_date", "2024-05-06", "date", "2024-05-06"),
        ("cited_by_count", 7.0, "citations", 7),
        ("journal", " The \n Journal", "venue", "The Journal"),
        ("categories", "cs.CL cs.AI", "keywords", ["cs.CL", "cs.AI"]),
        ("authors", ["Ann\ud800 Lee", None, " "], "authors", ["Ann Lee"]),
    ],
)
def test_fields(field: str, given: object, column: str, value: object) -> None:
    assert one(**{field: given})[column] == value


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{broken", "no JSON object"),
        ("[1, 2]", "no title"),
        ('"text"', "no title"),
        ('{"abstract": "A"}', "no title"),
        ('{"title": 3}', "no title"),
        ('{"title": "T", "abstract": ["a"]}', "abstract: not understood"),
        ('{"title": "T", "abstract": "a", "year": "soon"}', "year: not understood"),
        ('{"title": "T", "abstract": "a", "authors": {"a": 1}}', "authors: not understood"),
        ('{"title": "T", "year": 99999999999999999999}', "year: not understood"),
        ("[" * 100000, "no JSON object"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(line: str, message: str) -> None:
    rows, problems = read_file(f'{{"title": "Good", "abstract": "A"}}\n{line}\n'.encode())
    assert rows[0]["title"] == "Good"
    ((place, text),) = problems
    assert place == "line 2"
    assert message in text


def test_lines_may_name_their_fields_differently() -> None:
    lines = [{"title": "One"}, {"paper_title": "Two", "summary": "B."}, {"headline": "Three", "title": "No"}]
    data = "\n".join(map(json.dumps, lines)).encode()
    rows, problems = read_file(data, columns=(("title", "headline"),))
    assert [(row["title"], row["abstract"]) for row in rows] == [("One", ""), ("Two", "B."), ("Three", "")]
    assert not problems


def test_broken_lines_are_told_where_no_field_holds_titles() -> None:
    rows, problems = read_file(b'{"name": "A"}\n{broken\n{"name": "B"}\n')
    assert rows == []
    assert [place for place, _ in problems] == ["line 2", "file"]


@pytest.mark.parametrize("field", ["venue", "openalex_id", "doi", "date", "authors", "year"])
@pytest.mark.parametrize("blank", ["", "  ", "\u200b", [], None, float("nan")])
def test_blank_values_are_not_there(field: str, blank: object) -> None:
    assert field not in one(**{field: blank})
