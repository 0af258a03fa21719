"""Tables: Parquet, CSV and TSV, which column is which, and what their values become."""

import datetime as dt
import io
import json
import sys
from collections.abc import Sequence
from csv import writer as csv_writer
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphx import cli
from graphx.errors import InputError
from graphx.readers import READERS, delimited, fields, jsonl, listing, read, read_file
from graphx.readers import parquet as parquet_reader
from graphx.readers.source import Source
from graphx.readers.text import clean
from graphx.tables import frame
from tests.conftest import SEEDS


def parquet(**columns: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def csv(*lines: str) -> bytes:
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        (["Title", "Abstract", "Authors", "Year", "Source title", "DOI", "Link", "Cited by", "Author Keywords"],
         ["title", "abstract", "authors", "year", "venue", "doi", "url", "citations", "keywords"]),
        (["AU", "TI", "SO", "AB", "PY", "DI", "CR", "TC", "DE"],
         ["authors", "title", "venue", "abstract", "year", "doi", "references", "citations", "keywords"]),
        (["Document Title", "Publication Year", "Publication Title"], ["title", "year", "venue"]),
        (["paper_title", "summary", "creators", "listed_date"], ["title", "abstract", "authors", "date"]),
        (["Author(s)", "publication-date", "citationCount", "arXiv ID"], ["authors", "date", "citations", "arxiv_id"]),
        (["update_date", "journal", "subtitle", "", "Titel"], ["date", "venue", None, None, None]),
    ],
)  # fmt: skip
def test_columns_are_guessed_from_their_names(names: list[str], columns: list[str | None]) -> None:
    chosen = {name: column for column, name in fields.choose(names).items()}
    assert [chosen.get(name) for name in names] == columns


def test_the_better_of_two_names_is_taken_and_what_the_user_says_wins() -> None:
    names = ["update_date", "Title", "date", "Headline"]
    assert fields.choose(names) == {"title": "Title", "date": "date"}
    assert fields.choose(names, (("title", "Headline"),))["title"] == "Headline"
    assert fields.choose(names, (("title", "headline"),))["title"] == "Headline"
    assert fields.choose(names, (("title", "elsewhere"),))["title"] == "Title"
    assert fields.choose(["title", "summary"], (("title", "summary"),)) == {"title": "summary"}


def test_a_parquet_table_is_read() -> None:
    data = parquet(
        id=["arxiv:2503.16148v2", "10.1000/ABC", "https://openalex.org/W12"],
        title=["One", " Two\n of\x00 ", "Three"],
        abstract=["First.", None, ""],
        authors=["Ann Lee; Bo Ek", "", None],
        categories=["cs.CV cs.AI math-ph 68T45, 62H30 I.5.3; I.2.10", "Vision; Deep learning", "cs.CV"],
        listed_date=["2025-10-13", "2025/1/2", "2025-10-13T01:02:03Z"],
    )
    rows, problems = read_file(data)
    assert not problems
    assert rows[0] == {
        "position": "row 1", "arxiv_id": "2503.16148v2", "title": "One", "abstract": "First.",
        "authors": ["Ann Lee", "Bo Ek"], "n_authors": 2, "date": "2025-10-13", "year": 2025,
        "keywords": ["cs.CV", "cs.AI", "math-ph", "68T45", "62H30", "I.5.3", "I.2.10"],
    }  # fmt: skip
    assert rows[1] == {
        "position": "row 2", "doi": "10.1000/abc", "title": "Two of", "abstract": "", "date": "2025-01-02",
        "year": 2025, "keywords": ["Vision", "Deep learning"],
    }  # fmt: skip
    assert (rows[2]["openalex_id"], rows[2]["date"]) == ("W12", "2025-10-13")


@pytest.mark.parametrize(
    ("column", "values", "read_as"),
    [
        ("date", pa.array([dt.datetime(2024, 5, 6, 7), None], pa.timestamp("ns")), ["2024-05-06", None]),
        ("date", pa.array([dt.datetime(2024, 5, 6, 23)], pa.timestamp("us", "Pacific/Auckland")), ["2024-05-06"]),
        ("date", pa.array([dt.date(2024, 5, 6)], pa.date32()), ["2024-05-06"]),
        ("date", pa.array(["2024-05-06"]).dictionary_encode(), ["2024-05-06"]),
        ("venue", pa.array(["ICML", None, "ICML"]).dictionary_encode(), ["ICML", None, "ICML"]),
        ("venue", pa.array(["ICML"], pa.large_string()), ["ICML"]),
        ("venue", pa.array([b"Z\xc3\xbcrich", b"Z\xfcrich"]), ["Zürich", "Z�rich"]),
        ("authors", pa.array([["A", None, " B "], [], None]), [["A", "B"], None, None]),
        ("authors", pa.array([["A"]], pa.large_list(pa.large_string())), [["A"]]),
        ("keywords", pa.array([[b"k"]]), [["k"]]),
        ("year", pa.array([2024.0, float("nan"), None]), [2024, None, None]),
        ("year", pa.array(["2024", " 2023 "]), [2024, 2023]),
        ("citations", pa.array([0, 7], pa.uint64()), [0, 7]),
        ("citations", pa.array([None, None], pa.null()), [None, None]),
    ],
)
def test_types_of_parquet_columns(column: str, values: pa.Array, read_as: list[Any]) -> None:
    rows, problems = read_file(parquet(title=[f"T{i}" for i in range(len(values))], **{column: values}))
    assert [row.get(column) for row in rows] == read_as
    assert not problems
    if column == "date":
        assert rows[0]["year"] == 2024
    frame("papers", rows)  # all of it fits the table


