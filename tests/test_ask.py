"""`graphx ask`: every question answers in words and in JSON, and a wrong name gets one line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from graphx.atlas import build, save
from graphx.cli import cli

QUESTIONS = [
    (["concept", "federated learning"], ["federated learning (task)", "often together with"]),
    (["paper", "Matryoshka Quantization"], ["Gemma-2", "nearest papers, and why"]),
    (["why", "SP^2OT", "P^2OT"], ["builds_on", "similar"]),
    (["path", "HNSW", "LLM serving"], ["HNSW (concept)", "is introduced by", "LLM serving (concept)"]),
    (["gaps"], ["chosen from", "How far to believe it: on 74,688"]),
    (["gaps", "--between", "method-task"], ["chosen from"]),
    (["gaps", "--backtest"], ["No backtest"]),
    (["trends"], ["No trends"]),
    (["bridges"], ["communities"]),
    (["bridges", "--of", "concepts"], ["communities"]),
    (["communities"], ["c01", "papers"]),
    (["search", "federeted lerning"], ["federated learning", "showing 'federated'"]),
    (["reading-list", "federated learning"], ["why"]),
    (["reading-list", "--community", "c01"], ["why"]),
]


def ask(folder: Path, words: list[str], *more: str) -> Result:
    return CliRunner().invoke(cli, ["ask", words[0], str(folder), *words[1:], *more])


@pytest.mark.parametrize(("words", "said"), QUESTIONS, ids=lambda value: " ".join(value) if value else "")
def test_an_answer_in_words_and_in_json(atlas_folder: Path, words: list[str], said: list[str]) -> None:
    result = ask(atlas_folder, words)
    assert result.exit_code == 0, result.output
    for part in said:
        assert part in " ".join(result.output.split())
    answer = json.loads(ask(atlas_folder, words, "--json").output)
    assert answer


def test_the_sentences_are_in_the_json(atlas_folder: Path) -> None:
    answer = json.loads(ask(atlas_folder, ["concept", "HNSW"], "--json").output)
    assert answer["concept"]["label"] == "HNSW"
    assert any("HNSW" in s["sentence"][s["start"] : s["end"]] for s in answer["sentences"])
    assert answer["years"] == [{"year": 2016, "n_papers": 1}]
    steps = json.loads(ask(atlas_folder, ["path", "HNSW", "LLM serving"], "--json").output)["rows"]
    assert all(step["sentence"] for step in steps if step["relation"])


@pytest.mark.parametrize("suffix", [".md", ".bib", ".ris"])
def test_a_reading_list_is_written(atlas_folder: Path, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"list{suffix}"
    result = ask(atlas_folder, ["reading-list", "federated learning", "-o", str(file), "-n", "5"])
    assert result.exit_code == 0, result.output
    assert "ederated" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["concept", "no such thing at all"], "nothing in this atlas is called"),
        (["paper", "federated learning"], "is a concept in this atlas and no paper"),
        (["concept", "XGBoost: A Scalable Tree Boosting System"], "is a paper in this atlas and no concept"),
        (["reading-list", "--community", "no such"], "nothing in this atlas is called"),
        (["reading-list", "HNSW", "-o", "list.docx"], "no format goes by that suffix"),
    ],
)
def test_a_wrong_name_gets_one_line(atlas_folder: Path, words: list[str], message: str) -> None:
    result = ask(atlas_folder, words)
    assert result.exit_code == 1
    assert message in str(result.exception)
    assert "\n" not in str(result.exception)


@pytest.mark.parametrize(
    "words", [["gaps", "--between", "x"], ["trends", "--kind", "x"], ["bridges", "--of", "x"], ["reading-list"]]
)
def test_wrong_usage_says_what_to_choose(atlas_folder: Path, words: list[str]) -> None:
    result = ask(atlas_folder, words)
    assert result.exit_code == 2


@pytest.mark.parametrize("n", [1, 2, 4])
def test_a_tiny_atlas_answers_too(tmp_path: Path, n: int) -> None:
    file = tmp_path / "papers.jsonl"
    lines = [json.dumps({"title": f"Title {i} of Many", "abstract": "We study federated learning."}) for i in range(n)]
    file.write_text("\n".join(lines), encoding="utf-8")
    save(build([file]), tmp_path / "atlas")
    for words in (["communities"], ["bridges"], ["gaps"], ["trends"], ["search", "learning"], ["concept", "FL"]):
        result = ask(tmp_path / "atlas", words, "--json")
        assert result.exit_code == 0 or "nothing in this atlas is called" in str(result.exception), result.output
        if result.exit_code == 0:
            json.loads(result.output)


def test_a_paper_is_not_compared_with_itself(atlas_folder: Path) -> None:
    assert "Both are the same paper." in ask(atlas_folder, ["why", "SP^2OT", "SP^2OT"]).output


def test_half_a_name_that_fits_many_papers_is_refused(atlas_folder: Path) -> None:
    result = ask(atlas_folder, ["paper", '"federated'])
    assert result.exit_code == 1
    assert "nothing in this atlas is called" in str(result.exception)
