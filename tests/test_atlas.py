"""Building, saving and loading: the same bytes, whole or not at all."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphx
from graphx.atlas import Atlas, assemble, build, check_target, is_current, load, save
from graphx.errors import AtlasError, InputError
from graphx.papers import texts
from graphx.readers import Reading, read
from graphx.tables import FORMAT_VERSION, TABLES, Kind, Role, Settings, frame, schema
from tests.conftest import SEEDS, SMALL

GOLDEN = Path(__file__).parent / "golden" / "small.json"
READING = read([SMALL])


def same(one: Atlas, other: Atlas) -> bool:
    return all(getattr(one, name).equals(getattr(other, name)) for name in TABLES)


def test_the_seeds(atlas: Atlas) -> None:
    assert len(atlas.papers) == 352
    assert atlas.problems.empty
    assert atlas.info["counts"]["records"] == 444
    assert set(atlas.info["inputs"]) == {path.name for path in SEEDS.iterdir()}


def test_offsets_and_references_between_tables_hold(atlas: Atlas) -> None:
    text_of = texts(atlas.papers)
    for m in atlas.mentions.itertuples():
        assert m.text == text_of[m.paper_id][m.start : m.end]
        assert m.sentence_start <= m.start < m.end <= m.sentence_end
    papers, concepts = set(atlas.papers["paper_id"]), set(atlas.concepts["concept_id"])
    assert set(atlas.mentions["concept_id"]) == concepts == set(atlas.paper_concepts["concept_id"])
    assert set(atlas.concepts["introduced_by"].dropna()) <= papers
    assert set(atlas.links["source"]) | set(atlas.links["target"]) <= papers
    assert set(atlas.mentions["kind"]) | set(atlas.concepts["kind"]) <= set(Kind)
    assert set(atlas.paper_concepts["role"]) <= set(Role)
    assert atlas.papers["paper_id"].is_unique
    assert atlas.concepts["concept_id"].is_unique
    counts = atlas.paper_concepts.groupby("concept_id")["n_mentions"].agg(["size", "sum"])
    by_id = atlas.concepts.set_index("concept_id")
    assert (by_id["n_papers"] == counts["size"]).all()
    assert (by_id["n_mentions"] == counts["sum"]).all()


def test_saved_and_loaded_is_equal(atlas: Atlas, atlas_folder: Path) -> None:
    loaded = load(atlas_folder)
    assert same(atlas, loaded)
    assert loaded.info == atlas.info
    assert sorted(p.name for p in atlas_folder.iterdir()) == sorted(["atlas.json", *(f"{n}.parquet" for n in TABLES)])
    for name in TABLES:
        assert pq.read_schema(atlas_folder / f"{name}.parquet").equals(schema(name))
        pd.read_parquet(atlas_folder / f"{name}.parquet")


def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    for hash_seed in ("1", "2"):
        command = [sys.executable, "-m", "graphx", "build", str(SEEDS), "-o", str(tmp_path / hash_seed), "--seed", "7"]
        subprocess.run(command, check=True, env=os.environ | {"PYTHONHASHSEED": hash_seed}, capture_output=True)
    for name in TABLES:
        one, two = ((tmp_path / seed / f"{name}.parquet").read_bytes() for seed in ("1", "2"))
        assert one == two, name
    infos = [json.loads((tmp_path / seed / "atlas.json").read_text()) for seed in ("1", "2")]
    for info in infos:
        assert info.pop("seconds")
    assert infos[0] == infos[1]
    assert infos[0]["seed"] == 7


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(len(READING.records))))
def test_the_order_of_records_does_not_matter(small: Atlas, order: list[int]) -> None:
    records = READING.records.iloc[order].reset_index(drop=True)
    assert same(assemble(Reading(records, READING.problems, READING.inputs), Settings()), small)


def test_the_order_of_inputs_does_not_matter() -> None:
    files = sorted(SEEDS.iterdir())[:3]
    assert same(build(files), build(list(reversed(files))))


def test_golden(small: Atlas, request: pytest.FixtureRequest) -> None:
    """Compare all but positions and scores, whose last digits may differ between machines."""
    tables = {}
    for name in TABLES:
        rows = getattr(small, name).drop(columns=["x", "y", "score"], errors="ignore").to_dict("records")
        tables[name] = [
            {
                k: round(v, 6) if isinstance(v, float) else v
                for k, v in row.items()
                if isinstance(v, list) or pd.notna(v)
            }
            for row in rows
        ]
    text = json.dumps(tables, indent=1, ensure_ascii=False)
    if request.config.getoption("--update-golden"):
        GOLDEN.write_text(f"{text}\n", encoding="utf-8")
    assert json.loads(text) == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_another_seed_may_move_things_but_names_the_same(small: Atlas) -> None:
    other = build([SMALL], Settings(seed=99))
    assert other.mentions.equals(small.mentions)
    assert other.links.equals(small.links)


def test_an_atlas_is_replaced_whole_or_not_at_all(
    small: Atlas, atlas: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "a"
    save(small, folder)
    before = {p.name: p.read_bytes() for p in folder.iterdir()}

    def full(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("pyarrow.parquet.write_table", full)
        with pytest.raises(AtlasError, match="No space left on device"):
            save(atlas, folder)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    assert [p.name for p in tmp_path.iterdir()] == ["a"]
    save(atlas, folder)
    assert len(load(folder).papers) == 352
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_a_key_pressed_while_the_folders_change_places_costs_nothing(
    small: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "a"
    save(small, folder)
    rename, calls = Path.rename, []

    def pressed(self: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return rename(self, target)

    with monkeypatch.context() as broken:
        broken.setattr(Path, "rename", pressed)
        with pytest.raises(KeyboardInterrupt):
            save(small, folder)
    assert len(load(folder).papers) == 6
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_what_a_user_put_into_an_atlas_folder_is_not_lost(small: Atlas, tmp_path: Path) -> None:
    folder = tmp_path / "a"
    save(small, folder)
    (folder / "notes.md").write_text("precious")
    with pytest.raises(AtlasError, match=r"holds notes\.md"):
        save(small, folder)
    assert (folder / "notes.md").read_text() == "precious"


def test_what_is_no_atlas_is_left_alone(small: Atlas, tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("precious")
    with pytest.raises(AtlasError, match="left alone"):
        save(small, tmp_path)
    with pytest.raises(AtlasError, match="left alone"):
        check_target(tmp_path / "thesis.tex")
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]
    (tmp_path / "empty").mkdir()
    save(small, tmp_path / "empty")
    assert len(load(tmp_path / "empty").papers) == 6


def test_folders_that_cannot_be_loaded(small: Atlas, tmp_path: Path) -> None:
    with pytest.raises(AtlasError, match="no such folder"):
        load(tmp_path / "nowhere")
    with pytest.raises(AtlasError, match="is no atlas"):
        load(tmp_path)
    folder = tmp_path / "a"
    save(small, folder)
    (folder / "links.parquet").write_bytes(b"PAR1 garbage")
    with pytest.raises(AtlasError, match=r"links\.parquet: missing or damaged"):
        load(folder)
    (folder / "atlas.json").write_text(json.dumps({"format_version": FORMAT_VERSION + 1}))
    with pytest.raises(AtlasError, match="another version"):
        load(folder)


def test_up_to_date(small: Atlas, tmp_path: Path) -> None:
    folder = tmp_path / "a"
    assert not is_current(folder, READING.inputs, Settings())
    save(small, folder)
    assert is_current(folder, READING.inputs, Settings())
    assert not is_current(folder, READING.inputs, Settings(seed=2))
    assert not is_current(folder, {"small.txt": "another hash"}, Settings())
    (folder / "links.parquet").unlink()
    assert not is_current(folder, READING.inputs, Settings())


def test_no_papers(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("A line of note\n")
    with pytest.raises(InputError, match=r"no papers found in 1 file.*line 1.*graphx read"):
        build([tmp_path])


def test_a_single_paper(tmp_path: Path) -> None:
    page = tmp_path / "one.txt"
    page.write_text(
        "FooNet: A Net\nWe propose FooNet, a graph neural network that is small and is tested on CIFAR-10.\n"
    )
    single = build([page])
    save(single, tmp_path / "a")
    assert len(load(tmp_path / "a").papers) == 1
    assert "FooNet" in set(single.concepts["label"])


def test_progress_is_told_in_order() -> None:
    told: list[tuple[str, int, int]] = []
    build([SMALL], progress=lambda *step: told.append(step))
    steps = list(dict.fromkeys(step for step, _, _ in told))
    assert steps == ["read", "merge", "mentions", "concepts", "links", "communities", "layout"]
    assert all(0 <= done <= of for _, done, of in told)
    assert ("mentions", 6, 6) in told


def test_frame_rejects_what_does_not_fit() -> None:
    with pytest.raises(ValueError, match=r"papers\.year"):
        frame("papers", [{"year": "soon"}])


def test_public_names() -> None:
    assert sorted(graphx.__all__) == graphx.__all__
    assert all(getattr(graphx, name) for name in graphx.__all__)
    with pytest.raises(AttributeError):
        graphx.nothing  # noqa: B018


def test_a_table_without_a_column_is_damaged(small: Atlas, tmp_path: Path) -> None:
    """Else an update would write empty abstracts over those that were there."""
    save(small, tmp_path / "a")
    table = pq.read_table(tmp_path / "a" / "papers.parquet")
    pq.write_table(table.drop_columns(["abstract"]), tmp_path / "a" / "papers.parquet")
    with pytest.raises(AtlasError, match=r"papers\.parquet: missing or damaged"):
        load(tmp_path / "a")


@pytest.mark.parametrize("content", ["{", "[]", '{"format": 999}'])
def test_a_damaged_atlas_json_is_told_from_a_missing_one(small: Atlas, tmp_path: Path, content: str) -> None:
    save(small, tmp_path / "a")
    (tmp_path / "a" / "atlas.json").write_text(content, encoding="utf-8")
    with pytest.raises(AtlasError, match=r"atlas\.json: damaged"):
        load(tmp_path / "a")