@pytest.mark.parametrize(
    ("column", "values", "problem"),
    [
        ("authors", [{"name": "A"}], ("file", "column 'authors' holds struct<name: string>: not understood")),
        ("authors", [[{"name": "A"}]], ("file", "column 'authors' holds list<element: struct<")),
        ("doi", [True], ("file", "column 'doi' holds bool: not understood")),
        ("abstract", [5], ("row 1", "abstract: not understood")),
        ("year", [2024.5], ("row 1", "year: not understood")),
        ("year", [float("inf")], ("row 1", "year: not understood")),
        ("citations", [-1], ("row 1", "citations: not understood")),
        ("citations", [2**31], ("row 1", "citations: not understood")),
        ("date", pa.array([2**62], pa.timestamp("us")), ("row 1", "date: not understood")),
        ("date", pa.array([-(2**31)], pa.date32()), ("row 1", "date: not understood")),
    ],
)
def test_what_a_column_cannot_give_is_told(column: str, values: Any, problem: tuple[str, str]) -> None:
    rows, problems = read_file(parquet(title=["T"], **{column: values}))
    assert [row["title"] for row in rows] == ["T"]
    assert not rows[0].get(column)
    assert [at for at, _ in problems] == [problem[0]]
    assert problem[1] in problems[0][1]


@pytest.mark.parametrize("values", [[1, 2], [1.5, None], [["A"], ["B"]], [dt.date(2020, 1, 1), None]])
def test_a_column_of_titles_that_are_no_texts_is_one_problem(values: list[Any]) -> None:
    rows, problems = read_file(parquet(title=values, headline=["A", "B"]))
    assert rows == []
    ((place, message),) = problems
    assert place == "file"
    assert "column 'title' holds" in message
    assert "--columns title=NAME" in message
    assert "'headline'" in message
    assert len(read_file(parquet(title=values, headline=["A", "B"]), columns=(("title", "headline"),))[0]) == 2


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (parquet(headline=["A"], text=["B."]), ""),
        (csv("headline,text", "A,B."), ".csv"),
        (csv('{"headline": "A", "text": "B."}', '{"headline": "C"}'), ""),
    ],
)
def test_a_table_without_titles_is_one_problem_that_says_what_to_do(data: bytes, suffix: str) -> None:
    rows, ((place, message),) = read_file(data, suffix)
    assert rows == []
    assert place == "file"
    assert "--columns title=NAME" in message
    assert "'headline', 'text'" in message
    rows, problems = read_file(data, suffix, (("abstract", "text"), ("title", "headline")))
    assert (rows[0]["title"], rows[0]["abstract"], problems) == ("A", "B.", [])


def test_rows_without_a_title_are_told() -> None:
    rows, problems = read_file(parquet(title=["One", None, " ", "\u200b", "Five"], abstract=list("abcde")))
    assert [row["position"] for row in rows] == ["row 1", "row 5"]
    assert [at for at, _ in problems] == ["row 2", "row 3", "row 4"]
    assert "no title, left out: (None, 'b')" in problems[0][1]


def test_rows_are_counted_over_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graphx.readers.parquet._BATCH", 3)
    rows, problems = read_file(parquet(title=[f"T{i}" if i != 5 else None for i in range(1, 9)]))
    assert [row["position"] for row in rows] == [f"row {i}" for i in (1, 2, 3, 4, 6, 7, 8)]
    assert problems[0][0] == "row 5"


def test_columns_of_one_name_or_with_a_dot() -> None:
    out = io.BytesIO()
    pq.write_table(pa.table([["One"], ["Two"], ["V"]], names=["title", "title", "a.b"]), out)
    rows, problems = read_file(out.getvalue(), columns=(("venue", "a.b"),))
    assert [(row["title"], row["venue"]) for row in rows] == [("One", "V")]
    assert not problems


