"""Build, save and load an atlas: the only place where the steps meet.

An atlas is a pure function of papers and settings. On disk it is a folder of one Parquet
file a table and `atlas.json`, which says what it was made from.
"""

import hashlib
import importlib.metadata
import json
import platform
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from graphx.errors import AtlasError, InputError
from graphx.readers import Reading, read
from graphx.tables import FORMAT_VERSION, TABLES, Kind, Settings, frame, schema

Progress = Callable[[str, int, int], None]
"""Is told the step, how much of it is done, and of how much."""

_PACKAGES = ("graphx", "spacy", "onnxruntime", "tokenizers", "pandas", "pyarrow", "numpy", "networkx", "igraph")


def _silent(step: str, done: int, of: int) -> None:
    """Show nothing."""


@dataclass(frozen=True)
class Atlas:
    """All tables of `graphx.tables.TABLES`, and `info`, the content of `atlas.json`."""

    papers: pd.DataFrame
    mentions: pd.DataFrame
    concepts: pd.DataFrame
    paper_concepts: pd.DataFrame
    links: pd.DataFrame
    communities: pd.DataFrame
    membership: pd.DataFrame
    references: pd.DataFrame
    problems: pd.DataFrame
    info: dict[str, Any]
    _places: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def coarsest(self) -> pd.DataFrame:
        """The communities of level 0: those that the map shows as discs."""
        return self.communities[self.communities["level"] == 0]

    def where(self, table: str, column: str, value: str) -> pd.DataFrame:
        """Return the rows of a table that have a value, by an index that is made once."""
        rows: pd.DataFrame = getattr(self, table)
        return rows.take(self._index(table, column).get(value, []))

    def joined(self, rows: pd.DataFrame, table: str, key: str, columns: list[str]) -> pd.DataFrame:
        """Return rows with columns of the table whose `key` they name; every one must be there."""
        index = self._index(table, key)
        found = getattr(self, table)[columns].take([index[value][0] for value in rows[key]])
        return pd.concat([rows.reset_index(drop=True), found.reset_index(drop=True)], axis=1)

    def _index(self, table: str, column: str) -> dict[str, Any]:
        """Return the numbers of the rows that have each value of a column."""
        if (table, column) not in self._places:
            rows: pd.DataFrame = getattr(self, table)
            self._places[table, column] = rows.groupby(rows[column].to_numpy(dtype=object)).indices
        return self._places[table, column]


def build(inputs: Iterable[Path], settings: Settings | None = None, progress: Progress = _silent) -> Atlas:
    """Read files and folders and make an atlas of their papers.

    Raises:
        InputError: an input cannot be read at all, or no paper was found in any.
    """
    started = time.perf_counter()
    reading = read(inputs, lambda done, of: progress("read", done, of))
    return assemble(reading, settings or Settings(), progress, {"read": time.perf_counter() - started})


def assemble(
    reading: Reading,
    settings: Settings,
    progress: Progress = _silent,
    seconds: dict[str, float] | None = None,
) -> Atlas:
    """Make an atlas of what was read; the order of the records does not matter.

    Raises:
        InputError: there are no records.
    """
    # Loaded here because spaCy and igraph take seconds that reading an atlas need not wait for.
    from graphx.communities import group
    from graphx.concepts import join
    from graphx.layout import lay_out
    from graphx.links import link
    from graphx.nlp.mentions import find
    from graphx.papers import merge

    if reading.records.empty:
        first = f" First problem: {', '.join(reading.problems.iloc[0])}." if len(reading.problems) else ""
        raise InputError(
            f"no papers found in {len(reading.inputs)} file(s).{first} `graphx read` lists what was understood."
        )
    seconds = dict(seconds or {})
    clock = time.perf_counter()

    def step(name: str) -> None:
        nonlocal clock
        seconds[name] = time.perf_counter() - clock
        clock = time.perf_counter()
        progress(name, 1, 1)

    papers = merge(reading.records)
    step("merge")
    found = find(papers, settings.terms, lambda done, of: progress("mentions", done, of))
    step("mentions")
    mentions, concepts, paper_concepts = join(found, papers, settings.thesaurus)
    step("concepts")
    links = link(papers, mentions, concepts, paper_concepts)
    step("links")
    communities, membership = group(papers, links, concepts, paper_concepts, settings.seed)
    step("communities")
    positions = lay_out(papers, concepts, paper_concepts, links, membership, settings.seed)
    step("layout")
    tables = {
        "papers": frame("papers", papers.assign(x=positions.papers[:, 0], y=positions.papers[:, 1])),
        "mentions": mentions,
        "concepts": frame("concepts", concepts.assign(x=positions.concepts[:, 0], y=positions.concepts[:, 1])),
        "paper_concepts": paper_concepts,
        "links": links,
        "communities": communities,
        "membership": membership,
        "references": frame("references", []),
        "problems": frame("problems", reading.problems.sort_values("source", kind="stable")),
    }
    info = {
        "format_version": FORMAT_VERSION,
        "settings": _plain(settings),
        "seed": settings.seed,
        "inputs": reading.inputs,
        "code": _code_hash(),
        "versions": _versions(),
        "counts": {"records": len(reading.records)} | {name: len(table) for name, table in tables.items()},
        "concepts_by_kind": {str(kind): int((concepts["kind"] == kind).sum()) for kind in Kind},
        "seconds": {name: round(value, 3) for name, value in seconds.items()},
    }
    return Atlas(**tables, info=info)


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
        state = "is no atlas (it has no atlas.json)" if path.exists() else "no such folder"
        raise AtlasError(f"{path}: {state}. Build one with: graphx build INPUT -o {path}")
    if info.get("format_version") != FORMAT_VERSION:
        raise AtlasError(f"{path}: made by another version of GraphX. Build it again with --force.")
    tables = {}
    for name in TABLES:
        file = path / f"{name}.parquet"
        try:
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
    return made == (inputs, _plain(settings), _code_hash(), _versions()) and all(
        (path / f"{n}.parquet").exists() for n in TABLES
    )


def _info(path: Path) -> dict[str, Any] | None:
    """Return the content of a folder's `atlas.json`, or None if it has none that can be read."""
    try:
        info = json.loads((path / "atlas.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return info if isinstance(info, dict) and "format_version" in info else None


def _plain(settings: Settings) -> dict[str, Any]:
    """Return settings as JSON gives them back."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(settings)))
    return plain


def _versions() -> dict[str, str]:
    return {"python": platform.python_version()} | {p: importlib.metadata.version(p) for p in _PACKAGES}


def _code_hash() -> str:
    """Return a hash of all files of the program that shape an atlas."""
    package = Path(__file__).parent
    shown_only = ("ui", "writers", "cards.py", "view.py", "query", "cli.py", "__main__.py")
    digest = hashlib.sha256()
    for file in sorted(package.rglob("*")):
        part = file.relative_to(package).parts[0]
        if file.suffix in (".py", ".tsv", ".onnx", ".json") and part not in shown_only:
            digest.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
