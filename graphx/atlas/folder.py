"""An atlas on disk: a folder of one Parquet file a table, and `atlas.json`, which says what it was made from."""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from graphx.atlas.origin import code_hash, plain, versions
from graphx.atlas.whole import Atlas
from graphx.errors import AtlasError
from graphx.tables import FORMAT_VERSION, TABLES, Settings, schema


def save(atlas: Atlas, path: Path) -> None:
    """Write an atlas to a folder, whole or not at all.

    The new folder is written beside the old one and takes its place only when it is complete.

    Raises:
        AtlasError: the folder is there and is no atlas, or cannot be written.
    """
    check_target(path)
    path = path.resolve()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f"{path.name}.", suffix=".partial", dir=path.parent))
    except OSError as error:
        raise AtlasError(f"{path}: cannot be written ({error.strerror}). Choose another folder with -o.") from None
    try:
        for name in TABLES:
            table = pa.Table.from_pandas(getattr(atlas, name), schema=schema(name), preserve_index=False)
            pq.write_table(table.replace_schema_metadata(None), fresh / f"{name}.parquet", compression="zstd")
        text = json.dumps(atlas.info, indent=2, sort_keys=True, ensure_ascii=False)
        (fresh / "atlas.json").write_text(f"{text}\n", encoding="utf-8")
        fresh.chmod(0o755)
        old = fresh.with_suffix(".old")
        if path.exists():
            path.rename(old)
        try:
            fresh.rename(path)
        except BaseException:  # a key pressed at this moment must not cost the old atlas
            if old.exists() and not path.exists():
                old.rename(path)
            raise
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise AtlasError(f"{path}: cannot be written ({error.strerror}). Is the disk full?") from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def load(path: Path | str) -> Atlas:
    """Load an atlas from its folder.

    Raises:
        AtlasError: there is no atlas, or one of another version, or it is damaged.
    """
    path = Path(path)
    info = _info(path)
    if info is None:
        if (path / "atlas.json").exists():
            raise AtlasError(f"{path / 'atlas.json'}: damaged. Build the atlas again with --force.")
        state = "is no atlas (it has no atlas.json)" if path.exists() else "no such folder"
        raise AtlasError(f"{path}: {state}. Build one with: graphx build INPUT -o {path}")
    if info.get("format_version") != FORMAT_VERSION:
        raise AtlasError(f"{path}: made by another version of GraphX. Build it again with --force.")
    tables = {}
    for name in TABLES:
        file = path / f"{name}.parquet"
        try:
            if pq.read_schema(file).names != schema(name).names:
                raise ValueError("other columns")
            read_table = pq.read_table(file, schema=schema(name))
        except (OSError, pa.ArrowException, ValueError):
            raise AtlasError(f"{file}: missing or damaged. Build the atlas again with --force.") from None
        tables[name] = read_table.to_pandas(types_mapper=pd.ArrowDtype)
    return Atlas(**tables, info=info)


def check_target(path: Path) -> None:
    """Make sure that writing an atlas here destroys nothing else.

    Raises:
        AtlasError: something is there that is no part of an atlas.
    """
    if not path.exists():
        return
    others = (
        {p.name for p in path.iterdir()} - {"atlas.json", *(f"{n}.parquet" for n in TABLES)} if path.is_dir() else {""}
    )
    if others:
        what = f"it holds {min(others)}" if path.is_dir() else "it is a file"
        raise AtlasError(
            f"{path}: {what}, which is no part of an atlas, so it is left alone. Choose another folder with -o."
        )


def is_current(path: Path, inputs: dict[str, str], settings: Settings) -> bool:
    """Tell whether the atlas at a path was made from these inputs, settings and this program."""
    info = _info(path) or {}
    made = tuple(info.get(key) for key in ("inputs", "settings", "code", "versions"))
    at_once = "changes" not in info  # after an update, positions and communities remember the older atlas
    return (
        at_once
        and made == (inputs, plain(settings), code_hash(), versions())
        and all((path / f"{n}.parquet").exists() for n in TABLES)
    )


def _info(path: Path) -> dict[str, Any] | None:
    """Return the content of a folder's `atlas.json`, or None if it has none that can be read."""
    try:
        info = json.loads((path / "atlas.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return info if isinstance(info, dict) and "format_version" in info else None
