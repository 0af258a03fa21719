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
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from graphx.errors import AtlasError, InputError
from graphx.readers import Reading, read
from graphx.tables import FORMAT_VERSION, TABLES, Kind, Settings, frame, schema

if TYPE_CHECKING:
    import networkx as nx

Progress = Callable[[str, int, int], None]
"""Is told the step, how much of it is done, and of how much."""
T = TypeVar("T")

_PACKAGES = (
    "graphx",
    "spacy",
    "onnxruntime",
    "tokenizers",
    "pandas",
    "pyarrow",
    "numpy",
    "scipy",
    "networkx",
    "igraph",
    "usearch",
)


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
    _made: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    _lock: Any = field(default_factory=RLock, init=False, repr=False, compare=False)  # several visitors ask at once

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy the tables only; what is derived from them is made anew."""
        return Atlas, tuple(getattr(self, f.name) for f in fields(self) if f.init)

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

    def graph(self, of: Literal["papers", "concepts", "both"] = "both") -> "nx.Graph[str]":
        """Return a fresh networkx graph of papers, of concepts, or of both; see `graphx.query.graph`."""
        from graphx.query import graph  # a door for users; nothing here builds on a question

        return graph(self, of=of)

    def once(self, name: str, make: Callable[["Atlas"], T]) -> T:
        """Return what `make` derives from this atlas; it is asked once, and what it made is kept under the name."""
        with self._lock:
            if name not in self._made:
                self._made[name] = make(self)
            made: T = self._made[name]
        return made

    def _index(self, table: str, column: str) -> dict[str, Any]:
        """Return the numbers of the rows that have each value of a column."""
        with self._lock:
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
    settings = settings or Settings()
    reading = read(inputs, lambda done, of: progress("read", done, of), settings.columns)
    return assemble(reading, settings, progress, {"read": time.perf_counter() - started})


def update(old: Atlas, inputs: Iterable[Path], progress: Progress = _silent) -> Atlas:
    """Add files and folders to an atlas, by its settings; files that it has read already are passed over.

    Papers, mentions and concepts are those of an atlas built of everything at once. Only texts that
    are new or changed are searched for mentions; positions and the identities of communities
    stay as far as the new papers allow. `info["changes"]` tells what changed.

    Raises:
        InputError: an input cannot be read at all, or none of them is new.
    """
    started = time.perf_counter()
    settings = _settings(old.info["settings"])
    reading = _unread(read(inputs, lambda done, of: progress("read", done, of), settings.columns, all_found=False), old)
    return assemble(reading, settings, progress, {"read": time.perf_counter() - started}, old)


def assemble(
    reading: Reading,
    settings: Settings,
    progress: Progress = _silent,
    seconds: dict[str, float] | None = None,
    old: Atlas | None = None,
) -> Atlas:
    """Make an atlas of what was read, and of what an older atlas holds; the order of the records does not matter.

    Raises:
        InputError: there are no records.
    """
    # Loaded here because spaCy and igraph take seconds that reading an atlas need not wait for.
    from graphx.communities import group
    from graphx.concepts import join
    from graphx.layout import lay_out
    from graphx.links import link, match
    from graphx.papers import merge
    from graphx.similar import neighbours

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

    records = [reading.records] if old is None else [old.papers, reading.records]
    papers = merge(pd.concat(records, ignore_index=True))
    step("merge")
    found = _mentions(papers, settings, old, progress)
    step("mentions")
    mentions, concepts, paper_concepts = join(found, papers, settings.thesaurus)
    step("concepts")
    references, near = match(papers), neighbours(papers)
    links = link(papers, mentions, concepts, paper_concepts, references, near)
    step("links")
    previous = (old.communities, old.membership) if old else None
    communities, membership = group(papers, links, concepts, paper_concepts, mentions, settings, near, previous)
    step("communities")
    where = (old.papers, old.concepts) if old else None
    positions = lay_out(papers, concepts, paper_concepts, links, membership, settings.seed, where)
    step("layout")
    tables = {
        "papers": frame("papers", papers.assign(x=positions.papers[:, 0], y=positions.papers[:, 1])),
        "mentions": mentions,
        "concepts": frame("concepts", concepts.assign(x=positions.concepts[:, 0], y=positions.concepts[:, 1])),
        "paper_concepts": paper_concepts,
        "links": links,
        "communities": communities,
        "membership": membership,
        "references": references,
        "problems": _problems(reading, old),
    }
    info = {
        "format_version": FORMAT_VERSION,
        "settings": _plain(settings),
        "seed": settings.seed,
        "inputs": dict(sorted((reading.inputs | (old.info["inputs"] if old else {})).items())),
        "code": _code_hash(),
        "versions": _versions(),
        "counts": {"records": len(reading.records) + (old.info["counts"]["records"] if old else 0)}
        | {name: len(table) for name, table in tables.items()},
        "concepts_by_kind": {str(kind): int((concepts["kind"] == kind).sum()) for kind in Kind},
        "seconds": {name: round(value, 3) for name, value in seconds.items()},
    }
    if old is not None:
        info["changes"] = _changes(old, tables)
    return Atlas(**tables, info=info)


def _mentions(papers: pd.DataFrame, settings: Settings, old: Atlas | None, progress: Progress) -> pd.DataFrame:
    """Find the mentions in all papers, but take over from an older atlas those in texts that haven't changed.

    Not if the program has changed since, nor if the user's thesaurus drops terms: what it dropped is not stored.
    """
    from graphx.nlp.mentions import find

    kept = frame("mentions", [])
    drops = any(not new for _, new in settings.thesaurus)
    if old is not None and not drops and (old.info["code"], old.info["versions"]) == (_code_hash(), _versions()):
        texts = old.papers[["paper_id", "title", "abstract"]]
        same = papers["paper_id"].isin(papers[["paper_id", "title", "abstract"]].merge(texts)["paper_id"])
        kept = old.mentions[old.mentions["paper_id"].isin(papers.loc[same, "paper_id"])]
        papers = papers[~same].reset_index(drop=True)
    found = find(papers, settings.terms, lambda done, of: progress("mentions", done, of))
    both = pd.concat([kept, found], ignore_index=True)
    return both.sort_values(["paper_id", "start", "end"], kind="stable", ignore_index=True)


def _unread(reading: Reading, old: Atlas) -> Reading:
    """Leave out files that an atlas was made from, and rename those whose name it knows with another content."""
    known = set(old.info["inputs"].values())
    names = {name: name for name, digest in reading.inputs.items() if digest not in known}
    if not names:
        raise InputError("nothing new: the atlas was already built from all of these files.")
    for name in names:
        if name in old.info["inputs"]:
            names[name] = f"{name} ({reading.inputs[name][:8]})"

    def renamed(source: str) -> str | None:
        name, _, position = source.rpartition("#")
        return f"{names[name]}#{position}" if name in names else None

    sources = [renamed(sources[0]) for sources in reading.records["sources"]]
    records = reading.records.assign(sources=[[source] for source in sources])
    problems = reading.problems.assign(source=reading.problems["source"].map(lambda name: names.get(name)))
    return Reading(
        frame("papers", records[[source is not None for source in sources]]),
        frame("problems", problems[problems["source"].notna()]),
        {names[name]: digest for name, digest in reading.inputs.items() if name in names},
    )


def _problems(reading: Reading, old: Atlas | None) -> pd.DataFrame:
    both = [reading.problems] if old is None else [old.problems, reading.problems]
    return frame("problems", pd.concat(both, ignore_index=True).sort_values("source", kind="stable"))


def _changes(old: Atlas, tables: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """Say what an update changed: new papers and concepts, concepts that rise, communities."""
    from graphx.communities import changes

    concepts = tables["concepts"].merge(old.concepts[["concept_id", "n_papers"]], on="concept_id", how="left")
    before = concepts["n_papers_y"].astype("float").fillna(0)
    concepts["share"] = concepts["n_papers_x"] / len(tables["papers"]) - before / max(len(old.papers), 1)
    rising = concepts[(before > 0) & (concepts["n_papers_x"] - before >= 2)]
    rising = rising.sort_values(["share", "concept_id"], ascending=[False, True]).head(10)
    fresh = concepts[before == 0].sort_values(["n_papers_x", "concept_id"], ascending=[False, True])
    communities = changes((old.communities, old.membership), (tables["communities"], tables["membership"]))
    return {
        "new_papers": len(set(tables["papers"]["paper_id"]) - set(old.papers["paper_id"])),
        "gone_papers": len(set(old.papers["paper_id"]) - set(tables["papers"]["paper_id"])),
        "new_concepts": int((before == 0).sum()),
        "most_named_new_concepts": fresh["label"].head(10).to_list(),
        "rising_concepts": [
            {"label": c.label, "before": int(c.n_papers_y), "after": int(c.n_papers_x)} for c in rising.itertuples()
        ],
        "communities": json.loads(communities.to_json(orient="records")),
    }


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
        and made == (inputs, _plain(settings), _code_hash(), _versions())
        and all((path / f"{n}.parquet").exists() for n in TABLES)
    )


def _info(path: Path) -> dict[str, Any] | None:
    """Return the content of a folder's `atlas.json`, or None if it has none that can be read."""
    try:
        info = json.loads((path / "atlas.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return info if isinstance(info, dict) and "format_version" in info else None


def _settings(plain: dict[str, Any]) -> Settings:
    """Return the settings that `_plain` wrote."""
    pairs = {key: tuple(map(tuple, value)) for key, value in plain.items() if isinstance(value, list)}
    return Settings(**{**plain, **pairs})


def _plain(settings: Settings) -> dict[str, Any]:
    """Return settings as JSON gives them back."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(settings)))
    return plain


def _versions() -> dict[str, str]:
    return {"python": platform.python_version()} | {p: importlib.metadata.version(p) for p in _PACKAGES}


def _code_hash() -> str:
    """Return a hash of all files of the program that shape an atlas."""
    package = Path(__file__).parent
    shown_only = ("ui", "writers", "cards.py", "view.py", "query", "ask.py", "cli.py", "__main__.py")
    digest = hashlib.sha256()
    for file in sorted(package.rglob("*")):
        part = file.relative_to(package).parts[0]
        if file.suffix in (".py", ".tsv", ".onnx", ".json", ".npz") and part not in shown_only:
            digest.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
