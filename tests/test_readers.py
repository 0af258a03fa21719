"""Reading: layouts, damage, encodings, and what becomes of everything that is no paper."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphx.errors import InputError
from graphx.readers import listing, read, read_file
from graphx.readers.text import clean, decode, is_binary
from tests.conftest import SEEDS, SMALL

ABSTRACT = "We study a problem that matters and find that a simple rule solves it on four kinds of input."
LONG = ABSTRACT + " " + "The rule holds under weak assumptions, which we prove and test on real records. " * 3


def page(*lines: str) -> bytes:
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    ("name", "records"),
    [
        ("000_72fbd24ca54d163d.txt", 16),
        ("001_74fb07814f5f4dc9.txt", 42),
        ("002_ab658a84ca5b7a07.txt", 10),
        ("003_e07648739106fcc5.txt", 190),
        ("004_91b92e5e525a6c61.txt", 186),
    ],
)
def test_every_record_of_a_real_page_is_read(name: str, records: int) -> None:
    rows, problems = read_file((SEEDS / name).read_bytes())
    assert (len(rows), problems) == (records, [])
    assert all(len(row["abstract"]) > 200 for row in rows)
    assert not [row["title"] for row in rows if row["title"].casefold() in listing.FURNITURE]


def test_metadata_of_a_page() -> None:
    rows = {row["title"].split(":")[0]: row for row in read_file(SMALL.read_bytes())[0]}
    turbo, study, fold = rows["TurboSeek"], rows["Serving Folded Graphs"], rows["FedFold"]
    assert (turbo["n_authors"], turbo["date"], turbo["year"], turbo["upvotes"]) == (3, "2021-09-09", 2021, 4)
    assert (study["organisation"], study["date"]) == ("exampleorg Example Org", "2023-03-01")
    assert fold["date"] == "--12-29"
    assert "year" not in fold  # the page names none, so none is guessed
    assert "date" not in rows["Personalized Federated Learning under Label Shift"]


def test_alternating_lines_with_subscribe_glued_to_the_title() -> None:
    data = page("Get trending papers in your email inbox!", "SubscribeA Rule", ABSTRACT, "Second Rule?", LONG)
    rows, problems = read_file(data)
    assert [(r["position"], r["title"]) for r in rows] == [("line 2", "A Rule"), ("line 4", "Second Rule?")]
    assert problems == []


@pytest.mark.parametrize("title", ["Subscribers and Their Papers", "New", "Subscribe"])
def test_a_word_like_furniture(title: str) -> None:
    rows, _ = read_file(page(title, ABSTRACT, "Another Title", LONG))
    titles = [row["title"] for row in rows]
    assert ("Subscribers and Their Papers" in titles) == (title == "Subscribers and Their Papers")
    assert "Another Title" in titles


@pytest.mark.parametrize(
    ("lines", "metadata"),
    [
        (["• 1 author", "·", "Sep 9, 2010"], {"n_authors": 1, "date": "2010-09-09", "year": 2010}),
        (["•1,365 authors", "·", "September 9, 2010 1.2k"], {"n_authors": 1365, "date": "2010-09-09", "upvotes": 1200}),
        (["  •  3 authors ", " · ", " Sep 9, 2010  2 "], {"n_authors": 3, "date": "2010-09-09", "upvotes": 2}),
        (["• 3 authors · Sep 9, 2010"], {"n_authors": 3, "date": "2010-09-09"}),
        (["• 3 authors", "•", "9 Sep 2010"], {"n_authors": 3, "date": "2010-09-09"}),
        (["openbmb OpenBMB", "·", "May 9 2"], {"organisation": "openbmb OpenBMB", "date": "--05-09", "upvotes": 2}),
        (["Qwen", "·", "Sept. 9, 2010"], {"organisation": "Qwen"}),
    ],
)
def test_variants_of_metadata(lines: list[str], metadata: dict[str, object]) -> None:
    rows, problems = read_file(page("A Title", "", LONG, "", *lines, "", "Another Title", "", LONG))
    assert len(rows) == 2
    assert metadata.items() <= rows[0].items()
    assert bool(problems) == ("Sept." in lines[-1])  # what is no date is told


def test_metadata_of_a_paper_that_was_left_out_go_to_nobody() -> None:
    ours, theirs = ["• 2 authors", "·", "May 1, 2020"], ["• 9 authors", "·", "Jun 6, 2021 7"]
    rows, problems = read_file(page("A Title", "", LONG, "", *ours, "", "No Abstract", "", *theirs))
    assert [(row["n_authors"], row["date"]) for row in rows] == [(2, "2020-05-01")]
    assert "upvotes" not in rows[0]
    assert len(problems) == 1


@pytest.mark.parametrize("tail", [" .", " ,", " 1.2.3", " .k", " 99999999999", " " + "9" * 400])
def test_no_number_stops_a_read(tail: str) -> None:
    rows, problems = read_file(page("A Title", LONG, "• 2 authors", "·", f"Sep 9, 2010{tail}", "B Title", LONG))
    assert len(rows) == 2
    assert len(problems) == 1  # what is no date is told
    rows, problems = read_file(page("A Title", LONG, f"• {'9' * 11} authors", "B Title", LONG))
    assert len(rows) == 2
    assert len(problems) == 1


def test_the_head_of_a_second_page_dates_no_paper() -> None:
    head = ["new", "Subscribe", "Daily Papers", "byAK and the research community", "Dec 30"]
    rows, problems = read_file(page("T One", LONG, "• 3 authors", "·", "Sep 9, 2010", *head, "T Two", LONG))
    assert [row.get("date") for row in rows] == ["2010-09-09", None]
    assert not problems


def test_a_title_above_a_dot_is_told() -> None:
    rows, problems = read_file(page("T One", LONG, "Sep 9, 2010", "Second Title", "·", "Jan 1, 2020", "T Three", LONG))
    assert [(row["title"], row.get("date"), row.get("organisation")) for row in rows] == [
        ("T One", "2010-09-09", None),
        ("T Three", None, None),
    ]
    assert "Second Title" in problems[0][1]


def test_a_second_paragraph_leaves_the_metadata_with_their_paper() -> None:
    rows, problems = read_file(page("T One", "", LONG, "", LONG, "", "• 3 authors", "·", "Sep 9, 2010"))
    assert (rows[0]["n_authors"], rows[0]["date"]) == (3, "2010-09-09")
    assert len(problems) == 1


def test_invisible_lines_are_blank() -> None:
    rows, problems = read_file(page("T One", "\u200b", LONG, "\x01", "T Two", "\ufeff", LONG, "\x02\x02"))
    assert [row["title"] for row in rows] == ["T One", "T Two"]
    assert not problems


def test_an_endless_abstract_is_cut_and_told() -> None:
    rows, problems = read_file(page("T One", "A word. " * 5000))
    assert len(rows[0]["abstract"]) == 20_000
    assert "was cut after 20,000 characters" in problems[0][1]


def test_a_wrapped_paragraph_is_one() -> None:
    wrapped = [LONG[i : i + 80] for i in range(0, len(LONG), 80)]
    rows, problems = read_file(page("A Title", "", *wrapped, "", "• 3 authors", "·", "Sep 9, 2010"))
    assert [(row["title"], row["n_authors"]) for row in rows] == [("A Title", 3)]
    assert rows[0]["abstract"].replace(" ", "") == LONG.replace(" ", "")
    assert not problems


def test_short_abstracts_on_alternating_lines_are_no_wrapped_paragraph() -> None:
    rows, problems = read_file(page("First Title", ABSTRACT, "Second Title", ABSTRACT, "Alone"))
    assert [row["title"] for row in rows] == ["First Title", "Second Title"]
    assert problems == [("line 5", "title without an abstract, left out: Alone")]


def test_two_pages_in_one_file_and_another_script() -> None:
    top = ["Get trending papers in your email inbox!", "Submitted by", "somebody", "12"]
    chinese = "我们研究图神经网络的问题，并证明一个简单的规则可以解决它。" * 3
    rows, problems = read_file(
        page(*top, "SubscribeFirst", LONG, *top, "SubscribeSecond", LONG, "关于图的研究", chinese)
    )
    assert [row["title"] for row in rows] == ["First", "Second", "关于图的研究"]
    assert not problems


@pytest.mark.parametrize(
    ("lines", "titles", "problem"),
    [
        (["First Title", "Second Title", LONG], ["Second Title"], ("line 1", "title without an abstract")),
        (["First Title", LONG, "Last Title"], ["First Title"], ("line 3", "title without an abstract")),
        (["First Title", LONG, LONG, "Then", LONG], ["First Title", "Then"], ("line 3", "text without a title")),
        (["First Title", LONG[:-20]], ["First Title"], ("line 2", "seems cut")),
        (["A Title", LONG, "• 2 authors", "·", "Feb 31, 2020"], ["A Title"], ("line 5", "no such date")),
    ],
)
def test_damage_is_told_with_its_place(lines: list[str], titles: list[str], problem: tuple[str, str]) -> None:
    rows, problems = read_file(page(*lines))
    assert [row["title"] for row in rows] == titles
    assert len(problems) == 1
    assert problems[0][0] == problem[0]
    assert problem[1] in problems[0][1]


def test_a_title_with_a_full_stop_is_still_a_title() -> None:
    rows, problems = read_file(page("Attention is not all you need, it seems: a long look at memory in nets.", LONG))
    assert len(rows) == 1
    assert not problems


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty file"),
        (b" \n\t\n", "empty file"),
        (b"%PDF-1.4\x00\x01\x02", "not text"),
        (bytes(range(256)) * 20, "not text"),
        (b'[{"title": "A"}]', "no format that is read here"),
        (b"<!doctype html><p>A page", "no format that is read here"),
        (b"nothing of note\n", "title without an abstract"),
    ],
)
def test_a_file_without_papers_is_a_problem(data: bytes, message: str) -> None:
    rows, problems = read_file(data)
    assert rows == []
    assert message in problems[0][1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding: str) -> None:
    title = "Schrödinger’s Café: A Study"
    rows, problems = read_file(f"{title}\r\n{LONG}".encode(encoding))
    assert rows[0]["title"] == title
    assert bool(problems) == (encoding == "cp1252")  # a guess is told


def test_a_file_cut_inside_a_character() -> None:
    data = f"A Title\n{LONG}\nZürich".encode()
    _, problems = read_file(data[: data.index(b"\xc3") + 1])
    assert "middle of a character" in problems[0][1]


@pytest.mark.parametrize("step", [997, 20011])
def test_any_cut_of_a_real_page_loses_nothing_silently(step: int) -> None:
    data = (SEEDS / "004_91b92e5e525a6c61.txt").read_bytes()
    for end in range(step, len(data), step * 7):
        rows, problems = read_file(data[:end])
        n_titles = (data[:end].decode(errors="ignore").count("\n") - 2) // 2  # two lines of furniture first
        assert len(rows) >= n_titles
        whole_line = data[end - 1 : end] in (b"\n", b".") or data[end : end + 1] == b"\n"
        assert problems or whole_line, f"cut at byte {end}"


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_a_problem(data: bytes) -> None:
    rows, problems = read_file(data)
    assert rows or problems


@given(st.text(max_size=400))
def test_any_text_survives(text: str) -> None:
    rows, problems = read_file(text.encode(errors="surrogatepass"))
    assert rows or problems
    for row in rows:
        assert row["title"] == clean(row["title"])
        row["title"].encode()


@given(st.text())
def test_clean_text_is_one_plain_line(text: str) -> None:
    once = clean(text)
    assert once == clean(once)
    assert not set(once) & set("\n\r\t\x00\x85\u2028")


def test_names_do_not_depend_on_where_the_files_lie(tmp_path: Path) -> None:
    for folder in ("one", "elsewhere/two"):
        (tmp_path / folder / "sub").mkdir(parents=True)
        (tmp_path / folder / "a.txt").write_bytes(page("A Title", LONG))
        (tmp_path / folder / "sub" / "b.txt").write_bytes(page("B Title", LONG))
        (tmp_path / folder / ".hidden").write_bytes(b"\x00")
    one, two = read([tmp_path / "one"]), read([tmp_path / "elsewhere" / "two"])
    assert list(one.inputs) == ["a.txt", "sub/b.txt"]
    assert one.inputs == two.inputs
    assert one.records.equals(two.records)
    both = read([tmp_path / "one", tmp_path / "elsewhere"])
    assert len(both.records) == 4
    assert len(both.inputs) == 4


def test_one_bad_file_among_good_ones(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_bytes(page("A Title", LONG))
    (tmp_path / "image.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    reading = read([tmp_path])
    assert len(reading.records) == 1
    assert list(reading.problems["source"]) == ["image.png"]


@pytest.mark.parametrize("inputs", [[], ["nowhere"], ["empty"]])
def test_inputs_that_cannot_be_read_at_all(tmp_path: Path, inputs: list[str]) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"(Name|Check|Put) "):
        read([tmp_path / name for name in inputs])


def test_binary_is_told_from_text() -> None:
    assert is_binary(b"\x00\x01")
    assert not is_binary("Größe\n".encode("utf-16"))
    assert decode("Größe".encode("utf-16"))[0] == "Größe"


def test_an_atlas_among_the_pages_is_no_input(tmp_path: Path) -> None:
    (tmp_path / "a#1 [x]\n.txt").write_bytes(page("A Title", LONG))
    (tmp_path / "atlas").mkdir()
    (tmp_path / "atlas" / "atlas.json").write_text("{}")
    (tmp_path / "atlas" / "papers.parquet").write_bytes(b"PAR1\x00")
    reading = read([tmp_path])
    assert list(reading.inputs) == ["a#1 [x] .txt"]
    assert reading.records["sources"].iloc[0] == ["a#1 [x] .txt#line 1"]
    assert reading.problems.empty


def test_a_file_that_cannot_be_opened_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "good.txt").write_bytes(page("A Title", LONG))
    (tmp_path / "locked.txt").write_bytes(page("B Title", LONG))
    read_bytes = Path.read_bytes

    def guarded(self: Path) -> bytes:
        if self.name == "locked.txt":
            raise PermissionError(13, "Permission denied")
        return read_bytes(self)

    monkeypatch.setattr(Path, "read_bytes", guarded)
    reading = read([tmp_path])
    assert len(reading.records) == 1
    assert "Permission denied" in reading.problems["message"].iloc[0]