def test_damaged_parquet_is_a_problem() -> None:
    good = parquet(title=[f"Title {i}" for i in range(1000)])
    broken_text = good.replace(b"Title 7", b"Title \xff")
    for data in (good[:-10], good[:200], b"PAR1", b"PAR1\x00\x01PAR1", good[:40] + b"\x00" * 50 + good[90:]):
        _, problems = read_file(data)
        assert "damaged Parquet" in problems[0][1], data[:20]
    assert len(read_file(broken_text)[0]) in (0, 1000)  # compressed pages may not open at all


@given(st.binary(max_size=300), st.integers(0, 400))
def test_any_damage_to_parquet_is_read_or_a_problem(noise: bytes, place: int) -> None:
    good = parquet(title=["One", "Two"], authors=[["A"], ["B", "C"]])
    rows, problems = read_file(b"PAR1" + good[4:place] + noise + good[place + len(noise) :])
    assert rows or problems


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiters_line_ends_and_encodings(delimiter: str, end: str, encoding: str) -> None:
    lines = ["Title,Abstract,Year", '"Ä, ""quoted""; title",First.,2020', '"Two\nlines","a\n\nb",', "Three,,2021", ""]
    data = "\n".join(lines).replace(",", delimiter).replace("\n", end).encode(encoding)
    rows, problems = read_file(data)
    assert not problems
    assert [(row["position"], row["title"], row["abstract"], row.get("year")) for row in rows] == [
        ("line 2", clean(f'Ä{delimiter} "quoted"; title'), "First.", 2020),
        ("line 3", "Two lines", "a b", None),
        ("line 7", "Three", "", 2021),
    ]


@pytest.mark.parametrize(
    ("lines", "kept", "problem"),
    [
        (["short"], [], ("line 3", "1 fields under 3 names, left out: short")),
        (["a,b,c,d"], [], ("line 3", "4 fields under 3 names")),
        (["a,b,2020,,"], ["a"], None),
        (["", " ", ",,", "a,b,"], ["a"], None),
        ([",b,2020"], [], ("line 3", "no title")),
        (['"a', 'b","c"'], [], ("line 3", "2 fields under 3 names, left out up to line 4")),
        (['"a"b,c,'], [], ("line 3", "no record (',' expected after '\"')")),
        (['x,"never closed,', "Two,b,2020", "Three,c,2021"], ["Two", "Three"], ("line 3", "no record (unexpected end")),
        (["a,b,soon"], ["a"], ("line 3", "year: not understood")),
        ([f"a,{'b' * 140_000},"], [], ("line 3", "no record (field larger")),
    ],
)
def test_odd_records_are_told_with_their_line(
    lines: list[str], kept: list[str], problem: tuple[str, str] | None
) -> None:
    rows, problems = read_file(csv("title,abstract,year", "First,x,1999", *lines, "Last,y,1999"))
    assert [row["title"] for row in rows] == ["First", *kept, "Last"]
    assert len(problems) == (problem is not None)
    if problem:
        assert problems[0][0] == problem[0]
        assert problem[1] in problems[0][1]


def test_quotes_that_open_again_and_again_take_no_time() -> None:
    lines = ['x""","'] * 20_000
    rows, problems = read_file(csv("title,abstract", *lines, '"z"z', "Last,y"))
    assert [row["title"] for row in rows][-1] == "Last"
    assert len(rows) + len(problems) >= 20_000


def test_tsv_as_programs_without_quotes_write_it() -> None:
    rows, problems = read_file(csv("TI\tAB", '"Why?": A Study\tSome text.', 'Of "Trust"\tMore.'))
    assert [row["title"] for row in rows] == ['"Why?": A Study', 'Of "Trust"']
    assert not problems


@pytest.mark.parametrize(
    ("data", "suffix", "reader"),
    [
        (csv("title,abstract", "A,B"), "", delimited),
        (csv("title", "A"), "", listing),
        (csv("title", "A"), ".csv", delimited),
        (csv("name,text", "A,B"), "", listing),
        (csv("name,text", "A,B"), ".tsv", delimited),
        (csv("name", "A"), ".csv", listing),
        (csv("Graphs, Trees, and Titles", "We study them. " * 20), "", listing),
        (csv('{"title": "A", "abstract": "B"}'), ".csv", jsonl),
        (parquet(title=["A"]), ".csv", parquet_reader),
        *((page.read_bytes(), "", listing) for page in sorted(SEEDS.iterdir())),
    ],
)
def test_which_reader_takes_a_file(data: bytes, suffix: str, reader: ModuleType) -> None:
    source = Source(data, suffix)
    assert next(r.name for r in READERS if r.recognises(source)) == reader.NAME


