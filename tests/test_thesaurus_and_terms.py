"""What a user says of terms: a thesaurus and a list of their own."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from graphx import thesaurus
from graphx.atlas import load
from graphx.cli import cli
from graphx.concepts import join
from graphx.errors import InputError
from graphx.nlp.mentions import find
from graphx.nlp.pipeline import load as load_pipeline
from graphx.nlp.terms import SPANS, read_own
from graphx.tables import frame

ABSTRACTS = (
    "We propose FooNet, a convolutional neural network for image classification on CIFAR-10.",
    "FooNet and BarNet are compared by accuracy on ImageNet for image classification.",
)
PAPERS = frame(
    "papers", [{"paper_id": f"p{n}", "title": "A note", "abstract": text} for n, text in enumerate(ABSTRACTS)]
)


def test_a_thesaurus_is_read() -> None:
    text = "label\treplace by\nfoo net\tFooNet\n# a comment\n\naccuracy\t\nBarNet\tFooNet\textra\n"
    assert thesaurus.parse(text, "t") == (("foo net", "FooNet"), ("accuracy", ""), ("BarNet", "FooNet"))


@pytest.mark.parametrize(
    ("text", "message"),
    [("a line", "line 1: no label"), ("x\ty\n\tz", "line 2: no label"), ("x\ty\nx\tz", "line 2: 'x' was already")],
)
def test_a_faulty_thesaurus_is_told_with_its_line(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        thesaurus.parse(text, "t")


def test_the_shipped_thesaurus_is_in_order() -> None:
    pairs = dict(thesaurus.shipped())
    assert len(pairs) > 120
    assert not any(new in pairs for new in pairs.values())  # no chains
    assert all(pairs.values())


def test_a_users_thesaurus_wins() -> None:
    rules = (("BarNet", "FooNet"), ("accuracy", ""), ("CIFAR10", "small pictures"), ("CNN", "ConvNets"))
    mentions, concepts, paper_concepts = join(find(PAPERS), PAPERS, rules)
    labels = set(concepts["label"])
    assert "BarNet" not in labels
    assert {"small pictures", "ConvNets"} <= labels
    (foo,) = concepts[concepts["label"] == "FooNet"].to_dict("records")
    assert set(foo["forms"]) == {"FooNet", "BarNet"}
    assert "accuracy" not in {text.lower() for text in mentions["text"]}
    assert set(mentions.loc[mentions["text"] == "BarNet", "joined_by"]) == {"thesaurus"}
    assert set(paper_concepts["concept_id"]) == set(concepts["concept_id"])


def test_a_thesaurus_may_drop_everything() -> None:
    found = find(PAPERS)
    answer = join(found, PAPERS, tuple((form, "") for form in found["text"].unique()))
    assert all(table.empty for table in answer)


def test_own_terms_add_and_overrule(tmp_path: Path) -> None:
    file = tmp_path / "terms.txt"
    file.write_text(
        "# mine\ndataset\tFooNet\nwidget folding\ttask\n"
        '{"label": "metric", "pattern": [{"LOWER": "blue"}, {"TEXT": {"REGEX": "^score"}}]}\n'
        '{"label": "method", "pattern": "Grey Box"}\n',
        encoding="utf-8",
    )
    doc = load_pipeline(read_own(file))("A note\nFooNet does widget folding by the blue scores in a Grey Box.")
    found = {span.text: (span.label_, span.id_, span._.score) for span in doc.spans[SPANS]}
    assert found["FooNet"] == ("dataset", "own list", 1.0)
    assert found["widget folding"] == ("task", "own list", 1.0)
    assert found["blue scores"] == ("metric", "own list", 1.0)
    assert found["Grey Box"] == ("method", "own list", 1.0)


@pytest.mark.parametrize(
    "line",
    ["FooNet", "thing\tFooNet", "method\t", '{"label": "method"}', '{"label": "x", "pattern": "y"}', "{",
     '{"label": "method", "pattern": [{"NO_SUCH": 1}]}', '{"label": "method", "pattern": []}'],
)  # fmt: skip
def test_a_faulty_list_is_told_with_its_line(line: str, tmp_path: Path) -> None:
    file = tmp_path / "terms.txt"
    file.write_text(f"method\tGood\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"terms\.txt, line 2: this is not kind<TAB>term"):
        read_own(file)


@pytest.mark.parametrize("read", [read_own, thesaurus.read])
def test_a_file_that_is_missing_or_no_text_is_told(read, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be opened"):
        read(tmp_path / "none")
    (tmp_path / "binary").write_bytes(bytes(range(256)))
    with pytest.raises(InputError, match="not text"):
        read(tmp_path / "binary")


def test_on_the_command_line(tmp_path: Path) -> None:
    papers, words, terms = tmp_path / "papers.jsonl", tmp_path / "words.tsv", tmp_path / "terms.tsv"
    papers.write_text("".join(f'{{"title": "Note {n}", "abstract": "{a}"}}\n' for n, a in enumerate(ABSTRACTS)))
    words.write_text("label\treplace by\nBarNet\tFooNet\n")
    terms.write_text("task\tcompared\n")
    command = ["build", str(papers), "-o", str(tmp_path / "A"), "--thesaurus", str(words), "--terms", str(terms)]
    assert CliRunner().invoke(cli, command).exit_code == 0
    atlas = load(tmp_path / "A")
    assert "BarNet" not in set(atlas.concepts["label"])
    assert "compared" in set(atlas.concepts["label"])
    again = CliRunner().invoke(cli, command)
    assert "up to date" in again.output
    words.write_text("label\treplace by\nBarNet\tBazNet\n")
    assert "up to date" not in CliRunner().invoke(cli, command).output
    assert "BazNet" in set(load(tmp_path / "A").concepts["label"])
