"""The command line. Exit codes: 0 done, 1 something the user can put right, 2 wrong usage."""

import json
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from graphx.ask import AtlasPath, ask, err, out
from graphx.errors import GraphXError

if TYPE_CHECKING:
    from graphx.atlas import Atlas
    from graphx.query import ConceptAnswer, PaperAnswer
    from graphx.thesaurus import Thesaurus

cli = typer.Typer(
    name="graphx",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Explore which methods, datasets, tasks and metrics tie research papers together, "
    "offline, with the sentence that proves each claim.\n\n"
    "Start with: graphx build PAGES -o ATLAS, then graphx app ATLAS",
)
cli.add_typer(ask)

STOPPED = 130
"""The exit code of a command that was stopped by Ctrl+C or SIGTERM."""

Inputs = Annotated[
    list[Path],
    typer.Argument(help="Saved listing pages, JSON lines, CSV, TSV or Parquet files, or folders.", show_default=False),
]
Columns = Annotated[
    str,
    typer.Option(metavar="PAIRS", help="What holds what, where names do not say so: title=Headline,abstract=Text."),
]

ProgressJson = Annotated[
    bool,
    typer.Option(
        "--progress-json", hidden=True, help="Tell programs how far it is: one JSON object a line on standard error."
    ),
]


def main() -> None:
    """Run the command line; a user's error is one line on standard error."""
    try:
        cli()
    except (GraphXError, OSError) as error:
        err.print(f"[red]graphx:[/] {escape(str(error))}")
        sys.exit(1)
    except SystemExit as ended:
        if ended.code == STOPPED:  # Typer makes this of a KeyboardInterrupt, and says nothing
            err.print("graphx: stopped; nothing that was there before has changed")
        raise


@cli.command()
def build(
    inputs: Inputs,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="ATLAS", help="Folder to write.")],
    terms: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Your own terms: kind<TAB>term a line, or spaCy patterns as JSON lines."),
    ] = None,
    thesaurus: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What is one concept, as VOSviewer reads it: label<TAB>replace by a line."),
    ] = None,
    aliases: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What was decided on the Aliases page: the .aliases.jsonl beside an atlas."),
    ] = None,
    columns: Columns = "",
    resolution: Annotated[
        float, typer.Option(min=0.05, max=20.0, help="More gives more and smaller communities.")
    ] = 1.0,
    seed: Annotated[int, typer.Option(help="Same input and seed, same atlas.")] = 1,
    force: Annotated[bool, typer.Option("--force", help="Build even if the atlas is up to date.")] = False,
    progress_json: ProgressJson = False,
) -> None:
    """Build an atlas from saved pages, JSON lines (one object a line), CSV, TSV or Parquet (one paper a row).

    An atlas that is there is replaced once the new one is complete; a folder that is
    something else is left alone.

    Example: graphx build data/seeds -o my-atlas
    """
    from graphx import atlas as steps
    from graphx import thesaurus as thesauri
    from graphx.readers import fields, read
    from graphx.tables import Settings

    started = time.perf_counter()
    own, kinds = _decided(aliases, thesauri.read(thesaurus) if thesaurus else ())
    settings = Settings(seed, _own_terms(terms), own, resolution, fields.parse(columns), kinds)
    steps.check_target(output)
    with _progress(progress_json) as progress:
        reading = read(inputs, lambda done, of: progress("read", done, of), settings.columns)
        if not force and steps.is_current(output, reading.inputs, settings):
            err.print(f"{escape(str(output))} is up to date (--force builds it again)")
            return
        atlas = steps.assemble(reading, settings, progress, {"read": time.perf_counter() - started})
        progress("save", 0, 1)
        steps.save(atlas, output)
        progress("save", 1, 1)
    if progress_json:
        _say(counts=atlas.info["counts"])
    _summarise(atlas, output, time.perf_counter() - started)


@cli.command()
def update(
    atlas: AtlasPath,
    inputs: Inputs,
    progress_json: ProgressJson = False,
) -> None:
    """Add papers to an atlas, by the settings it was built with, and say what changed.

    Only texts that are new are searched for mentions; the map and the communities stay
    recognisable. Files that are in the atlas already are passed over.

    Example: graphx update my-atlas new-pages
    """
    from graphx import atlas as steps

    started = time.perf_counter()
    with _progress(progress_json) as progress:
        updated = steps.update(steps.load(atlas), inputs, progress)
        progress("save", 0, 1)
        steps.save(updated, atlas)
        progress("save", 1, 1)
    if progress_json:
        _say(counts=updated.info["counts"], changes=updated.info["changes"])
    _summarise(updated, atlas, time.perf_counter() - started)
    _tell_changes(updated.info["changes"])


