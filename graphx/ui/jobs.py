"""Builds that run beside the dashboard: each in a process of its own, so that it can be watched and cancelled.

The process is the command line's own `build` or `update`, which writes an atlas whole or not at
all. It goes on when the tab that started it is closed, and every page finds it again; it ends
with the server.
"""

import atexit
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple

from graphx.errors import AtlasError
from graphx.papers import Merges
from graphx.ui import kept

PATIENCE = 5.0
"""Seconds that a cancelled build has to end by itself."""


class Cost(NamedTuple):
    """What a step does, and what it takes: some seconds, and more for every paper."""

    title: str
    seconds: float
    per_paper: float


STEPS = {
    # Measured over 352 to 74,688 abstracts on two cores (benchmarks/results.md); how fast this machine is shows soon.
    "read": Cost("Read the files", 2.0, 0.00005),
    "merge": Cost("Merge entries about the same paper", 0.0, 0.00001),
    "mentions": Cost("Find what the texts name", 1.0, 0.0165),
    "concepts": Cost("Join what means the same", 0.1, 0.00075),
    "links": Cost("Link the papers", 0.1, 0.0012),
    "communities": Cost("Find communities", 0.1, 0.00075),
    "layout": Cost("Draw the map", 0.1, 0.00022),
    "save": Cost("Save the atlas", 0.2, 0.00004),
}
_ONLY_NEW = ("read", "mentions")
"""Steps that an update does only for what is new."""


class Step(NamedTuple):
    """How far a step is.

    Attributes:
        title: what it does.
        state: of the three.
        seconds: how long it took or has taken.
        share: how much of it is done, 0 to 1; None where that is not known.
    """

    title: str
    state: Literal["done", "running", "waiting"]
    seconds: float
    share: float | None


