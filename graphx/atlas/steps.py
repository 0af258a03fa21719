"""Build and update an atlas: the only place where the steps meet."""

import json
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from graphx.atlas.origin import code_hash, plain, settings_of, versions
from graphx.atlas.progress import Clock, Progress, silent
from graphx.atlas.returning import may_name
from graphx.atlas.whole import Atlas
from graphx.errors import InputError
from graphx.readers import Reading, read
from graphx.tables import FORMAT_VERSION, Kind, Settings, frame


def build(inputs: Iterable[Path], settings: Settings | None = None, progress: Progress = silent) -> Atlas:
    """Read files and folders and make an atlas of their papers.

    Raises:
        InputError: an input cannot be read at all, or no paper was found in any.
    """
    started = time.perf_counter()
    settings = settings or Settings()
    reading = read(inputs, lambda done, of: progress("read", done, of), settings.columns)
    return assemble(reading, settings, progress, {"read": time.perf_counter() - started})


def update(old: Atlas, inputs: Iterable[Path], progress: Progress = silent) -> Atlas:
    """Add files and folders to an atlas, by its settings; files that it has read already are passed over.

    Papers, mentions and concepts are those of an atlas built of everything at once. Only texts that
    are new or changed are searched for mentions; positions and the identities of communities
    stay as far as the new papers allow. `info["changes"]` tells what changed.

    Raises:
        InputError: an input cannot be read at all, or none of them is new.
    """
    started = time.perf_counter()
    settings = settings_of(old.info["settings"])
    reading = _unread(read(inputs, lambda done, of: progress("read", done, of), settings.columns, all_found=False), old)
    return assemble(reading, settings, progress, {"read": time.perf_counter() - started}, old)


def assemble(
    reading: Reading,
    settings: Settings,
    progress: Progress = silent,
    seconds: Mapping[str, float] | None = None,
    old: Atlas | None = None,
) -> Atlas:
    """Make an atlas of what was read, and of what an older atlas holds; the order of the records does not matter.

    Raises:
        InputError: there are no records.
    """
    # Loaded here because spaCy and igraph take seconds that reading an atlas need not wait for.
    from graphx.links import match
    from graphx.papers import merge

    if reading.records.empty:
        first = f" First problem: {', '.join(reading.problems.iloc[0])}." if len(reading.problems) else ""
        raise InputError(
            f"no papers found in {len(reading.inputs)} file(s).{first} `graphx read` lists what was understood."
        )
    clock = Clock(progress, seconds)
    records = [reading.records] if old is None else [old.papers, reading.records]
    papers = merge(pd.concat(records, ignore_index=True))
    clock.done("merge")
    found = _mentions(papers, settings, old, progress)
    clock.done("mentions")
    tables = following(papers, found, match(papers), settings, clock, old) | {"problems": _problems(reading, old)}
    info = {
        "inputs": dict(sorted((reading.inputs | (old.info["inputs"] if old else {})).items())),
        "code": code_hash(),
        "versions": versions(),
        "counts": {"records": len(reading.records) + (old.info["counts"]["records"] if old else 0)},
    }
    return described(tables, info, settings, clock, old)


def following(
    papers: pd.DataFrame,
    found: pd.DataFrame,
    references: pd.DataFrame,
    settings: Settings,
    clock: Clock,
    old: Atlas | None = None,
) -> dict[str, pd.DataFrame]:
    """Return the tables that follow from papers and what was found in them: all but `problems`.

    Args:
        papers: the table.
        found: the table `mentions`; what stands in `concept_id` and `joined_by` is ignored.
        references: the table.
        settings: what was asked for.
        clock: is told each step.
        old: an atlas whose places and communities are to stay as far as the links allow.
    """
    from graphx.communities import group
    from graphx.concepts import join
    from graphx.layout import lay_out
    from graphx.links import link
    from graphx.similar import neighbours

    mentions, concepts, paper_concepts = join(found, papers, settings.thesaurus, settings.kinds)
    clock.done("concepts")
    near = neighbours(papers)
    links = link(papers, mentions, concepts, paper_concepts, references, near)
    clock.done("links")
    previous = (old.communities, old.membership) if old else None
    communities, membership = group(papers, links, concepts, paper_concepts, mentions, settings, near, previous)
    clock.done("communities")
    where = (old.papers, old.concepts) if old else None
    positions = lay_out(papers, concepts, paper_concepts, links, membership, settings.seed, where)
    clock.done("layout")
    return {
        "papers": frame("papers", papers.assign(x=positions.papers[:, 0], y=positions.papers[:, 1])),
        "mentions": mentions,
        "concepts": frame("concepts", concepts.assign(x=positions.concepts[:, 0], y=positions.concepts[:, 1])),
        "paper_concepts": paper_concepts,
        "links": links,
        "communities": communities,
        "membership": membership,
        "references": references,
    }


def described(
    tables: dict[str, pd.DataFrame], info: dict[str, Any], settings: Settings, clock: Clock, old: Atlas | None = None
) -> Atlas:
    """Make an atlas of its tables: what it was made from (`info`) with its settings, counts and what changed."""
    kinds = tables["concepts"]["kind"]
    info |= {
        "format_version": FORMAT_VERSION,
        "settings": plain(settings),
        "seed": settings.seed,
        "counts": info["counts"] | {name: len(table) for name, table in tables.items()},
        "concepts_by_kind": {str(kind): int((kinds == kind).sum()) for kind in Kind},
        "seconds": clock.seconds,
    }
    return Atlas(**tables, info=info if old is None else info | {"changes": _changes(old, tables)})


def _mentions(papers: pd.DataFrame, settings: Settings, old: Atlas | None, progress: Progress) -> pd.DataFrame:
    """Find the mentions in all papers, but take over from an older atlas those in texts that haven't changed.

    Not if the program has changed since, nor in texts that may name what the user's thesaurus drops: that isn't
    stored, and new papers may say that an acronym means something else.
    """
    kept = frame("mentions", [])
    if old is not None and (old.info["code"], old.info["versions"]) == (code_hash(), versions()):
        texts = old.papers[["paper_id", "title", "abstract"]]
        same = papers["paper_id"].isin(papers[["paper_id", "title", "abstract"]].merge(texts)["paper_id"])
        dropped = [label for label, new in settings.thesaurus if not new]
        if dropped:
            same &= ~may_name(papers, dropped, pd.concat([papers, old.papers]))
        kept = old.mentions[old.mentions["paper_id"].isin(papers.loc[same, "paper_id"])]
        papers = papers[~same].reset_index(drop=True)
    return found_anew(kept, papers, settings, progress)


def found_anew(kept: pd.DataFrame, papers: pd.DataFrame, settings: Settings, progress: Progress) -> pd.DataFrame:
    """Return mentions that are known, and those in some more papers, in order of paper and place."""
    from graphx.nlp.mentions import find

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