@cli.command()
def read(
    inputs: Inputs,
    columns: Columns = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show what was understood of some files, and each problem with its place.

    Example: graphx read data/seeds
    """
    from graphx.papers import merge, records_by_file
    from graphx.readers import fields
    from graphx.readers import read as read_inputs

    reading = read_inputs(inputs, columns=fields.parse(columns))
    problems = reading.problems.to_dict("records")
    n_papers = len(merge(reading.records))
    if as_json:
        print(json.dumps({"records": len(reading.records), "papers": n_papers, "problems": problems}))  # noqa: T201
    else:
        files = records_by_file(reading.records)
        table = Table("file", "records", box=None, pad_edge=False)
        for name in reading.inputs:
            table.add_row(escape(name), str(files[name]))
        out.print(table)
        out.print(f"{len(reading.records)} records, {n_papers} papers, {len(problems)} problems")
        for problem in problems:
            out.print(escape(f"{problem['source']}, {problem['position']}: {problem['message']}"))
    if not n_papers:
        raise typer.Exit(1)


@cli.command()
def export(
    atlas: AtlasPath,
    file: Annotated[Path, typer.Argument(help="File to write; its suffix says the format.", show_default=False)],
) -> None:
    """Write the graph for other tools: .graphml, .gexf, .json, or one .html page.

    Example: graphx export my-atlas graph.graphml
    """
    from graphx.atlas import load
    from graphx.writers import write

    write(load(atlas), file)
    err.print(f"wrote {escape(str(file))} ({file.stat().st_size:,} bytes)")


@cli.command()
def explain(
    atlas: AtlasPath,
    name: Annotated[str, typer.Argument(help="A concept, or the title of a paper.", show_default=False)],
) -> None:
    """Say what is known of a concept or paper, with the sentences that say so.

    Example: graphx explain my-atlas "community detection"
    """
    from graphx import query
    from graphx.atlas import load

    loaded = load(atlas)
    node = query.find(loaded, name)
    if node.startswith(query.CONCEPT):
        _explain_concept(query.concept(loaded, node.removeprefix(query.CONCEPT)))
    else:
        _explain_paper(query.paper(loaded, node))


@cli.command()
def app(
    atlases: Annotated[
        list[Path] | None, typer.Argument(help="Folders of atlases; the first is shown first.", metavar="[ATLAS]...")
    ] = None,
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Port to serve on; the next free one if it is taken.")
    ] = 8501,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
) -> None:
    """Open the dashboard on this machine; nothing leaves it.

    Atlases that lie beside the first can be switched to, too.

    Example: graphx app my-atlas
    """
    from graphx.atlas import load
    from graphx.ui.serve import serve

    for atlas in atlases or []:
        load(atlas)  # so that a wrong folder is told here and not in the browser
    raise typer.Exit(serve(atlases or [], port, open_browser=browser))


def _own_terms(path: Path | None) -> tuple[tuple[str, Any], ...]:
    if path is None:
        return ()
    from graphx.nlp.terms import read_own  # loads spaCy

    return read_own(path)


def _decided(journal: Path | None, own: "Thesaurus") -> tuple["Thesaurus", tuple[tuple[str, str], ...]]:
    """Return the thesaurus and the kinds that follow from a journal, and from a thesaurus if one is given."""
    if journal is None:
        return own, ()
    from graphx.aliases import outcome, parse
    from graphx.readers.text import read_text

    base, decisions = parse(read_text(journal, "A journal of aliases lies beside its atlas."), str(journal))
    told = outcome(decisions, own or base)
    return told.thesaurus, told.kinds


@contextmanager
def _progress(as_json: bool = False) -> Iterator[Callable[[str, int, int], None]]:
    """Tell how far every step is, on standard error: to programs if asked to, else in bars and only to a person.

    While it does, SIGTERM stops the command as Ctrl+C does: cleanly.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    columns = (TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=err, transient=True, disable=as_json or not err.is_terminal) as bar:
            tasks: dict[str, int] = {}

            def show(step: str, done: int, of: int) -> None:
                if step not in tasks:
                    tasks[step] = bar.add_task(step, total=of)
                bar.update(tasks[step], completed=done, total=of)  # type: ignore[arg-type]

            yield (lambda step, done, of: _say(step=step, done=done, of=of)) if as_json else show
    finally:
        signal.signal(signal.SIGTERM, before)


def _say(**what: Any) -> None:
    """Tell a program something; where it listens no longer, this ends the command before anything has changed."""
    print(json.dumps(what), file=sys.stderr, flush=True)  # noqa: T201


def _summarise(atlas: "Atlas", output: Path, seconds: float) -> None:
    counts, kinds = atlas.info["counts"], atlas.info["concepts_by_kind"]
    relations = atlas.links["relation"].value_counts()
    rows = {
        "papers": f"{counts['papers']:,} (from {counts['records']:,} records)",
        "mentions": f"{counts['mentions']:,}",
        "concepts": f"{counts['concepts']:,} (" + ", ".join(f"{n:,} {kind}s" for kind, n in kinds.items()) + ")",
        "links": f"{counts['links']:,} (" + ", ".join(f"{n:,} {name}" for name, n in relations.items()) + ")",
        "communities": f"{counts['communities']:,}",
        "problems": f"{counts['problems']:,}",
        "seconds": f"{seconds:.1f}",
    }
    table = Table.grid(padding=(0, 2))
    for name, value in rows.items():
        table.add_row(name, value)
    out.print(table)
    for problem in atlas.problems.head(20).itertuples():
        err.print(escape(f"problem: {problem.source}, {problem.position}: {problem.message}"))
    if len(atlas.problems) > 20:
        err.print(f"and {len(atlas.problems) - 20} more: graphx read lists all")
    out.print(escape(f"wrote {output}. Look at it with: graphx app {output}"))


def _tell_changes(changes: dict[str, Any]) -> None:
    """Say what an update changed."""
    out.print(f"\n{changes['new_papers']:,} new papers, {changes['new_concepts']:,} new concepts")
    if changes["most_named_new_concepts"]:
        out.print(escape(f"named most: {', '.join(changes['most_named_new_concepts'])}"))
    if changes["rising_concepts"]:
        rising = (f"{c['label']} ({c['before']} → {c['after']} papers)" for c in changes["rising_concepts"])
        out.print(escape(f"rising: {', '.join(rising)}"))
    told = [c for c in changes["communities"] if c["change"] != "same"]
    if len(told) > 15:
        out.print(f"{len(told)} communities changed, the largest of them:")
        told = sorted(told, key=lambda c: -max(c["n_before"] or 0, c["n_after"] or 0))[:15]
    for c in told:
        before = f" from {', '.join(c['before'])}" if c["before"] and c["before"] != [c["community_id"]] else ""
        sizes = f"{c['n_before'] or 0} → {c['n_after'] or 0} papers"
        out.print(escape(f"{c['change']}: {c['community_id']} {c['label']}{before}, {sizes}"))


def _explain_concept(answer: "ConceptAnswer") -> None:
    row = answer.concept
    out.print(
        f"[bold]{escape(row['label'])}[/] ({row['kind']}), named {row['n_mentions']} times in {row['n_papers']} papers"
    )
    out.print(escape(f"forms: {', '.join(row['forms'])}"))
    titles = dict(zip(answer.papers["paper_id"], answer.papers["title"], strict=True))
    for paper_id, sentences in answer.sentences.groupby("paper_id", sort=False):
        out.print(f"\n[bold]{sentences['role'].iloc[0]}[/] {escape(titles[paper_id])}")
        for s in sentences.itertuples():
            before, named, after = s.sentence[: s.start], s.sentence[s.start : s.end], s.sentence[s.end :]
            out.print(f"  {escape(before)}[bold underline]{escape(named)}[/]{escape(after)}")
            out.print(f"  [dim]found by {s.by}, score {s.score:.2f}; {s.reason}[/]")
    if len(answer.related):
        out.print(escape(f"\noften together with: {', '.join(answer.related['label'])}"))


def _explain_paper(answer: "PaperAnswer") -> None:
    row = answer.paper
    out.print(f"[bold]{escape(row['title'])}[/]")
    out.print(escape(f"{row['paper_id']}, read from {', '.join(row['sources'])}"))
    out.print(escape(f"community: {answer.community['label']}"))
    table = Table("what", "kind", "role", "score", "found by", "concept", "joined by", box=None, pad_edge=False)
    for m in answer.mentions.itertuples():
        joined_by = "label" if m.text == m.label else m.joined_by
        table.add_row(escape(m.text), m.kind, m.role, f"{m.score:.2f}", m.by, escape(m.label), joined_by)
    out.print(table)
    reasons = answer.mentions[answer.mentions["text"] != answer.mentions["label"]].drop_duplicates("joined_by")
    for m in reasons.itertuples():
        out.print(f"[dim]joined by {m.joined_by}: {m.reason}[/]")
    out.print("\nnearest papers, and why")
    for n in answer.neighbours.itertuples():
        out.print(f"  {n.weight:.2f} [bold]{n.relation}[/] {escape(n.title)}: {escape('; '.join(n.reasons))}")
