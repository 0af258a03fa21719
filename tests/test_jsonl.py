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