@given(st.lists(st.lists(st.text(max_size=8), min_size=2, max_size=4), max_size=6))
def test_any_table_of_texts_is_read_or_told(cells: list[list[str]]) -> None:
    out = io.StringIO()
    csv_writer(out, lineterminator="\n").writerows([["title", "abstract"], *cells])
    rows, problems = read_file(out.getvalue().encode(errors="replace"))
    assert rows or problems
    for row in rows:
        assert row["title"] == clean(row["title"]) != ""
    frame("papers", rows)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["2024-02-30", "10.1000/x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted(fields.GUESSES)), JSON))
def test_any_values_become_a_paper_or_are_left_out(values: dict[str, Any]) -> None:
    paper, odd = fields.row(values)
    assert not set(odd) - set(values)
    made = frame("papers", [paper])
    for column in ("title", "abstract", "venue", "doi", "date"):
        if isinstance(text := made[column].iloc[0], str):
            assert text == clean(text)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("2024-05-06", {"date": "2024-05-06", "year": 2024}),
        ("2024/5/6 10:00", {"date": "2024-05-06", "year": 2024}),
        ("2024-05", {"year": 2024}),
        (2024, {"year": 2024}),
        ("--12-29", {"date": "--12-29"}),
        ("--13-29", None),
        ("2024-02-30", None),
        ("0000-01-01", None),
        ("May 6, 2024", None),
    ],
)
def test_dates(given: object, found: dict[str, object] | None) -> None:
    paper, odd = fields.row({"date": given})
    assert paper == {"abstract": ""} | (found or {})
    assert odd == ([] if found else ["date"])


def test_a_year_that_is_given_wins_over_that_of_the_date_and_an_id_of_its_own_column_over_id() -> None:
    record = {"year": 2020, "date": "2021-01-01", "title": "T", "doi": "10.1000/own", "id": "10.1000/other"}
    rows, problems = read_file(json.dumps(record).encode())
    assert (rows[0]["year"], rows[0]["doi"], problems) == (2020, "10.1000/own", [])


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", ()),
        ("title=Headline", (("title", "Headline"),)),
        ("title=Headline, abstract = Text ", (("abstract", "Text"), ("title", "Headline"))),
        ("title=Title, translated", (("title", "Title, translated"),)),
        ("title=a=b", (("title", "a=b"),)),
    ],
)
def test_pairs_of_columns(text: str, columns: Sequence[tuple[str, str]]) -> None:
    assert fields.parse(text) == columns


@pytest.mark.parametrize(
    "text", ["title", "=A", "title=", "title=A,b", "titel=A", "title=A,title=B", "x=y,title=A", " "]
)
def test_pairs_that_make_no_sense(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(csv("title,abstract", "A,B"))
    with pytest.raises(InputError) as raised:
        read([tmp_path], columns=fields.parse(text))
    assert "--columns" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_field_need_be_in_one_file_only(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(csv("title,abstract", "A,B"))
    (tmp_path / "b.CSV").write_bytes(csv("Headline,abstract", "C,D"))
    reading = read([tmp_path], columns=(("title", "Headline"),))
    assert list(reading.records["title"]) == ["A", "C"]
    assert [list(s) for s in reading.records["sources"]] == [["a.csv#line 2"], ["b.CSV#line 2"]]
    with pytest.raises(InputError, match=r"no file has a column 'Heading'. Columns found: 'title', 'abstract', 'Head"):
        read([tmp_path], columns=(("title", "Heading"),))
    assert len(read([tmp_path], columns=(("title", "Heading"),), all_found=False).records) == 1
    with pytest.raises(InputError, match="no field goes by 'name'"):
        read([tmp_path], columns=(("name", "Headline"),))


def test_an_atlas_can_be_read_again(tmp_path: Path) -> None:
    papers = read([SEEDS]).records
    papers.to_parquet(tmp_path / "papers.parquet")
    again = read([tmp_path]).records
    kept = [column for column in papers.columns if column not in ("paper_id", "sources", "x", "y")]
    assert again[kept].equals(papers[kept])


def test_columns_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(csv("Headline,Text", "A,B."))
    for pairs, code, said in [
        ("title=Headline,abstract=Text", 0, "1 records, 1 papers, 0 problems"),
        ("title=Heading", 1, "no file has a column 'Heading'"),
    ]:
        monkeypatch.setattr(sys, "argv", ["graphx", "read", str(file), "--columns", pairs])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        captured = capsys.readouterr()
        assert int(ended.value.code or 0) == code
        assert said in captured.out + captured.err
        assert len(captured.err.splitlines()) == code