class Job:
    """One build or update.

    Attributes:
        atlas: the folder that it writes.
        adds: whether it adds papers to an atlas; else it makes one anew.
        state: how it goes or went.
        message: one line that says why it failed.
        told: what the command said in the end: `counts`, and `changes` of an update.
        merges: what merged and why.
        seconds: how long it took, once it has ended.
    """

    def __init__(self, work: "Work", staged: Path) -> None:
        """Start it on the files in a folder that `kept.stage` made."""
        self.atlas, self.adds, self.merges = work.atlas, work.adds, work.merges
        self.state: Literal["running", "done", "failed", "cancelled"] = "running"
        self.message = ""
        self.told: dict[str, Any] = {}
        self.seconds = 0.0
        self._work, self._staged = work, staged
        self._cancelled = False
        self._before = _stamp(work.atlas)
        self._started = time.monotonic()
        self._progress: dict[str, tuple[int, int]] = {}
        self._ended: dict[str, float] = {}  # when each step was done
        self._process = subprocess.Popen(  # noqa: S603  (our own command)
            [sys.executable, "-m", "graphx", *work.command(staged), "--progress-json"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            env=os.environ | {"PYTHONUTF8": "1"},
        )
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    @property
    def cancelling(self) -> bool:
        """Tell whether it is to end but has not yet."""
        return self._cancelled and self.state == "running"

    @property
    def elapsed(self) -> float:
        """Return the seconds since it was started."""
        return time.monotonic() - self._started

    def cancel(self) -> None:
        """Ask it to end, and end it if it does not; nothing that was there before it changes."""
        self.terminate()
        later = threading.Timer(PATIENCE, self.kill)
        later.daemon = True
        later.start()

    def terminate(self) -> None:
        """Ask it to end."""
        self._cancelled = True
        self._process.terminate()

    def kill(self) -> None:
        """End it at once; what it leaves is tidied up."""
        self._process.kill()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until it has ended, or for some seconds."""
        self._thread.join(seconds)

    def steps(self) -> list[Step]:
        """Return every step with how far it is."""
        now, last, running = time.monotonic(), self._started, False
        steps: list[Step] = []
        for name, cost in STEPS.items():
            done, of = self._progress.get(name, (0, 0))
            if name in self._ended:
                steps.append(Step(cost.title, "done", self._ended[name] - last, 1.0))
                last = self._ended[name]
            elif running or self.state != "running":
                steps.append(Step(cost.title, "waiting", 0.0, 0.0))
            else:
                running = True
                steps.append(Step(cost.title, "running", now - last, done / of if of > 1 else None))
        return steps

    def left(self) -> float:
        """Estimate the seconds that are left: what steps take elsewhere, at the speed seen here so far."""
        searched = self._progress.get("mentions", (0, 0))[1]
        expected = {
            name: cost.seconds + cost.per_paper * (self._work.new if name in _ONLY_NEW else self._work.papers)
            for name, cost in STEPS.items()
        }
        if searched > 1:  # an update may search more than what is new
            expected["mentions"] = STEPS["mentions"].seconds + STEPS["mentions"].per_paper * searched
        steps = dict(zip(STEPS, self.steps(), strict=True))
        known = [name for name, step in steps.items() if step.state == "done" or (step.share or 0) > 0]
        work = sum(expected[name] * (steps[name].share or 0) for name in known)
        slowness = sum(steps[name].seconds for name in known) / work if work > 1 else 1.0
        left = 0.0
        for name, step in steps.items():
            if step.state == "running" and not step.share:
                left += max(expected[name] * slowness - step.seconds, 0.0)
            else:
                left += expected[name] * slowness * (1 - (step.share or 0))
        return left

    def _listen(self) -> None:
        """Take in what the process says, until it ends."""
        complaint = ""
        assert self._process.stderr is not None  # noqa: S101  (it is a pipe)
        for line in self._process.stderr:
            if line.startswith("graphx: "):
                complaint = line.removeprefix("graphx: ").strip()
            elif line.startswith('{"'):
                self._hear(json.loads(line))
        code = self._process.wait()
        self._process.stderr.close()
        tidy(self.atlas)
        written = code == 0 or _stamp(self.atlas) != self._before  # cancelled too late, it is there all the same
        try:
            kept.settle(self._staged, self.atlas, anew=not self.adds, written=written)
        except OSError as error:
            complaint, written = f"its files cannot be kept beside the atlas ({error.strerror})", False
        self.seconds = self.elapsed
        self.message = complaint or f"it ended unexpectedly (code {code}). Is there enough memory?"
        self.state = "done" if written else "cancelled" if self._cancelled else "failed"

    def _hear(self, told: dict[str, Any]) -> None:
        if "step" not in told:
            self.told = told
            return
        self._progress[told["step"]] = (told["done"], told["of"])
        if told["done"] == told["of"]:
            self._ended[told["step"]] = time.monotonic()


class Work(NamedTuple):
    """What is to be done.

    Attributes:
        atlas: the folder to write.
        adds: whether papers are added to the atlas that is there; else one is made anew.
        columns: what the user says of columns, as the command line takes it; only for a new one.
        new: papers that are new, for the estimate.
        papers: papers in all, for the estimate.
        merges: what merges and why, to be told when it is done.
    """

    atlas: Path
    adds: bool
    columns: str
    new: int
    papers: int
    merges: Merges

    def command(self, inputs: Path) -> list[str]:
        """Return the arguments for the command line."""
        if self.adds:
            return ["update", str(self.atlas), str(inputs)]
        return ["build", str(inputs), "-o", str(self.atlas), *([f"--columns={self.columns}"] if self.columns else [])]


_jobs: dict[Path, Job] = {}
_lock = threading.Lock()


def start(work: Work, files: Mapping[str, bytes]) -> Job:
    """Start a build or update of some files, by their names.

    Raises:
        AtlasError: the same atlas is being written already, or its files cannot be kept.
    """
    with _lock:
        if work.atlas in _jobs and _jobs[work.atlas].state == "running":
            raise AtlasError(f"{work.atlas.name} is being built already. Wait until that is done, or cancel it.")
        tidy(work.atlas)
        tidy(kept.folder(work.atlas))
        _jobs[work.atlas] = Job(work, kept.stage(work.atlas, files))
        return _jobs[work.atlas]


def running() -> list[Job]:
    """Return the jobs that have not ended."""
    with _lock:
        return [job for job in _jobs.values() if job.state == "running"]


def tidy(atlas: Path) -> None:
    """Remove what a build that was killed left beside a folder, and put the folder back if it was just being moved."""
    for path in sorted(atlas.parent.iterdir()) if atlas.parent.exists() else []:
        if not re.fullmatch(rf"{re.escape(atlas.name)}\.[a-z0-9_]{{8}}\.(partial|old)", path.name):
            continue
        if path.suffix == ".old" and not atlas.exists():
            path.rename(atlas)
        else:
            shutil.rmtree(path, ignore_errors=True)


def _stamp(atlas: Path) -> tuple[int, int] | None:
    """Return what tells one writing of an atlas from another."""
    try:
        found = (atlas / "atlas.json").stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


@atexit.register
def stop_all() -> None:
    """Cancel all jobs and wait until they have ended."""
    jobs = running()
    for job in jobs:
        job.terminate()  # no thread may start at this late hour
    for job in jobs:
        job.wait(PATIENCE)
        if job.state == "running":
            job.kill()
            job.wait(1)


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:
    """End all jobs when the server stops, which a signal that stops it does not leave to `atexit`."""
    yield
    stop_all()
