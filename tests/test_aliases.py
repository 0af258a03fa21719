"""Aliases: what is suggested, what a decision says, and that an atlas joined anew is the atlas built with it."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from graphx import aliases, thesaurus
from graphx import atlas as steps
from graphx.aliases import Action, Decision, Journal, SoFar, outcome, without
from graphx.atlas import Atlas, build, load, rejoin, save, update
from graphx.cli import cli
from graphx.errors import AtlasError, InputError
from graphx.query import deciding
from graphx.query.aliases import COLUMNS, suggestions
from graphx.tables import Kind, Settings
from tests.conftest import SMALL
from tests.handmade import Made, atlas_of

EXACT = ["mentions", "concepts", "paper_concepts", "links", "references"]


def same_tables(one: Atlas, other: Atlas) -> None:
    for name in EXACT:
        tables = [getattr(a, name) for a in (one, other)]
        places = [c for c in ("x", "y") if c in tables[0]]
        pd.testing.assert_frame_equal(*(table.drop(columns=places) for table in tables))


def row(atlas: Atlas, label: str) -> dict[str, object]:
    (found,) = atlas.concepts[atlas.concepts["label"] == label].to_dict("records")
    return found


def follow(atlas: Atlas, decisions: tuple[Decision, ...] | list[Decision]) -> Atlas:
    told = outcome(decisions)
    return rejoin(atlas, told.thesaurus, told.kinds)


# Suggestions


def pairs(labels: list[str], kind: Kind = Kind.METHOD) -> set[frozenset[str]]:
    atlas = atlas_of([Made([label]) for label in labels], dict.fromkeys(labels, kind))
    found = suggestions(atlas)
    return set(map(frozenset, zip(found["keep"], found["gone"], strict=True)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("function calling", "functions calling"),
        ("computational cost", "computation cost"),
        ("energy efficiency", "energy efficient"),
        ("language model alignment", "alignment of language models"),
        ("federated learning", "federated learning framework"),
        ("memory usage", "memory consumption"),
        ("compressing", "compression"),
    ],
)
def test_what_says_the_same_is_suggested(one: str, other: str) -> None:
    assert pairs([one, other]) == {frozenset((one, other))}


@pytest.mark.parametrize(
    "labels",
    [
        ["GPT-3", "GPT-4", "GPT-4o", "GPT-3.5"],
        ["CIFAR-10", "CIFAR-100"],
        ["supervised learning", "unsupervised learning", "self-supervised learning"],
        ["overfitting", "underfitting"],
        ["sharding", "sharing"],
        ["ZeRO", "ZeRO++"],
        ["DART", "DARTS", "D-DARTS"],
        ["text-to-image retrieval", "image-to-text retrieval"],
        ["reasoning model", "model reasoning"],
        ["k-means clustering", "k-medians clustering"],
        ["convex optimization", "non-convex optimization"],
        ["object detection", "object detection model"],
        ["mAP", "mAP (maximum a posteriori)"],
        ["Llama 2", "Llama 3", "Llama 2 model 7"],
        ["L1 norm", "L2 norm"],
        ["precision", "recall"],
    ],
)
def test_what_only_looks_alike_is_not(labels: list[str]) -> None:
    assert pairs(labels, Kind.TASK if "object" in labels[0] else Kind.METHOD) == set()


def test_suggestions_of_the_seeds(atlas: Atlas) -> None:
    found = suggestions(atlas, 200)
    assert list(found.columns) == COLUMNS
    assert 40 < len(found) < 120
    assert found["score"].is_monotonic_decreasing
    assert found["similarity"].between(0, 1).all()
    assert (found["n_keep"] >= found["n_gone"]).all()
    assert (found["n_both"] <= found["n_gone"]).all()
    assert found["gone_id"].is_unique
    first = found.iloc[0]
    assert (first["keep"], first["gone"], first["n_both"]) == (
        "LLM serving",
        "Large Language Models (LLMs) serving",
        2,
    )
    slip = found[found["gone"] == "large langauge model"]["reason"].item()
    assert "slip" in slip
    short = found[found["gone"] == "Iterative Feature Merging"]
    assert short["reason"].item() == "initials of “Iterative Feature Merging”"


def test_what_was_rejected_is_not_suggested_again(atlas: Atlas) -> None:
    first = suggestions(atlas, 1).iloc[0]
    rejected = outcome([deciding.reject(first["gone"], first["keep"])]).rejected
    again = suggestions(atlas, 200, rejected)
    assert len(again) == len(suggestions(atlas, 200)) - 1
    assert suggestions(atlas, 5, rejected).iloc[0]["keep"] == suggestions(atlas, 5).iloc[1]["keep"]


# Decisions


def test_a_chain_of_decisions_ends_right() -> None:
    chain = [
        Decision(Action.MERGE, "A", "B", ("A", "a"), ("B",)),
        Decision(Action.RENAME, "B", "C", ("B",)),
        Decision(Action.KIND, "C", "dataset"),
        Decision(Action.MERGE, "C", "D", ("B",), ("D",)),
    ]
    assert dict(outcome(chain).thesaurus) == {"A": "D", "a": "D", "B": "D", "D": "D"}
    assert outcome(chain).kinds == ()  # D keeps its own
    assert outcome(chain).becomes == {"A": "D", "B": "D", "C": "D"}
    assert dict(outcome(chain[:3]).kinds) == {"C": "dataset"}
    assert dict(outcome(chain[1:]).thesaurus) == {"B": "D", "D": "D"}


def test_taking_back_takes_back_what_builds_on_it() -> None:
    rename, kind = Decision(Action.RENAME, "B", "C", ("B",)), Decision(Action.KIND, "C", "task")
    merge = Decision(Action.MERGE, "A", "B", ("A", "a"), ("B",))
    split = Decision(Action.SPLIT, "B", "a", ("a",))
    other = Decision(Action.DROP, "X", "", ("X",))
    assert without([rename, other, kind], rename) == (other,)
    assert without([rename, other, kind], kind) == (rename, other)
    assert without([merge, split, other], merge) == (other,)
    assert without([merge, Decision(Action.KIND, "B", "task")], merge) == (Decision(Action.KIND, "B", "task"),)


HOSTILE = st.text(alphabet=st.sampled_from('ab\t\n\r #"\\\u2028\u00e9\x00\ufeff,'), min_size=1, max_size=6)


@given(st.lists(st.tuples(HOSTILE, HOSTILE), max_size=5), st.lists(st.tuples(HOSTILE, HOSTILE), max_size=4))
def test_hostile_labels_break_no_file(base: list[tuple[str, str]], rest: list[tuple[str, str]]) -> None:
    decisions = tuple(Decision(Action.MERGE, what, into, (what, f"{what}{into}"), (into,)) for what, into in rest)
    journal = Journal(tuple(base), decisions)
    assert aliases.parse(aliases.text_of(journal), "j") == journal
    told = outcome(decisions, journal.base).thesaurus
    assert dict(thesaurus.parse(thesaurus.written(told), "t")) == dict(told)
    assert len(aliases.text_of(journal).splitlines()) == 1 + len(decisions)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{", 1),
        ("[]", 1),
        ('{"graphx": "aliases", "version": 9, "thesaurus": []}', 1),
        ('FIRST\n{"action": "merge"}', 2),
        ('FIRST\n{"action": "burn", "what": "a", "into": "b"}', 2),
        ('FIRST\n{"action": "kind", "what": "a", "into": "colour"}', 2),
        ('FIRST\n{"action": "drop", "what": "a", "into": "b"}', 2),
        ('FIRST\n\n{"action": "merge", "what": "a", "into": 1}', 3),
        ('FIRST\n{"action": "merge", "what": "a", "into": "b", "forms": 3}', 2),
    ],
)
def test_a_damaged_journal_is_told_with_its_line(text: str, line: int, tmp_path: Path) -> None:
    file = tmp_path / "a.aliases.jsonl"
    file.write_text(text.replace("FIRST", aliases.text_of(Journal()).strip()))
    with pytest.raises(InputError, match=rf"aliases\.jsonl, line {line}: "):
        aliases.read(file)


def test_a_journal_is_written_with_its_thesaurus_and_only_when_all_went_well(tmp_path: Path) -> None:
    journal = Journal((("x", "y"),), (Decision(Action.MERGE, "a", "b", ("a",), ("b",)),))
    with aliases.writing(tmp_path / "atlas", journal):
        assert not aliases.journal_path(tmp_path / "atlas").exists()
    assert aliases.read(tmp_path / "atlas.aliases.jsonl") == journal
    text = (tmp_path / "atlas.thesaurus.txt").read_text(encoding="utf-8")
    assert text == "label\treplace by\nx\ty\na\tb\nb\tb\n"
    with pytest.raises(KeyError), aliases.writing(tmp_path / "atlas", Journal()):
        raise KeyError
    assert aliases.read(tmp_path / "atlas.aliases.jsonl") == journal
    assert sorted(p.name for p in tmp_path.iterdir()) == ["atlas.aliases.jsonl", "atlas.thesaurus.txt"]
    with pytest.raises(AtlasError, match="cannot be written"), aliases.writing(tmp_path / "no" / "atlas", journal):
        pass


# Joining anew


def test_merging(small: Atlas) -> None:
    decision = deciding.merge(small, "fedprox", "fedavg")
    assert decision == Decision(Action.MERGE, "FedProx", "FedAvg", ("FedProx",), ("FedAvg",))
    joined = follow(small, [decision])
    same_tables(joined, build([SMALL], Settings(thesaurus=outcome([decision]).thesaurus)))
    assert "FedProx" not in set(joined.concepts["label"])
    assert set(row(joined, "FedAvg")["forms"]) == {"FedAvg", "FedProx"}
    assert joined.info["settings"]["thesaurus"] == [["FedProx", "FedAvg"], ["FedAvg", "FedAvg"]]
    assert joined.info["changes"]["new_papers"] == 0
    assert joined.info["counts"]["records"] == small.info["counts"]["records"]
    told = deciding.preview(small, [decision]).iloc[0]
    assert (told["n_papers"], told["n_mentions"], told["n_papers_after"]) == (1, 1, row(joined, "FedAvg")["n_papers"])


def test_renaming_and_kinds(small: Atlas) -> None:
    first = deciding.rename(small, "fedavg", "Federated Averaging")
    so_far = SoFar((), (first,))
    second = deciding.rekind(small, "fedavg", "task", so_far)
    assert second == Decision(Action.KIND, "Federated Averaging", "task")
    joined = follow(small, [first, second])
    told = outcome([first, second])
    same_tables(joined, build([SMALL], Settings(thesaurus=told.thesaurus, kinds=told.kinds)))
    assert row(joined, "Federated Averaging")["kind"] == "task"
    assert row(small, "FedAvg")["kind"] == "method"
    with pytest.raises(InputError, match="a task already"):
        deciding.rekind(small, "fedavg", "task", SoFar((), (first, second)))
    with pytest.raises(InputError, match="Merge the two instead"):
        deciding.rename(small, "fedavg", "FedProx")
    with pytest.raises(InputError, match="another label"):
        deciding.rename(small, "fedavg", " FedAvg ")


def test_dropping_and_taking_it_back_reads_only_what_may_name_it(small: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    from graphx.nlp import mentions

    decision = deciding.drop(small, "fedfold")
    dropped = follow(small, [decision])
    same_tables(dropped, build([SMALL], Settings(thesaurus=outcome([decision]).thesaurus)))
    assert "FedFold" not in set(dropped.mentions["text"])
    read: list[int] = []
    find = mentions.find
    monkeypatch.setattr(mentions, "find", lambda papers, *rest: read.append(len(papers)) or find(papers, *rest))
    same_tables(rejoin(dropped, ()), small)
    assert read == [2]
    rejoin(small, outcome([decision]).thesaurus)
    assert read == [2]


@pytest.mark.parametrize(
    "term", ["approximate nearest neighbor search", "LLM", "mixture of experts", "federated learning"]
)
def test_acronyms_of_what_was_dropped_come_back_too(small: Atlas, term: str) -> None:
    dropped = rejoin(small, ((term, ""),))
    same_tables(dropped, build([SMALL], Settings(thesaurus=((term, ""),))))
    assert len(dropped.mentions) < len(small.mentions)
    same_tables(rejoin(dropped, ()), small)


def test_splitting(small: Atlas) -> None:
    moe = row(small, "MoE")
    forms = [form for form in moe["forms"] if form.lower().startswith("mixture")]
    decision = deciding.split(small, moe["concept_id"], forms, "blend of experts")
    joined = follow(small, [decision])
    same_tables(joined, build([SMALL], Settings(thesaurus=outcome([decision]).thesaurus)))
    assert set(row(joined, "blend of experts")["forms"]) == set(forms)
    assert set(row(joined, "MoE")["forms"]) == set(moe["forms"]) - set(forms)
    with pytest.raises(InputError, match="not all of them"):
        deciding.split(small, moe["concept_id"], moe["forms"])
    with pytest.raises(InputError, match="names another concept"):
        deciding.split(small, moe["concept_id"], forms, "FedAvg")


def made(path: Path, *texts: str) -> Path:
    path.write_text(
        "".join(json.dumps({"title": f"Note {path.stem}{n}", "abstract": t}) + "\n" for n, t in enumerate(texts))
    )
    return path


def test_forms_that_are_spelled_alike_can_be_told_apart(tmp_path: Path) -> None:
    """SWAG and Swag differ by case only, and new papers may write swag."""
    texts = ["We use SWAG for weights.", "SWAG is used again.", "We eat Swag. Swag is slow.", "One Swag."]
    terms = (("method", "SWAG"), ("method", "Swag"), ("method", "swag"))
    atlas = build([made(tmp_path / "a.jsonl", *texts)], Settings(terms=terms))
    (one,) = atlas.concepts[atlas.concepts["label"].str.casefold() == "swag"].to_dict("records")
    assert set(one["forms"]) == {"SWAG", "Swag"}
    apart, stays = sorted(one["forms"], key=lambda form: form == one["label"])
    decision = deciding.split(atlas, one["concept_id"], [apart])
    joined = follow(atlas, [decision])
    assert [set(row(joined, label)["forms"]) for label in (apart, stays)] == [{apart}, {stays}]
    thesaurus = outcome([decision]).thesaurus
    same_tables(joined, build([tmp_path / "a.jsonl"], Settings(terms=terms, thesaurus=thesaurus)))
    assert deciding.preview(atlas, [decision])["n_papers"].item() == row(joined, apart)["n_papers"]
    same_tables(rejoin(joined, ()), atlas)
    more = update(joined, [made(tmp_path / "b.jsonl", "All swag.")])
    assert set(row(more, stays)["forms"]) == {stays, "swag"}
    ids = [row(joined, label)["concept_id"] for label in (apart, stays)]
    back = deciding.merge(joined, ids[0], ids[1], SoFar((decision,)))
    assert set(row(follow(joined, [decision, back]), stays)["forms"]) == {apart, stays}


def test_an_acronym_with_two_meanings_stays_where_it_is(tmp_path: Path) -> None:
    texts = [
        "We study differential privacy (DP). DP protects. The Laplace mechanism gives differential privacy.",
        "Dynamic programming (DP) solves it. DP is exact.",
        "Programming dynamically is no dynamic programming.",
    ]
    atlas = build(
        [made(tmp_path / "a.jsonl", *texts)], Settings(terms=(("method", "DP"), ("task", "Laplace mechanism")))
    )
    one, other = row(atlas, "differential privacy"), row(atlas, "Laplace mechanism")
    assert "DP" in one["forms"]
    decision = deciding.merge(atlas, one["concept_id"], other["concept_id"])
    assert "DP" not in decision.forms
    joined = follow(atlas, [decision])
    assert "DP" in row(joined, "Laplace mechanism")["forms"]
    assert "DP" in row(joined, "dynamic programming")["forms"]


DECIDE: list[Callable[[Atlas, random.Random, SoFar], Decision]] = [
    lambda a, r, s: deciding.merge(a, *r.sample(list(a.concepts["concept_id"]), 2), s),
    lambda a, r, s: deciding.rename(a, r.choice(list(a.concepts["concept_id"])), f"name {r.randrange(99)}", s),
    lambda a, r, s: deciding.drop(a, r.choice(list(a.concepts["concept_id"])), s),
    lambda a, r, s: deciding.rekind(a, r.choice(list(a.concepts["concept_id"])), r.choice(list(Kind)), s),
    lambda a, r, s: deciding.split(
        a, (c := a.concepts.iloc[r.randrange(len(a.concepts))])["concept_id"], list(c["forms"][1:2]), "", s
    ),
]  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000))
def test_whatever_is_decided_and_taken_back_a_build_gives_the_same(small: Atlas, seed: int) -> None:
    """Decide, apply, take back and apply at random; after each, all is as an atlas built with that thesaurus."""
    chance = random.Random(seed)
    atlas, decisions = small, ()
    for _ in range(3):
        so_far = SoFar(decisions)
        for _ in range(3):
            try:
                so_far = SoFar(so_far.followed, (*so_far.fresh, chance.choice(DECIDE)(atlas, chance, so_far)))
            except InputError:
                continue
        told = deciding.preview(atlas, so_far.fresh)
        assert (told["n_papers"] <= len(small.papers)).all()
        decisions = so_far.all
        if decisions and chance.random() < 0.5:
            decisions = without(decisions, chance.choice(decisions))
        atlas = follow(atlas, decisions)
    told = outcome(decisions)
    same_tables(atlas, build([SMALL], Settings(thesaurus=told.thesaurus, kinds=told.kinds)))
    same_tables(rejoin(atlas, ()), small)


def test_an_update_keeps_what_was_decided(small: Atlas, tmp_path: Path) -> None:
    decisions = [
        deciding.merge(small, "fedprox", "fedavg"),
        deciding.drop(small, "fedfold"),
        deciding.rekind(small, "hnsw", "dataset"),
    ]
    more = made(tmp_path / "more.jsonl", "FedProx and FedFold are compared to HNSW, which is fast.")
    joined = follow(small, decisions)
    updated = update(joined, [more])
    told = outcome(decisions)
    same_tables(updated, build([SMALL, more], Settings(thesaurus=told.thesaurus, kinds=told.kinds)))
    assert row(updated, "HNSW")["kind"] == "dataset"
    assert row(updated, "FedAvg")["n_papers"] == row(joined, "FedAvg")["n_papers"] + 1


def test_a_rejoined_atlas_is_not_taken_for_one_built_at_once(small: Atlas, tmp_path: Path) -> None:
    save(rejoin(small, ()), tmp_path / "a")
    assert not steps.is_current(tmp_path / "a", small.info["inputs"], Settings())


def test_on_the_command_line(small: Atlas, tmp_path: Path) -> None:
    decisions = (deciding.merge(small, "fedprox", "fedavg"), deciding.rekind(small, "hnsw", "dataset"))
    with aliases.writing(tmp_path / "A", Journal((("accuracy", ""),), decisions)):
        pass
    command = ["build", str(SMALL), "-o", str(tmp_path / "A"), "--aliases", str(tmp_path / "A.aliases.jsonl")]
    assert CliRunner().invoke(cli, command).exit_code == 0
    atlas = load(tmp_path / "A")
    assert row(atlas, "HNSW")["kind"] == "dataset"
    assert not {"FedProx", "accuracy"} & set(atlas.concepts["label"])
    assert "up to date" in CliRunner().invoke(cli, command).output
    plain = ["build", str(SMALL), "-o", str(tmp_path / "B"), "--thesaurus", str(tmp_path / "A.thesaurus.txt")]
    assert CliRunner().invoke(cli, plain).exit_code == 0
    assert replace(load(tmp_path / "B"), info={}).concepts["label"].equals(atlas.concepts["label"])
    (tmp_path / "A.aliases.jsonl").write_text("{")
    assert isinstance(CliRunner().invoke(cli, command).exception, InputError)


def test_what_is_explained_nowhere_goes_along_and_is_told(tmp_path: Path) -> None:
    texts = ["DP protects.", "DP is good.", "Dynamic programming (DP) solves it. DP is exact."]
    atlas = build([made(tmp_path / "a.jsonl", *texts)], Settings(terms=(("method", "DP"), ("task", "HNSW"))))
    decision = deciding.rename(atlas, row(atlas, "DP")["concept_id"], "privacy")
    told = deciding.preview(atlas, [decision]).iloc[0]
    joined = follow(atlas, [decision])
    assert decision.forms == ("DP",)
    assert told["along"] == ["DP (Dynamic programming)"]
    assert row(joined, "privacy")["n_mentions"] == told["n_mentions"]
    assert row(joined, "privacy")["n_papers"] == told["n_papers_after"] == 3


def test_a_hub_keeps_its_label_and_what_only_looks_like_it_stays(tmp_path: Path) -> None:
    texts = ["DP protects.", "DP is good.", "HNSW is a DP.", "Dynamic programming (DP) solves it. DP is exact."]
    atlas = build([made(tmp_path / "a.jsonl", *texts)], Settings(terms=(("method", "DP"), ("task", "HNSW"))))
    decision = deciding.merge(atlas, "hnsw", row(atlas, "DP")["concept_id"])
    joined = follow(atlas, [decision])
    assert set(row(joined, "DP")["forms"]) == {"DP", "HNSW"}
    assert row(joined, "DP")["n_papers"] == 3
    assert deciding.preview(atlas, [decision])["along"].item() == []
    assert "DP" in row(joined, "DP (Dynamic programming)")["forms"]
