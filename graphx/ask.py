"""`graphx ask`: every question of `graphx.query`, as a table to read or as JSON."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    import pandas as pd

    from graphx.atlas import Atlas

ask = typer.Typer(
    name="ask",
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Ask an atlas: what is this, what ties these, what is missing, what rises.\n\n"
    "Example: graphx ask path my-atlas HNSW 'LLM serving'",
)
out = Console(highlight=False, soft_wrap=True, emoji=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)

AtlasPath = Annotated[Path, typer.Argument(help="Folder of an atlas.", metavar="ATLAS", show_default=False)]
Name = Annotated[str, typer.Argument(help="A concept, or the title of a paper.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Many = Annotated[int, typer.Option("--top", "-n", min=1, max=1000, help="Rows to show, of each sort.")]


@ask.command()
def concept(atlas: AtlasPath, name: Name, as_json: AsJson = False) -> None:
    """Who introduced a concept, who used it since, with what else it occurs, and by year.

    Example: graphx ask concept my-atlas "federated learning"
    """
    from graphx import query

    loaded = _load(atlas)
    answer = query.concept(loaded, query.find_concept(loaded, name))
    if as_json:
        _print_json(
            concept=_plain(answer.concept), papers=answer.papers, years=answer.years,
            sentences=answer.sentences, related=answer.related,
        )  # fmt: skip
        return
    row = answer.concept
    out.print(escape(f"{row['label']} ({row['kind']}), named in {row['n_papers']} paper{'s' * (row['n_papers'] != 1)}"))
    if "introduces" not in set(answer.papers["role"]):
        out.print("no paper here introduces it")
    first = answer.sentences.drop_duplicates("paper_id").set_index("paper_id")["sentence"]
    _print_table(answer.papers.assign(sentence=answer.papers["paper_id"].map(first)), "role title year sentence")
    if len(answer.years):
        out.print("papers by year: " + ", ".join(f"{r.year}: {r.n_papers}" for r in answer.years.itertuples()))
    _print_table(answer.related, "label kind n_papers lift", title="often together with")


@ask.command()
def paper(atlas: AtlasPath, name: Name, as_json: AsJson = False) -> None:
    """What a paper introduces and uses, and the nearest papers with the reason.

    Example: graphx ask paper my-atlas "Matryoshka Quantization"
    """
    from graphx import query
    from graphx.tables import ROLE_ORDER

    loaded = _load(atlas)
    answer = query.paper(loaded, query.find_paper(loaded, name))
    if as_json:
        _print_json(
            paper=_plain(answer.paper), community=_plain(answer.community),
            concepts=answer.concepts, neighbours=answer.neighbours,
        )  # fmt: skip
        return
    out.print(escape(answer.paper["title"]))
    if answer.community:
        out.print(escape(f"community: {answer.community['label']} (certainty {answer.community['certainty']:.2f})"))
    concepts = answer.concepts.sort_values("role", key=lambda role: role.map(ROLE_ORDER), kind="stable")
    _print_table(concepts, "role label kind n_papers")
    _print_table(answer.neighbours, "relation title weight reasons", title="nearest papers, and why")


@ask.command()
def why(
    atlas: AtlasPath,
    source: Annotated[str, typer.Argument(help="Title of a paper.", show_default=False)],
    target: Annotated[str, typer.Argument(help="Title of another paper.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Why two papers are linked: parts, and the sentences of both sides.

    Example: graphx ask why my-atlas "Matryoshka Quantization" "Any-Precision LLM"
    """
    from graphx import query

    loaded = _load(atlas)
    found = query.why(loaded, query.find_paper(loaded, source), query.find_paper(loaded, target))
    _answer(found, "relation label kind weight sentence other_sentence", as_json, empty="Nothing ties these two.")


@ask.command()
def path(
    atlas: AtlasPath,
    source: Name,
    target: Name,
    top: Annotated[int, typer.Option("--top", "-n", min=1, max=20, help="Ways to show.")] = 3,
    as_json: AsJson = False,
) -> None:
    """Show the most convincing ways from one paper or concept to another, with a sentence on every hop.

    Example: graphx ask path my-atlas HNSW "LLM serving"
    """
    from graphx import query

    loaded = _load(atlas)
    found = query.path(loaded, query.find(loaded, source), query.find(loaded, target), top)
    if as_json or found.empty:
        _answer(found, "", as_json)
        return
    for number, steps in found.groupby("path"):
        out.print(f"\n[bold]way {number}[/]")
        for step in steps.itertuples():
            out.print(f"  [bold]{escape(step.label)}[/] [dim]({step.type})[/]")
            if isinstance(step.sentence, str) and step.sentence:
                out.print(escape(f"    ↓ {step.relation.replace('_', ' ')}: {step.sentence}"))


@ask.command()
def gaps(
    atlas: AtlasPath,
    between: Annotated[str, typer.Option(help="method-dataset or method-task.")] = "method-dataset",
    top: Many = 20,
    backtest: Annotated[bool, typer.Option("--backtest", help="How well this found what came later.")] = False,
    as_json: AsJson = False,
) -> None:
    """Pairs that no paper here names together though much speaks for it, and how far to believe that.

    Example: graphx ask gaps my-atlas --between method-task
    """
    from graphx import query

    loaded = _load(atlas)
    if between not in ("method-dataset", "method-task"):
        raise typer.BadParameter("choose method-dataset or method-task", param_hint="--between")
    kinds = ("method", between.partition("-")[2])
    if backtest:
        _answer(query.backtest(loaded, between=kinds), "k hits hit_at_k popularity random", as_json)
        return
    _answer(query.gaps(loaded, between=kinds, n=top), "method other score n_method n_other because", as_json)


