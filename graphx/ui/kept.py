"""The files that an atlas was made from, kept beside it, so that one command builds it anew."""

import hashlib
import os
import re
import shlex
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from graphx.aliases import journal_path
from graphx.errors import AtlasError

LONGEST_NAME = 50
"""Characters of a file's name that are kept."""


def folder(atlas: Path) -> Path:
    """Return where the files of an atlas are kept."""
    return atlas.with_name(f"{atlas.name}.inputs")


def names(given: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Return a safe name for every file: no path, no sign that means something elsewhere, and none twice.

    Args:
        given: what the files were called where they came from; anything may stand there.
        taken: names that are others' already.
    """
    known, safe = {name.casefold() for name in taken}, []
    for name in given:
        stem, suffix = _safe(name)
        number, free = 1, f"{stem}{suffix}"
        while free.casefold() in known:
            number += 1
            free = f"{stem}-{number}{suffix}"
        known.add(free.casefold())
        safe.append(free)
    return safe


def _safe(name: str) -> tuple[str, str]:
    """Return stem and suffix of a name of which only letters, digits and few other signs are left."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    stem, suffix = os.path.splitext(re.sub(r"[^\w.() -]+", "_", last).strip(" ."))  # noqa: PTH122  (no path)
    stem, suffix = stem.strip(" .-")[:LONGEST_NAME] or "papers", suffix[:8].rstrip()
    # A folder with an atlas.json is an atlas to the readers, and Windows has devices of these names.
    odd = re.fullmatch(r"atlas|con|prn|aux|nul|(com|lpt)\d", stem, re.IGNORECASE)
    return (f"papers-{stem}" if odd else stem), suffix


def stage(atlas: Path, files: Mapping[str, bytes]) -> Path:
    """Write files to a folder of their own beside an atlas, from which it is built; `settle` says what becomes of it.

    Raises:
        AtlasError: the folder cannot be written.
    """
    try:
        atlas.parent.mkdir(parents=True, exist_ok=True)
        staged = Path(tempfile.mkdtemp(prefix=f"{folder(atlas).name}.", suffix=".partial", dir=atlas.parent))
        for name, data in files.items():
            (staged / name).write_bytes(data)
        staged.chmod(0o755)
    except OSError as error:
        raise AtlasError(f"{atlas.parent}: cannot be written ({error.strerror}). Is the disk full?") from None
    return staged


def settle(staged: Path, atlas: Path, anew: bool, written: bool) -> None:
    """Keep the files of an atlas that was written; throw those of another away.

    Args:
        staged: what `stage` returned.
        atlas: the atlas.
        anew: whether it was built of these alone, so that files kept before go.
        written: whether it was written.
    """
    home = folder(atlas)
    if written and anew:
        old = staged.with_suffix(".old")
        if home.exists():
            home.rename(old)
        staged.rename(home)
        shutil.rmtree(old, ignore_errors=True)
    elif written:
        home.mkdir(exist_ok=True)
        for file in staged.iterdir():
            file.replace(home / file.name)
    shutil.rmtree(staged, ignore_errors=True)


def missing(atlas: Path, inputs: Mapping[str, str]) -> list[str]:
    """Return the files that an atlas was made from but that are not kept beside it.

    Args:
        atlas: its folder.
        inputs: SHA-256 of every file, by its name.
    """
    files = [file for file in folder(atlas).glob("*") if file.is_file()]
    kept = {_digest(file, file.stat().st_size, file.stat().st_mtime_ns) for file in files}
    return [name for name, digest in inputs.items() if digest not in kept]


@lru_cache(maxsize=4096)
def _digest(file: Path, size: int, changed: int) -> str:
    """Return the SHA-256 of a file, anew only where it was changed."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def command(atlas: Path, settings: Mapping[str, Any]) -> str:
    """Return the command that builds an atlas anew from the files beside it."""
    words = ["graphx", "build", str(folder(atlas)), "-o", str(atlas)]
    if settings.get("columns"):
        words += ["--columns", ",".join("=".join(pair) for pair in settings["columns"])]
    for name, usual in (("resolution", 1.0), ("seed", 1)):
        if settings.get(name, usual) != usual:
            words += [f"--{name}", str(settings[name])]
    if journal_path(atlas).exists():
        words += ["--aliases", str(journal_path(atlas))]
    return shlex.join(words)
