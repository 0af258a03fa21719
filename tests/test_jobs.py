"""Builds beside the dashboard: they finish, can be cancelled without a trace, and say in one line why they fail."""

import hashlib
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphx.atlas import Atlas, load, save
from graphx.errors import AtlasError
from graphx.papers import Merges
from graphx.readers import read
from graphx.ui import jobs, kept
from tests.conftest import SEEDS, SMALL

NOTHING = Merges(pd.DataFrame(), pd.DataFrame())
PAGES = {"small.txt": SMALL.read_bytes()}
MANY = {page.name: page.read_bytes() for page in sorted(SEEDS.iterdir())}
MORE = {
    "more.jsonl": b'{"title": "ZooNet: A Net for Zoos", "abstract": "We propose ZooNet, a graph neural network."}\n'
}


def begin(atlas: Path, files: dict[str, bytes], adds: bool = False, columns: str = "") -> jobs.Job:
    return jobs.start(jobs.Work(atlas, adds, columns, 6, 6, NOTHING), files)


def content(folder: Path) -> dict[str, str]:
    """Return a hash of every file below a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


def searching(job: jobs.Job) -> bool:
    return job.steps()[list(jobs.STEPS).index("mentions")].state == "running"


def test_a_new_atlas_and_more_papers_and_the_command_that_makes_it_anew(tmp_path: Path) -> None:
    atlas = tmp_path / "A"
    job = begin(atlas, PAGES)
    assert job.steps()[0].state == "running"
    assert job.left() > 0
    assert job in jobs.running()
    job.wait(60)
    assert (job.state, job.told["counts"]["papers"]) == ("done", 6), job.message
    assert [step.state for step in job.steps()] == ["done"] * len(jobs.STEPS)
    assert sum(step.seconds for step in job.steps()) <= job.seconds
    assert job.left() == 0
    assert job not in jobs.running()
    assert content(tmp_path / "A.inputs") == {"small.txt": hashlib.sha256(PAGES["small.txt"]).hexdigest()}

    job = begin(atlas, MORE, adds=True)
    job.wait(60)
    assert job.state == "done", job.message
    assert job.told["changes"]["new_papers"] == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["A", "A.inputs"]
    updated = load(atlas)
    assert kept.missing(atlas, updated.info["inputs"]) == []
    words = kept.command(atlas, updated.info["settings"]).split()
    assert words == ["graphx", "build", str(tmp_path / "A.inputs"), "-o", str(atlas)]
    subprocess.run([sys.executable, "-m", *words], check=True, capture_output=True)
    anew = load(atlas)
    assert anew.info["inputs"] == updated.info["inputs"]
    pd.testing.assert_frame_equal(anew.mentions, updated.mentions)
    assert list(anew.papers["sources"]) == list(updated.papers["sources"])


def test_cancelling_leaves_everything_as_it_was(small: Atlas, tmp_path: Path) -> None:
    atlas = tmp_path / "A"
    save(small, atlas)
    (tmp_path / "A.inputs").mkdir()
    (tmp_path / "A.inputs" / "small.txt").write_bytes(PAGES["small.txt"])
    before = content(tmp_path)
    for adds in (True, False):
        job = begin(atlas, MANY, adds)
        with pytest.raises(AtlasError, match="being built already"):
            begin(atlas, MORE)
        until(lambda job=job: searching(job))
        assert job.state == "running"
        job.cancel()
        assert job.cancelling
        job.wait(30)
        assert job.state == "cancelled"
        assert not job.cancelling
        assert content(tmp_path) == before
        assert sorted(path.name for path in tmp_path.iterdir()) == ["A", "A.inputs"]


def test_one_that_does_not_listen_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PATIENCE", 0.3)
    job = begin(tmp_path / "A", MANY)
    until(lambda: searching(job))
    monkeypatch.setattr(job._process, "terminate", lambda: None)
    job.cancel()
    job.wait(30)
    assert job.state == "cancelled"
    assert list(tmp_path.iterdir()) == []


def test_an_error_is_one_line(tmp_path: Path) -> None:
    job = begin(tmp_path / "A", {"note.txt": b"a note"})
    job.wait(60)
    assert job.state == "failed"
    assert job.message.startswith("no papers found in 1 file(s).")
    assert "\n" not in job.message
    assert list(tmp_path.iterdir()) == []
    job = begin(tmp_path / "A", PAGES, columns="title=Nowhere")
    job.wait(60)
    assert "no file has a column 'Nowhere'" in job.message
    job = begin(tmp_path / "A", MANY)
    until(lambda: searching(job))
    job.kill()
    job.wait(30)
    assert (job.state, job.message) == ("failed", "it ended unexpectedly (code -9). Is there enough memory?")


def test_an_atlas_that_was_written_when_it_was_cancelled_is_there(tmp_path: Path) -> None:
    job = begin(tmp_path / "A", PAGES)
    until(lambda: (tmp_path / "A" / "atlas.json").exists())
    job.cancel()
    job.wait(30)
    assert job.state == "done"
    assert (tmp_path / "A.inputs" / "small.txt").exists()


def test_a_new_atlas_takes_the_place_of_another_with_its_files(small: Atlas, tmp_path: Path) -> None:
    save(small, tmp_path / "A")
    (tmp_path / "A.inputs").mkdir()
    (tmp_path / "A.inputs" / "old.txt").write_text("old")
    job = begin(tmp_path / "A", MORE)
    job.wait(60)
    assert job.state == "done", job.message
    assert len(load(tmp_path / "A").papers) == 1
    assert set(content(tmp_path / "A.inputs")) == {"more.jsonl"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["A", "A.inputs"]


def test_what_a_killed_build_left_is_tidied_up(small: Atlas, tmp_path: Path) -> None:
    for name in ("A.abcd1234.partial", "A.abcd1234.old", "A.mine", "A.inputs", "AB.abcd1234.partial"):
        (tmp_path / name).mkdir()
    (tmp_path / "A.abcd1234.old" / "atlas.json").write_text("{}")
    jobs.tidy(tmp_path / "A")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["A", "A.inputs", "A.mine", "AB.abcd1234.partial"]
    assert (tmp_path / "A" / "atlas.json").exists()
    jobs.tidy(tmp_path / "nowhere" / "A")


def test_builds_end_with_the_program_that_started_them(tmp_path: Path) -> None:
    script = (
        "import sys, time, pathlib, pandas as pd\n"
        "from tests import test_jobs as t\n"
        "job = t.begin(pathlib.Path(sys.argv[1]) / 'A', t.MANY)\n"
        "t.until(lambda: t.searching(job))\n"
        "print(job._process.pid, flush=True)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, tmp_path], capture_output=True, text=True, check=True)
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_the_command_says_that_it_was_stopped(tmp_path: Path, sent: signal.Signals) -> None:
    command = [sys.executable, "-m", "graphx", "build", str(SEEDS), "-o", str(tmp_path / "A"), "--progress-json"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if '"mentions"' in line:
                break
        process.send_signal(sent)
        rest = process.stderr.read()
    assert process.returncode == 130
    assert rest.splitlines()[-1] == "graphx: stopped; nothing that was there before has changed"
    assert list(tmp_path.iterdir()) == []


def test_names_of_files_are_made_safe() -> None:
    given = ["../../etc/passwd", "C:\\x\\a.CSV", ".hidden.txt", "a.csv", "<b>#?.txt", "atlas.json", "CON.txt", ""]
    safe = ["passwd", "a-2.CSV", "hidden.txt", "a-3.csv", "_b_.txt", "papers-atlas.json", "papers-CON.txt", "papers"]
    assert kept.names([*given, "Ünï 1.txt"], taken=["A.csv"]) == [*safe, "Ünï 1.txt"]
    assert kept.names(["x" * 500 + ".jsonl", "x" * 500 + ".jsonl"]) == ["x" * 50 + ".jsonl", "x" * 50 + "-2.jsonl"]


@given(st.lists(st.text(), max_size=8))
def test_any_names_can_be_written_and_read_back(given: list[str]) -> None:
    names = kept.names(given)
    assert len({name.casefold() for name in names}) == len(given)
    for name in names:
        assert Path(name).name == name
        assert len(name.encode()) < 255
        assert not name.startswith(".")
        assert name.isprintable()
        assert "#" not in name


def test_what_is_kept_is_read_as_it_was(tmp_path: Path) -> None:
    names = kept.names(["../a page.txt", "atlas.json", "a page.txt"])
    staged = kept.stage(tmp_path / "A", dict.fromkeys(names, PAGES["small.txt"]))
    reading = read([staged])
    kept.settle(staged, tmp_path / "A", anew=True, written=True)
    again = read([kept.folder(tmp_path / "A")])
    assert sorted(reading.inputs) == sorted(names)
    assert again.inputs == reading.inputs
    pd.testing.assert_frame_equal(again.records, reading.records)


def test_the_command_says_what_else_the_atlas_was_made_with(tmp_path: Path) -> None:
    settings = {"columns": [["title", "Head line"], ["abstract", "Text"]], "resolution": 2.0, "seed": 1}
    (tmp_path / "A.aliases.jsonl").write_text("{}\n")
    words = shlex.split(kept.command(tmp_path / "A", settings))
    assert words[4:] == [
        str(tmp_path / "A"), "--columns", "title=Head line,abstract=Text", "--resolution", "2.0",
        "--aliases", str(tmp_path / "A.aliases.jsonl"),
    ]  # fmt: skip
