"""Adding papers to an atlas: the same tables as at once, with the map and communities still recognisable."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from graphx import atlas as steps
from graphx.atlas import Atlas, build, load, save, update
from graphx.communities import REST_LABEL
from graphx.errors import InputError
from graphx.tables import Settings
from tests.conftest import SEEDS

SMALLEST = min(SEEDS.iterdir(), key=lambda page: page.stat().st_size)
EXACT = ["mentions", "concepts", "paper_concepts", "links", "references"]


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    """Return the atlas of all pages but the smallest, as it comes back from its folder."""
    folder = tmp_path_factory.mktemp("older") / "atlas"
    save(build([page for page in sorted(SEEDS.iterdir()) if page != SMALLEST]), folder)
    return load(folder)


@pytest.fixture(scope="module")
def updated(older: Atlas) -> Atlas:
    """Return it with the page that was missing."""
    return update(older, [SMALLEST])


def without_places(table: pd.DataFrame) -> pd.DataFrame:
    return table.drop(columns=[c for c in ("x", "y") if c in table])


def test_two_steps_give_what_one_gives(atlas: Atlas, updated: Atlas) -> None:
    for name in [*EXACT, "papers"]:
        pd.testing.assert_frame_equal(without_places(getattr(updated, name)), without_places(getattr(atlas, name)))
    assert updated.info["inputs"] == atlas.info["inputs"]
    for count in ("records", "papers", "mentions", "concepts", "links"):
        assert updated.info["counts"][count] == atlas.info["counts"][count]


def test_only_new_texts_are_read(older: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    from graphx.nlp import mentions

    read = []
    find = mentions.find

    def counted(papers: pd.DataFrame, *rest: object) -> pd.DataFrame:
        read.append(len(papers))
        return find(papers, *rest)

    monkeypatch.setattr(mentions, "find", counted)
    updated = update(older, [SMALLEST])
    assert read == [updated.info["changes"]["new_papers"]]
    assert 0 < read[0] <= 10


def test_the_map_and_the_communities_stay(older: Atlas, updated: Atlas) -> None:
    places = older.papers[["paper_id", "x", "y"]].merge(updated.papers[["paper_id", "x", "y"]], on="paper_id")
    stayed = np.isclose(places["x_x"], places["x_y"]) & np.isclose(places["y_x"], places["y_y"])
    assert stayed.mean() > 0.8
    before = older.membership[older.membership["level"] == 0]
    after = updated.membership[updated.membership["level"] == 0]
    both = before.merge(after, on="paper_id")
    assert (both["community_id_x"] == both["community_id_y"]).mean() > 0.85


def test_an_update_tells_what_changed(older: Atlas, updated: Atlas) -> None:
    changes = updated.info["changes"]
    assert changes["new_papers"] == len(updated.papers) - len(older.papers)
    assert changes["gone_papers"] == 0
    assert changes["new_concepts"] > 0
    named = updated.coarsest[updated.coarsest["label"] != REST_LABEL]
    assert {c["community_id"] for c in changes["communities"]} >= set(named["community_id"])
    json.dumps(changes)


def test_files_that_are_known_are_passed_over(older: Atlas, tmp_path: Path) -> None:
    known = next(page for page in SEEDS.iterdir() if page != SMALLEST)
    with pytest.raises(InputError, match="nothing new"):
        update(older, [known])
    copy = tmp_path / "another name.txt"
    copy.write_bytes(known.read_bytes())
    with pytest.raises(InputError, match="nothing new"):
        update(older, [copy])


def test_another_file_of_a_known_name_is_told_apart(small: Atlas, tmp_path: Path) -> None:
    page = tmp_path / "small.txt"
    page.write_text('{"title": "ZooNet: A Net for Zoos", "abstract": "We propose ZooNet."}\n', encoding="utf-8")
    updated = update(small, [page])
    new = updated.papers[updated.papers["title"].str.startswith("ZooNet")]
    assert new["sources"].iloc[0][0].startswith("small.txt (")
    assert len(updated.info["inputs"]) == 2
    again = update(updated, [_line(tmp_path / "more.jsonl", "YakNet: A Net for Yaks")])
    assert len(again.papers) == len(updated.papers) + 1


def test_an_update_that_adds_nothing_keeps_communities_and_problems(small: Atlas, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"title": ""}\n{"title": "Serving Folded Graphs: A Study of Tail Latency", "abstract": ""}\n')
    updated = update(small, [bad])
    assert len(updated.papers) == len(small.papers)
    assert len(updated.problems) == len(small.problems) + 1
    assert updated.info["changes"]["new_papers"] == 0
    pd.testing.assert_frame_equal(updated.mentions, small.mentions)


def test_what_an_atlas_was_built_with_counts_for_what_is_added(tmp_path: Path) -> None:
    first, second = (_line(tmp_path / f"{n}.jsonl", f"{n}Net: A Net") for n in ("Foo", "Bar"))
    settings = Settings(seed=3, terms=(("method", "net"),), thesaurus=(("net", "network"), ("bars", "")))
    both = build([first, second], settings)
    stepwise = update(build([first], settings), [second])
    pd.testing.assert_frame_equal(stepwise.mentions, both.mentions)
    assert stepwise.info["settings"] == both.info["settings"]
    assert "network" in set(stepwise.concepts["label"])


def test_an_updated_atlas_is_not_taken_for_one_built_at_once(older: Atlas, updated: Atlas, tmp_path: Path) -> None:
    save(updated, tmp_path / "a")
    assert not steps.is_current(tmp_path / "a", updated.info["inputs"], Settings())
    save(older, tmp_path / "b")
    assert steps.is_current(tmp_path / "b", older.info["inputs"], Settings())


def _line(path: Path, title: str) -> Path:
    path.write_text(json.dumps({"title": title, "abstract": f"We propose a net. The {title[:6]} is new."}) + "\n")
    return path