@ask.command()
def trends(
    atlas: AtlasPath,
    kind: Annotated[str | None, typer.Option(help="Only one kind: method, dataset, task or metric.")] = None,
    top: Many = 20,
    as_json: AsJson = False,
) -> None:
    """Concepts that rise and fade, and their bursts.

    Example: graphx ask trends my-atlas --kind method
    """
    from graphx import query
    from graphx.tables import Kind

    if kind is not None and kind not in set(Kind):
        raise typer.BadParameter(f"choose one of {', '.join(Kind)}", param_hint="--kind")
    found = query.trends(_load(atlas), n=top, kind=kind)
    _answer(found, "trend label kind n_papers first last burst_start burst_end", as_json)


@ask.command()
def bridges(
    atlas: AtlasPath,
    of: Annotated[str, typer.Option(help="papers or concepts.")] = "papers",
    top: Many = 20,
    as_json: AsJson = False,
) -> None:
    """Papers or concepts that connect communities.

    Example: graphx ask bridges my-atlas --of concepts
    """
    from graphx import query

    if of not in ("papers", "concepts"):
        raise typer.BadParameter("choose papers or concepts", param_hint="--of")
    found = query.bridges(_load(atlas), n=top, of=of)
    _answer(found, "label score n_communities communities because", as_json)


@ask.command()
def communities(atlas: AtlasPath, as_json: AsJson = False) -> None:
    """Show the communities and what they divide into, with the sentences that justify their names.

    Example: graphx ask communities my-atlas
    """
    from graphx.tables import by_number

    loaded = _load(atlas)
    ids = list(loaded.communities["community_id"])
    found = loaded.communities.take(sorted(range(len(ids)), key=lambda place: by_number(ids[place])))
    if as_json:
        _print_json(communities=found)
        return
    for c in found.itertuples():
        out.print(f"{'  ' * c.level}[bold]{escape(c.community_id)}[/] {escape(c.label)} [dim]{c.n_papers} papers[/]")
        if c.level == 0:
            for sentence in c.evidence[:2]:
                out.print(f"    [dim]{escape(sentence)}[/]")


@ask.command()
def search(
    atlas: AtlasPath,
    words: Annotated[str, typer.Argument(help='Words; "quoted ones" stand together.', show_default=False)],
    top: Many = 20,
    as_json: AsJson = False,
) -> None:
    """Search titles, abstracts, labels and forms; typing errors are forgiven.

    Example: graphx ask search my-atlas "federeted lerning"
    """
    from graphx import query

    found = query.search(_load(atlas), words, top)
    _answer(found, "type label detail excerpt", as_json, empty="Nothing found. Try fewer or shorter words.")


@ask.command("reading-list")
def reading_list(
    atlas: AtlasPath,
    names: Annotated[list[str] | None, typer.Argument(help="Concepts or titles.", show_default=False)] = None,
    community: Annotated[str | None, typer.Option(help="A community's id (c03) or words of its name.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write: .md, .bib or .ris.", show_default=False)
    ] = None,
    top: Many = 20,
    as_json: AsJson = False,
) -> None:
    """What to read first, about some concepts or papers or in a community, and why.

    Example: graphx ask reading-list my-atlas "federated learning" -o list.bib
    """
    from graphx import query
    from graphx.writers import write_reading_list

    loaded = _load(atlas)
    if not names and community is None:
        raise typer.BadParameter("name a concept or paper, or a --community")
    nodes = [query.find(loaded, name) for name in names or ()]
    chosen = query.find_community(loaded, community) if community is not None else None
    found = query.reading_list(loaded, nodes, chosen, top)
    if output is not None:
        write_reading_list(found, output)
        err.print(f"wrote {escape(str(output))} ({len(found)} papers)")
        return
    _answer(found, "rank title year why", as_json)


def _load(path: Path) -> "Atlas":
    from graphx.atlas import load

    return load(path)


def _answer(found: "pd.DataFrame", columns: str, as_json: bool, empty: str = "Nothing found.") -> None:
    """Print an answer, and what it has to say of itself."""
    note = str(found.attrs.get("note", "")) or (empty if found.empty else "")
    if as_json:
        _print_json(rows=found, note=note)
        return
    if found.empty:
        out.print(escape(note))
        return
    _print_table(found, columns)
    if note:
        out.print(f"[dim]{escape(note)}[/]")


def _print_table(found: "pd.DataFrame", columns: str, title: str = "") -> None:
    if found.empty:
        return
    if title:
        out.print(f"\n[bold]{escape(title)}[/]")
    names = columns.split()
    table = Table(box=None, pad_edge=False)
    for name in names:
        table.add_column(name.replace("_", " "), overflow="fold", ratio=3 if "sentence" in name else None)
    for row in found[names].itertuples(index=False):
        table.add_row(*(escape(_cell(value)) for value in row))
    out.print(table, soft_wrap=False)


def _cell(value: Any) -> str:
    """Return a value in words: nothing for what is unknown, lists with commas, numbers short."""
    if isinstance(value, str):
        return value
    if hasattr(value, "__len__"):
        return "; ".join(map(_cell, value))
    if value is None or str(value) in ("<NA>", "nan"):
        return ""
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _print_json(**parts: Any) -> None:
    from pandas import DataFrame

    plain = {
        name: json.loads(part.to_json(orient="records", force_ascii=False)) if isinstance(part, DataFrame) else part
        for name, part in parts.items()
    }
    print(json.dumps(plain, ensure_ascii=False))  # noqa: T201


def _plain(row: Any) -> dict[str, Any]:
    """Return a row as JSON takes it."""
    from pandas import DataFrame

    rows: list[dict[str, Any]] = json.loads(DataFrame([dict(row)]).to_json(orient="records", force_ascii=False))
    return rows[0] if rows else {}
