"""Decisions that are being applied to an atlas, one application at a time for each atlas.

It is done in a thread of its own, so that it goes on when the visitor clicks elsewhere, and every
visitor sees how far it is. The journal takes its place only when the new atlas has.
"""

import threading
import time
from pathlib import Path
from typing import Literal

from graphx.aliases import Journal, outcome, writing
from graphx.atlas import Atlas, rejoin, save
from graphx.errors import AtlasError, GraphXError
from graphx.ui import jobs

SECONDS = (1.0, 0.0039)
"""Measured over 352 to 74,688 papers: seconds that it takes, and more for every paper."""


class Application:
    """Decisions on their way into an atlas.

    Attributes:
        state: how it goes or went.
        step: what is being done.
        message: one line that says why it failed.
        seconds: how long it took, once it has ended.
    """

    def __init__(self, atlas: Atlas, folder: Path, journal: Journal) -> None:
        """Start it."""
        self.state: Literal["running", "done", "failed"] = "running"
        self.step, self.message, self.seconds = "mentions", "", 0.0
        self._thread = threading.Thread(target=self._run, args=(atlas, folder, journal), daemon=True)
        self._thread.start()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until it has ended, or for some seconds."""
        self._thread.join(seconds)

    def _run(self, atlas: Atlas, folder: Path, journal: Journal) -> None:
        started = time.monotonic()
        try:
            with writing(folder, journal):
                _apply(atlas, folder, journal, self)
            state: Literal["done", "failed"] = "done"
        except (GraphXError, OSError) as error:
            state, self.message = "failed", str(error)
        except BaseException:
            self.state, self.message = "failed", "it ended unexpectedly; the atlas is as it was."
            raise
        self.seconds = time.monotonic() - started
        self.state = state

    def tell(self, step: str, done: int, of: int) -> None:
        """Take in how far it is."""
        order = ("mentions", "concepts", "links", "communities", "layout", "save")
        self.step = order[order.index(step) + (done == of)]


def _apply(atlas: Atlas, folder: Path, journal: Journal, application: Application) -> None:
    told = outcome(journal.decisions, journal.base)
    given = atlas.info.get("settings", {})
    before = [dict(map(tuple, given.get(name, ()))) for name in ("thesaurus", "kinds")]
    if before != [dict(told.thesaurus), dict(told.kinds)]:  # rejections change no table
        save(rejoin(atlas, told.thesaurus, told.kinds, application.tell), folder)


_running: dict[Path, Application] = {}
_lock = threading.Lock()


def start(atlas: Atlas, folder: Path, journal: Journal) -> Application:
    """Begin to apply a journal to the atlas in a folder.

    Raises:
        AtlasError: somebody does so at this moment, or the atlas is being written by an import.
    """
    with _lock:
        if of(folder) is not None:
            raise AtlasError("Somebody is changing this atlas at this moment. Look again when that is done.")
        if any(job.atlas == folder for job in jobs.running()):
            raise AtlasError("Papers are being added to this atlas. Apply your decisions when that is done.")
        _running[folder] = Application(atlas, folder, journal)
        return _running[folder]


def of(folder: Path) -> Application | None:
    """Return what is being applied to the atlas in a folder, if anything is."""
    found = _running.get(folder)
    return found if found is not None and found.state == "running" else None


def estimate(n_papers: int) -> str:
    """Say about how long it takes."""
    seconds = SECONDS[0] + SECONDS[1] * n_papers
    return f"{seconds / 60:.0f} minutes" if seconds > 90 else f"{max(seconds, 2):.0f} seconds"
